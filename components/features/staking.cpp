// Lido, Rocket Pool, EigenLayer and the beacon chain's deposit contract. Sources: Lido.sol,
// WstETH.sol, WithdrawalQueueERC721.sol; RocketDepositPool.sol; eigenlayer-contracts,
// IStrategyManager.sol and IDelegationManager.sol; consensus specifications.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

bool add(std::string_view protocol, StakeKind kind, const std::optional<eth::Address>& token,
         const std::optional<eth::U256>& amount, DecodeContext& context) {
    if (!amount) return false;
    context.out.emplace_back(
        Stake{.protocol = std::string(protocol), .kind = kind, .token = token, .amount = *amount});
    return true;
}

std::optional<eth::U256> sum(const AbiReader& args) {
    const auto list = args.array(0, 1, kMaxInnerCalls);
    if (!list) return std::nullopt;
    eth::U256 total;
    for (std::size_t i = 0; i < list->length; ++i)
        total = total + list->elements.word(i).value_or(eth::U256{});
    return total;
}

bool decode_lido(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0xa1903eab: // submit(referral)
        return add("lido", StakeKind::stake, std::nullopt, context.call.value, context);
    case 0xd6681042: // requestWithdrawals(amounts, owner)
    case 0x19aa6257: // requestWithdrawalsWstETH
        return add("lido", StakeKind::unstake, std::nullopt, sum(args), context);
    case 0xe3afe0a3: // claimWithdrawals(ids, hints)
    case 0xf8444436: // claimWithdrawal(id)
        return add("lido", StakeKind::claim, std::nullopt, eth::U256{}, context);
    default:
        return false;
    }
}

bool decode_rocket_pool(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    if (context.protocol != "rocket-pool") return false;
    if (selector == 0xd0e30db0) // deposit()
        return add("rocket-pool", StakeKind::stake, std::nullopt, context.call.value, context);
    if (selector == 0x42966c68) // burn(uint256)
        return add("rocket-pool", StakeKind::unstake, context.call.to, args.word(0), context);
    return false;
}

bool decode_eigenlayer(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0xe7a050aa: // depositIntoStrategy(strategy, token, amount)
        return add("eigenlayer", StakeKind::stake, args.address(1), args.word(2), context);
    case 0xeea9064b: { // delegateTo(operator, …)
        const auto whom = args.address(0);
        if (!whom) return false;
        context.out.emplace_back(
            Stake{.protocol = "eigenlayer", .kind = StakeKind::delegate, .operator_ = *whom});
        return true;
    }
    case 0x0dd8dd02: // queueWithdrawals
        return add("eigenlayer", StakeKind::unstake, std::nullopt, eth::U256{}, context);
    case 0xda8be864: // undelegate(staker)
        return add("eigenlayer", StakeKind::undelegate, std::nullopt, eth::U256{}, context);
    default:
        return false;
    }
}

} // namespace

bool decode_staking(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    if (selector == 0x22895118) // beacon deposit(pubkey, credentials, signature, root)
        return add("beacon-deposit", StakeKind::stake, std::nullopt, context.call.value, context);
    return decode_lido(selector, args, context) || decode_rocket_pool(selector, args, context) ||
           decode_eigenlayer(selector, args, context);
}

} // namespace viz::features
