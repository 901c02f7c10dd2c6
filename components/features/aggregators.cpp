// Direct swap methods of aggregators. The inner route is proprietary; the order's tokens and
// amounts are plain.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// Positions of an order's fields, in words.
struct Order {
    std::size_t sold, bought, amount, limit;
    std::optional<std::size_t> recipient{}, deadline{};
    SwapKind kind{SwapKind::exact_in};
};

bool order(const AbiReader& in, const Order& at, std::string_view protocol,
           DecodeContext& context) {
    const auto sold = in.address(at.sold);
    const auto bought = in.address(at.bought);
    const auto amount = in.word(at.amount);
    const auto limit = in.word(at.limit);
    if (!sold || !bought || !amount || !limit) return false;
    Swap swap{.protocol = std::string(protocol),
              .kind = at.kind,
              .path = {token_of(*sold, context), token_of(*bought, context)},
              .amount = *amount,
              .limit = *limit,
              .native_in = is_native_coin(*sold)};
    swap.recipient = context.call.from;
    if (at.recipient) swap.recipient = in.address(*at.recipient);
    if (swap.recipient && swap.recipient->is_zero()) swap.recipient = context.call.from;
    if (at.deadline) swap.deadline = in.u64(*at.deadline);
    context.out.emplace_back(std::move(swap));
    return true;
}

// 1inch lists pools, with flags in the bits above each address, and at most the sold token. The
// fields are word positions; an absent amount means the call's value.
struct Pools {
    std::optional<std::size_t> recipient, sold, amount;
    std::size_t limit, pools;
    std::size_t count{}; // number of pool words from there; 0: an array
};

bool pools(const AbiReader& in, const Pools& at, DecodeContext& context) {
    const auto amount = at.amount ? in.word(*at.amount) : context.call.value;
    const auto limit = in.word(at.limit);
    const auto list = at.count == 0 ? in.array(at.pools, 1, kMaxPath) : std::nullopt;
    const std::size_t count = list ? list->length : at.count;
    if (!amount || !limit || count == 0) return false;
    Swap swap{.protocol = "1inch", .amount = *amount, .limit = *limit};
    swap.native_in = context.call.value != eth::U256{};
    const auto sold = at.sold ? in.word(*at.sold) : std::nullopt;
    if (at.sold && !sold) return false;
    if (sold || !at.amount)
        swap.path.push_back(token_of(low_address(sold.value_or(eth::U256{})), context));
    for (std::size_t i = 0; i < count; ++i) {
        const auto pool = list ? list->elements.word(i) : in.word(at.pools + i);
        if (!pool) return false;
        swap.pools.push_back(low_address(*pool));
    }
    swap.recipient = context.call.from;
    if (at.recipient)
        if (const auto to = in.word(*at.recipient)) swap.recipient = low_address(*to);
    context.out.emplace_back(std::move(swap));
    return true;
}

// (sold, bought, from, to, amount, limit, …)
constexpr Order kDescription{.sold = 0, .bought = 1, .amount = 4, .limit = 5, .recipient = 3};

bool one_inch(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x12aa3caf: // v5 swap
    case 0x07ed2379: // v6 swap
        return order(args, {.sold = 1, .bought = 2, .amount = 5, .limit = 6, .recipient = 4},
                     "1inch", context);
    case 0x7c025200: { // v4 swap: the description ends in a permit
        const auto description = args.tuple(1);
        return description && order(*description, kDescription, "1inch", context);
    }
    case 0x84bd6d29: // clipperSwap(exchange, sold, bought, amount, limit, goodUntil, …)
        return order(args, {.sold = 1, .bought = 2, .amount = 3, .limit = 4, .deadline = 5},
                     "1inch", context);
    case 0x0502b1c5: // v5 unoswap
    case 0x2e95b6c8: // v4 unoswap
        return pools(args, {.recipient = {}, .sold = 0, .amount = 1, .limit = 2, .pools = 3},
                     context);
    case 0xf78dc253: // v5 unoswapTo
        return pools(args, {.recipient = 0, .sold = 1, .amount = 2, .limit = 3, .pools = 4},
                     context);
    case 0xe449022e: // v4, v5 uniswapV3Swap
        return pools(args, {.recipient = {}, .sold = {}, .amount = 0, .limit = 1, .pools = 2},
                     context);
    case 0xbc80f1a8: // v4, v5 uniswapV3SwapTo
        return pools(args, {.recipient = 0, .sold = {}, .amount = 1, .limit = 2, .pools = 3},
                     context);
    default:
        break;
    }
    // v6: unoswap, unoswap2, unoswap3, each also with a leading recipient and with the native coin.
    constexpr std::uint32_t kPlain[] = {0x83800a8e, 0x8770ba91, 0x19367472};
    constexpr std::uint32_t kTo[] = {0xe2c95c82, 0xea76dddf, 0xf7a70056};
    constexpr std::uint32_t kNative[] = {0xa76dfc3b, 0x89af926a, 0x188ac35d};
    constexpr std::uint32_t kNativeTo[] = {0x175accdc, 0x0f449d71, 0x493189f0};
    for (std::size_t i = 0; i < 3; ++i) {
        Pools at{.recipient = {}, .sold = 0, .amount = 1, .limit = 2, .pools = 3, .count = i + 1};
        if (selector == kTo[i])
            at = {.recipient = 0, .sold = 1, .amount = 2, .limit = 3, .pools = 4, .count = i + 1};
        else if (selector == kNative[i])
            at = {
                .recipient = {}, .sold = {}, .amount = {}, .limit = 0, .pools = 1, .count = i + 1};
        else if (selector == kNativeTo[i])
            at = {.recipient = 0, .sold = {}, .amount = {}, .limit = 1, .pools = 2, .count = i + 1};
        else if (selector != kPlain[i])
            continue;
        return pools(args, at, context);
    }
    return false;
}

