// Aave, Compound and Morpho. Sources: Aave v3-core, IPool.sol (V2's methods have the same layout);
// Compound CErc20.sol and CEther.sol; comet, CometMainInterface.sol; morpho-blue, IMorpho.sol.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

struct Places {
    std::size_t asset, amount, account;
};

bool asset_call(const AbiReader& args, LendKind kind, const Places& at, DecodeContext& context) {
    const auto asset = args.address(at.asset);
    const auto amount = args.word(at.amount);
    const auto account = args.address(at.account);
    if (!asset || !amount || !account) return false;
    context.out.emplace_back(Lend{.protocol = context.protocol_or("aave-v3"),
                                  .kind = kind,
                                  .asset = *asset,
                                  .amount = *amount,
                                  .account = *account});
    return true;
}

bool decode_aave(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x617ba037: // supply(asset, amount, onBehalfOf, referral)
    case 0xe8eda9df: // deposit, the same in V2
    case 0x02c205f0: // supplyWithPermit
        return asset_call(args, LendKind::supply, {0, 1, 2}, context);
    case 0x69328dec: // withdraw(asset, amount, to)
        return asset_call(args, LendKind::withdraw, {0, 1, 2}, context);
    case 0xa415bcad: // borrow(asset, amount, mode, referral, onBehalfOf)
        return asset_call(args, LendKind::borrow, {0, 1, 4}, context);
    case 0x573ade81: // repay(asset, amount, mode, onBehalfOf)
    case 0xee3e210b: // repayWithPermit
        return asset_call(args, LendKind::repay, {0, 1, 3}, context);
    case 0x474cf53d: { // the gateway's depositETH(pool, onBehalfOf, referral)
        const auto account = args.address(1);
        if (!account) return false;
        context.out.emplace_back(Lend{.protocol = context.protocol_or("aave-v3"),
                                      .kind = LendKind::supply,
                                      .asset = context.wrapped_native,
                                      .amount = context.call.value,
                                      .account = *account});
        return true;
    }
    case 0x00a718a9: { // liquidationCall(collateral, debt, user, amount, receiveAToken)
        const auto collateral = args.address(0);
        const auto debt = args.address(1);
        const auto user = args.address(2);
        const auto amount = args.word(3);
        if (!collateral || !debt || !user || !amount) return false;
        context.out.emplace_back(Liquidation{.protocol = context.protocol_or("aave-v3"),
                                             .borrowers = {*user},
                                             .collateral = *collateral,
                                             .debt = *debt,
                                             .amount = *amount});
        return true;
    }
    default:
        return false;
    }
}

bool market_call(LendKind kind, const std::optional<eth::U256>& amount, bool in_shares,
                 DecodeContext& context) {
    if (!amount) return false;
    context.out.emplace_back(Lend{.protocol = "compound-v2",
                                  .kind = kind,
                                  .market = context.call.to,
                                  .amount = *amount,
                                  .in_shares = in_shares,
                                  .account = context.call.from});
    return true;
}

// These names are too common: they count only for calls to a known market.
bool decode_compound_v2(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    if (selector == 0xf5e3c462 || selector == 0xaae40a2a) { // liquidateBorrow
        const bool native = selector == 0xaae40a2a;
        const auto borrower = args.address(0);
        const auto amount = native ? context.call.value : args.word(1);
        const auto collateral = args.address(native ? 1 : 2);
        if (!borrower || !amount || !collateral) return false;
        context.out.emplace_back(Liquidation{.protocol = "compound-v2",
                                             .borrowers = {*borrower},
                                             .collateral = *collateral,
                                             .debt = context.call.to,
                                             .amount = *amount});
        return true;
    }
    if (context.protocol != "compound-v2") return false;
    switch (selector) {
    case 0xa0712d68: // mint(uint256)
        return market_call(LendKind::supply, args.word(0), false, context);
    case 0x1249c58b: // mint() with the native coin
        return market_call(LendKind::supply, context.call.value, false, context);
    case 0xdb006a75: // redeem(uint256 shares)
        return market_call(LendKind::withdraw, args.word(0), true, context);
    case 0x852a12e3: // redeemUnderlying
        return market_call(LendKind::withdraw, args.word(0), false, context);
    case 0xc5ebeaec: // borrow
        return market_call(LendKind::borrow, args.word(0), false, context);
    case 0x0e752702: // repayBorrow(uint256)
        return market_call(LendKind::repay, args.word(0), false, context);
    case 0x4e4d9fea: // repayBorrow()
        return market_call(LendKind::repay, context.call.value, false, context);
    default:
        return false;
    }
}

