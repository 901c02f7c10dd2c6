// Liquidity of V2 routers and of V3's position manager. Source: Uniswap v2-periphery,
// IUniswapV2Router02.sol; v3-periphery, INonfungiblePositionManager.sol.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// (tokenA, tokenB, desiredA, desiredB, minA, minB, to, deadline), or for the native coin (token,
// desired, min, minNative, to, deadline) plus the call's value.
bool add_v2(const AbiReader& args, bool native, DecodeContext& context) {
    const auto first = args.address(0);
    const auto second = native ? context.wrapped_native : args.address(1);
    const auto desired = args.word(native ? 1 : 2);
    const auto other = native ? context.call.value : args.word(3);
    const auto recipient = args.address(native ? 4 : 6);
    if (!first || !second || !desired || !other || !recipient) return false;
    context.out.emplace_back(Liquidity{.protocol = context.protocol_or("uniswap-v2"),
                                       .kind = LiquidityKind::add,
                                       .tokens = {*first, *second},
                                       .amounts = {*desired, *other},
                                       .recipient = recipient,
                                       .deadline = args.u64(native ? 5 : 7)});
    return true;
}

// (tokenA, tokenB, liquidity, minA, minB, to, deadline, …), or (token, liquidity, min, minNative,
// to, deadline, …).
bool remove_v2(const AbiReader& args, bool native, DecodeContext& context) {
    const std::size_t at = native ? 1 : 2;
    const auto first = args.address(0);
    const auto second = native ? context.wrapped_native : args.address(1);
    const auto liquidity = args.word(at);
    const auto minimum = args.word(at + 1);
    const auto other = args.word(at + 2);
    const auto recipient = args.address(at + 3);
    if (!first || !second || !liquidity || !minimum || !other || !recipient) return false;
    context.out.emplace_back(Liquidity{.protocol = context.protocol_or("uniswap-v2"),
                                       .kind = LiquidityKind::remove,
                                       .tokens = {*first, *second},
                                       .amounts = {*minimum, *other},
                                       .liquidity = liquidity,
                                       .recipient = recipient,
                                       .deadline = args.u64(at + 4)});
    return true;
}

// (token0, token1, fee, tickLower, tickUpper, desired0, desired1, min0, min1, to, deadline)
bool mint_v3(const AbiReader& args, DecodeContext& context) {
    const auto first = args.address(0);
    const auto second = args.address(1);
    const auto desired = args.word(5);
    const auto other = args.word(6);
    const auto recipient = args.address(9);
    if (!first || !second || !desired || !other || !recipient) return false;
    context.out.emplace_back(Liquidity{.protocol = context.protocol_or("uniswap-v3"),
                                       .kind = LiquidityKind::add,
                                       .tokens = {*first, *second},
                                       .amounts = {*desired, *other},
                                       .recipient = recipient,
                                       .deadline = args.u64(10)});
    return true;
}

// Changes a position by id; the arguments are the slots of the two amounts, of the liquidity
// removed, and of the deadline.
bool position_v3(const AbiReader& args, LiquidityKind kind, std::size_t amounts,
                 std::optional<std::size_t> units, std::optional<std::size_t> deadline,
                 DecodeContext& context) {
    const auto position = args.word(0);
    const auto first = args.word(amounts);
    const auto second = args.word(amounts + 1);
    if (!position || !first || !second) return false;
    Liquidity change{.protocol = context.protocol_or("uniswap-v3"),
                     .kind = kind,
                     .amounts = {*first, *second},
                     .position = position};
    if (units) change.liquidity = args.word(*units);
    if (deadline) change.deadline = args.u64(*deadline);
    if (kind == LiquidityKind::collect) change.recipient = args.address(1);
    context.out.emplace_back(std::move(change));
    return true;
}

} // namespace

bool decode_liquidity(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0xe8e33700: // addLiquidity
        return add_v2(args, false, context);
    case 0xf305d719: // addLiquidityETH
        return add_v2(args, true, context);
    case 0xbaa2abde: // removeLiquidity
    case 0x2195995c: // removeLiquidityWithPermit
        return remove_v2(args, false, context);
    case 0x02751cec: // removeLiquidityETH
    case 0xded9382a: // removeLiquidityETHWithPermit
    case 0xaf2979eb: // removeLiquidityETHSupportingFeeOnTransferTokens
    case 0x5b0d5984: // removeLiquidityETHWithPermitSupportingFeeOnTransferTokens
        return remove_v2(args, true, context);
    case 0x88316456:
        return mint_v3(args, context);
    case 0x219f5d17: // increaseLiquidity((id, desired0, desired1, min0, min1, deadline))
        return position_v3(args, LiquidityKind::add, 1, std::nullopt, 5, context);
    case 0x0c49ccbe: // decreaseLiquidity((id, liquidity, min0, min1, deadline))
        return position_v3(args, LiquidityKind::remove, 2, 1, 4, context);
    case 0xfc6f7865: // collect((id, recipient, max0, max1))
        return position_v3(args, LiquidityKind::collect, 2, std::nullopt, std::nullopt, context);
    default:
        return false;
    }
}

} // namespace viz::features