// MetaMask wraps another aggregator; its adapters' data begins with the order. The order is
// accepted only if it sells the token of the outer call.
bool metamask(const AbiReader& in, DecodeContext& context) {
    const auto sold = in.address(1);
    const auto data = in.bytes(3);
    if (!sold || !data) return false;
    const AbiReader inner(*data);
    if (inner.address(0) != sold) return false;
    return order(inner, {.sold = 0, .bought = 1, .amount = 2, .limit = 3}, "metamask", context);
}

// SwapDescriptionV2: srcToken, dstToken, four arrays, dstReceiver, amount, minReturnAmount
bool kyber(const std::optional<AbiReader>& holder, std::size_t slot, DecodeContext& context) {
    const auto description = holder ? holder->tuple(slot) : std::nullopt;
    return description &&
           order(*description, {.sold = 0, .bought = 1, .amount = 7, .limit = 8, .recipient = 6},
                 "kyberswap", context);
}

bool in_tuple(const AbiReader& args, const Order& at, std::string_view protocol,
              DecodeContext& context) {
    const auto fields = args.tuple(0);
    return fields && order(*fields, at, protocol, context);
}

// megaSwap and multiSwap: (sold, amount, limit, expected, beneficiary, path[], partner, fee,
// permit, deadline, id); the last step of the path contains the bought token.
bool paraswap_path(const AbiReader& args, bool mega, DecodeContext& context) {
    const auto in = args.tuple(0);
    auto steps = in ? in->array(5, 1, kMaxPath) : std::nullopt;
    if (mega && steps) { // (percent, path[])[]: all end in the same token
        const auto first = steps->elements.tuple(0);
        steps = first ? first->array(1, 1, kMaxPath) : std::nullopt;
    }
    if (!steps || steps->length == 0) return false;
    const auto sold = in->address(0);
    const auto last = steps->elements.tuple(steps->length - 1);
    const auto bought = last ? last->address(0) : std::nullopt;
    const auto amount = in->word(1);
    const auto limit = in->word(2);
    const auto recipient = in->address(4);
    if (!sold || !bought || !amount || !limit || !recipient) return false;
    Swap swap{.protocol = "paraswap",
              .path = {token_of(*sold, context), token_of(*bought, context)},
              .amount = *amount,
              .limit = *limit,
              .native_in = is_native_coin(*sold)};
    swap.recipient = recipient->is_zero() ? context.call.from : *recipient;
    swap.deadline = in->u64(9);
    context.out.emplace_back(std::move(swap));
    return true;
}

// Augustus v6: (sold, bought, fromAmount, toAmount, quoted, metadata, beneficiary[, pools]); for
// exact output fromAmount is the maximum sold.
Order v6(std::size_t at, SwapKind kind) {
    const bool in = kind == SwapKind::exact_in;
    return {.sold = at,
            .bought = at + 1,
            .amount = at + (in ? 2U : 3U),
            .limit = at + (in ? 3U : 2U),
            .recipient = at + 6,
            .kind = kind};
}

bool paraswap(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    constexpr std::string_view kName = "paraswap";
    switch (selector) {
    case 0x54e3f31b: // v5 simpleSwap
        return in_tuple(
            args, {.sold = 0, .bought = 1, .amount = 2, .limit = 3, .recipient = 9, .deadline = 13},
            kName, context);
    case 0x2298207a: // v5 simpleBuy: fromAmount is the maximum, toAmount is bought
        return in_tuple(args,
                        {.sold = 0,
                         .bought = 1,
                         .amount = 3,
                         .limit = 2,
                         .recipient = 9,
                         .deadline = 13,
                         .kind = SwapKind::exact_out},
                        kName, context);
    case 0xa94e78ef: // v5 multiSwap
        return paraswap_path(args, false, context);
    case 0x46c67b6d: // v5 megaSwap
        return paraswap_path(args, true, context);
    case 0xe3ead59e: // v6 swapExactAmountIn(executor, …)
        return order(args, v6(1, SwapKind::exact_in), kName, context);
    case 0x7f457675: // v6 swapExactAmountOut
        return order(args, v6(1, SwapKind::exact_out), kName, context);
    case 0xe8bb3b6c: // v6 swapExactAmountInOnUniswapV2
    case 0x876a02f6: // …V3
        return in_tuple(args, v6(0, SwapKind::exact_in), kName, context);
    case 0xa76f4eb6: // v6 swapExactAmountOutOnUniswapV2
    case 0x5e94e28d: // …V3
        return in_tuple(args, v6(0, SwapKind::exact_out), kName, context);
    case 0x1a01c532: // v6 swapExactAmountInOnCurveV1: preceded by two words for Curve
        return order(args, v6(2, SwapKind::exact_in), kName, context);
    default:
        return false;
    }
}

} // namespace

bool decode_aggregator(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x5f575529:
        return metamask(args, context);
    case 0xe21fd0e9:
        return kyber(args.tuple(0), 3, context); // Kyber swap
    case 0x8af033fb:
        return kyber(args, 1, context); // swapSimpleMode
    default:
        return one_inch(selector, args, context) || paraswap(selector, args, context);
    }
}

} // namespace viz::features