// The account's balance decides between supply and repay, and between withdraw and borrow.
bool comet_call(const AbiReader& args, LendKind kind, bool with_account, DecodeContext& context) {
    const auto account = with_account ? args.address(0) : context.call.from;
    const auto asset = args.address(with_account ? 1 : 0);
    const auto amount = args.word(with_account ? 2 : 1);
    if (!account || !asset || !amount) return false;
    context.out.emplace_back(Lend{.protocol = "compound-v3",
                                  .kind = kind,
                                  .asset = *asset,
                                  .market = context.call.to,
                                  .amount = *amount,
                                  .account = *account});
    return true;
}

// absorb(absorber, accounts)
bool absorb(const AbiReader& args, DecodeContext& context) {
    const auto accounts = args.array(1, 1, kMaxInnerCalls);
    if (!accounts || accounts->length == 0) return false;
    Liquidation liquidation{.protocol = "compound-v3"};
    for (std::size_t i = 0; i < accounts->length; ++i) {
        const auto account = accounts->elements.address(i);
        if (!account) return false;
        liquidation.borrowers.push_back(*account);
    }
    context.out.emplace_back(std::move(liquidation));
    return true;
}

bool decode_compound_v3(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    if (selector == 0xc3cecfd2) return absorb(args, context);
    if (context.protocol != "compound-v3") return false;
    switch (selector) {
    case 0xf2b9fdb8: // supply(asset, amount)
        return comet_call(args, LendKind::supply, false, context);
    case 0x4232cd63: // supplyTo(account, asset, amount)
        return comet_call(args, LendKind::supply, true, context);
    case 0xf3fef3a3: // withdraw(asset, amount)
        return comet_call(args, LendKind::withdraw, false, context);
    case 0xc3b35a7e: // withdrawTo(account, asset, amount)
        return comet_call(args, LendKind::withdraw, true, context);
    default:
        return false;
    }
}

// (loanToken, collateralToken, oracle, irm, lltv), then assets and shares (one of them 0), account
bool morpho_call(const AbiReader& args, LendKind kind, bool collateral, DecodeContext& context) {
    const auto asset = args.address(collateral ? 1 : 0);
    const auto assets = args.word(5);
    const auto shares = collateral ? eth::U256{} : args.word(6);
    const auto account = args.address(collateral ? 6 : 7);
    if (!asset || !assets || !shares || !account) return false;
    const bool in_shares = *assets == eth::U256{} && *shares != eth::U256{};
    context.out.emplace_back(Lend{.protocol = "morpho",
                                  .kind = kind,
                                  .asset = *asset,
                                  .amount = in_shares ? *shares : *assets,
                                  .in_shares = in_shares,
                                  .account = *account});
    return true;
}

bool decode_morpho(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0xa99aad89:
        return morpho_call(args, LendKind::supply, false, context);
    case 0x5c2bea49:
        return morpho_call(args, LendKind::withdraw, false, context);
    case 0x50d8cd4b:
        return morpho_call(args, LendKind::borrow, false, context);
    case 0x20b76e81:
        return morpho_call(args, LendKind::repay, false, context);
    case 0x238d6579: // supplyCollateral(market, assets, account, data)
        return morpho_call(args, LendKind::supply, true, context);
    case 0x8720316d: // withdrawCollateral
        return morpho_call(args, LendKind::withdraw, true, context);
    case 0xd8eabcb8: { // liquidate(market, borrower, seizedAssets, repaidShares, data)
        const auto debt = args.address(0);
        const auto collateral = args.address(1);
        const auto borrower = args.address(5);
        if (!debt || !collateral || !borrower) return false;
        context.out.emplace_back(Liquidation{.protocol = "morpho",
                                             .borrowers = {*borrower},
                                             .collateral = *collateral,
                                             .debt = *debt});
        return true;
    }
    default:
        return false;
    }
}

} // namespace

bool decode_lending(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    return decode_aave(selector, args, context) || decode_compound_v2(selector, args, context) ||
           decode_compound_v3(selector, args, context) || decode_morpho(selector, args, context);
}

} // namespace viz::features
