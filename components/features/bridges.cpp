// Deposits into bridges. Sources: ethereum-optimism StandardBridge.sol and OptimismPortal.sol;
// nitro-contracts IInbox.sol, L1GatewayRouter.sol; pos-portal RootChainManager.sol; era-contracts
// IMailbox.sol; across-protocol SpokePool.sol; Stargate IStargateRouter.sol and LayerZero's
// IOFT.sol.
#include <algorithm>

#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

bool native(std::string_view protocol, const std::optional<eth::Address>& recipient,
            std::optional<std::uint64_t> destination, DecodeContext& context) {
    if (!recipient) return false;
    context.out.emplace_back(Bridge{.protocol = context.protocol_or(protocol),
                                    .token = std::nullopt,
                                    .amount = context.call.value,
                                    .destination = destination,
                                    .recipient = recipient});
    return true;
}

bool token(std::string_view protocol, const std::optional<eth::Address>& which,
           const std::optional<eth::U256>& amount, const std::optional<eth::Address>& recipient,
           std::optional<std::uint64_t> destination, DecodeContext& context) {
    if (!which || !amount || !recipient) return false;
    context.out.emplace_back(Bridge{.protocol = context.protocol_or(protocol),
                                    .token = *which,
                                    .amount = *amount,
                                    .destination = destination,
                                    .recipient = *recipient});
    return true;
}

// The chain at the other end of a rollup's contracts on the main chain.
std::optional<std::uint64_t> other_side(const DecodeContext& context) {
    if (context.call.chain_id.value != 1) return 1;
    if (context.protocol == "optimism-bridge") return 10;
    if (context.protocol == "base-bridge") return 8453;
    return std::nullopt;
}

bool decode_op_stack(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    constexpr std::string_view kProtocol = "optimism-bridge";
    const auto sender = std::optional(context.call.from);
    switch (selector) {
    case 0xb1a1a882: // depositETH(gas, data)
    case 0x09fc8843: // bridgeETH
        return native(kProtocol, sender, other_side(context), context);
    case 0x9a2ac6d5: // depositETHTo(to, gas, data)
    case 0xe11013dd: // bridgeETHTo
    case 0xe9e05c42: // depositTransaction(to, value, gas, isCreation, data)
        return native(kProtocol, args.address(0), other_side(context), context);
    case 0x58a997f6: // depositERC20(local, remote, amount, gas, data)
    case 0x87087623: // bridgeERC20
        return token(kProtocol, args.address(0), args.word(2), sender, other_side(context),
                     context);
    case 0x838b2520: // depositERC20To(local, remote, to, amount, gas, data)
    case 0x540abf73: // bridgeERC20To
        return token(kProtocol, args.address(0), args.word(3), args.address(2), other_side(context),
                     context);
    case 0x32b7006d: // withdraw(token, amount, gas, data)
        return token(kProtocol, args.address(0), args.word(1), sender, 1, context);
    case 0xa3a79548: // withdrawTo(token, to, amount, gas, data)
        return token(kProtocol, args.address(0), args.word(2), args.address(1), 1, context);
    default:
        return false;
    }
}

bool decode_other_rollups(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x439370b1: // Arbitrum depositEth()
        return native("arbitrum-bridge", context.call.from, 42161, context);
    case 0x679b6ded: // createRetryableTicket(to, value, …)
        return native("arbitrum-bridge", args.address(0), 42161, context);
    case 0xd2ce7d65: // outboundTransfer(token, to, amount, …)
        return token("arbitrum-bridge", args.address(0), args.word(2), args.address(1), 42161,
                     context);
    case 0x4fb1a07b: // outboundTransferCustomRefund(token, refund, to, amount, …)
        return token("arbitrum-bridge", args.address(0), args.word(3), args.address(2), 42161,
                     context);
    case 0x7b3a3c8b: // on the rollup: outboundTransfer(main-chain token, to, amount, data)
        return token("arbitrum-bridge", args.address(0), args.word(2), args.address(1), 1, context);
    case 0x25e16063: // on the rollup: withdrawEth(to)
        return context.protocol == "arbitrum-bridge" &&
               native("arbitrum-bridge", args.address(0), 1, context);
    case 0x4faa8a26: // Polygon depositEtherFor(user)
        return native("polygon-bridge", args.address(0), 137, context);
    case 0xe3dec8fb: { // depositFor(user, token, data); for ERC-20 the data is the amount
        const auto data = args.bytes(2);
        if (!data) return false;
        return token("polygon-bridge", args.address(1), AbiReader(*data).word(0), args.address(0),
                     137, context);
    }
    case 0xeb672419: // zkSync requestL2Transaction(to, value, …)
        return native("zksync-bridge", args.address(0), 324, context);
    default:
        return false;
    }
}

// A LayerZero recipient: an address in the low-order bytes of a word.
std::optional<eth::Address> low(const std::optional<eth::U256>& word) {
    return word ? std::optional(low_address(*word)) : std::nullopt;
}

bool decode_liquidity_bridges(std::uint32_t selector, const AbiReader& args,
                              DecodeContext& context) {
    switch (selector) {
    case 0x7b939232: // Across depositV3(from, to, token, other, amount, minimum, chain, …)
        return token("across", args.address(2), args.word(4), args.address(1), args.u64(6),
                     context);
    case 0x1186ec33: // deposit(to, token, amount, chain, …)
        return token("across", args.address(1), args.word(2), args.address(0), args.u64(3),
                     context);
    case 0x9fbf10fc: // Stargate swap(chain, from, to, refund, amount, minimum, …, recipient, …)
    case 0x1114cd2a: { // swapETH(chain, refund, recipient, amount, minimum)
        const bool pools = selector == 0x9fbf10fc;
        const auto amount = args.word(pools ? 4 : 3);
        const auto packed = args.bytes(pools ? 7 : 2);
        if (!amount || !packed) return false;
        Bridge bridge{.protocol = "stargate", .amount = *amount, .destination = args.u64(0)};
        if (packed->size() == 20) {
            eth::Address to;
            std::copy(packed->begin(), packed->end(), to.bytes.begin());
            bridge.recipient = to;
        }
        context.out.emplace_back(std::move(bridge));
        return true;
    }
    case 0xc7c7f5b3: // OFT send((chain, to, amount, minimum, …), …): the contract is the token
    case 0xcbef2aa9: { // Stargate sendToken, same layout
        const auto in = args.tuple(0);
        const auto amount = in ? in->word(2) : std::nullopt;
        if (!amount) return false;
        context.out.emplace_back(Bridge{.protocol = context.protocol_or("layerzero"),
                                        .token = context.call.to,
                                        .amount = *amount,
                                        .destination = in->u64(0),
                                        .recipient = low(in->word(1))});
        return true;
    }
    default:
        return false;
    }
}

} // namespace

bool decode_bridge(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    return decode_op_stack(selector, args, context) ||
           decode_other_rollups(selector, args, context) ||
           decode_liquidity_bridges(selector, args, context);
}

} // namespace viz::features
