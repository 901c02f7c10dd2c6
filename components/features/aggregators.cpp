// Direct swap methods of aggregators: the route inside is theirs, the order's ends are plain.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// Where an order's fields stand, in words.
struct Order {
    std::size_t sold, bought, amount, limit;
    std::optional<std::size_t> recipient, deadline;
};

bool order(const AbiReader& in, const Order& at, std::string_view protocol,
           DecodeContext& context) {
    const auto sold = in.address(at.sold);
    const auto bought = in.address(at.bought);
    const auto amount = in.word(at.amount);
    const auto limit = in.word(at.limit);
    if (!sold || !bought || !amount || !limit) return false;
    Swap swap{.protocol = std::string(protocol),
              .path = {*sold, *bought},
              .amount = *amount,
              .limit = *limit,
              .native_in = context.call.value != eth::U256{}};
    swap.recipient = context.call.from;
    if (at.recipient) swap.recipient = in.address(*at.recipient);
    if (swap.recipient && swap.recipient->is_zero()) swap.recipient = context.call.from;
    if (at.deadline) swap.deadline = in.u64(*at.deadline);
    context.out.emplace_back(std::move(swap));
    return true;
}

// 1inch names pools, with flags in the bits above each address.
bool pools(const AbiReader& in, std::optional<eth::Address> sold, std::size_t amount_slot,
           std::size_t pools_slot, DecodeContext& context) {
    const auto amount = in.word(amount_slot);
    const auto limit = in.word(amount_slot + 1);
    const auto list = in.array(pools_slot, 1, kMaxPath);
    if (!amount || !limit || !list || list->length == 0) return false;
    Swap swap{.protocol = "1inch", .amount = *amount, .limit = *limit};
    swap.native_in = context.call.value != eth::U256{};
    if (sold) swap.path.push_back(*sold);
    for (std::size_t i = 0; i < list->length; ++i)
        swap.pools.push_back(low_address(list->elements.word(i).value_or(eth::U256{})));
    swap.recipient = context.call.from;
    context.out.emplace_back(std::move(swap));
    return true;
}

// (token, amount, minimum, pool) in plain words.
bool one_pool(const AbiReader& in, DecodeContext& context) {
    const auto sold = in.word(0);
    const auto amount = in.word(1);
    const auto limit = in.word(2);
    const auto pool = in.word(3);
    if (!sold || !amount || !limit || !pool) return false;
    Swap swap{.protocol = "1inch",
              .path = {low_address(*sold)},
              .pools = {low_address(*pool)},
              .amount = *amount,
              .limit = *limit};
    swap.recipient = context.call.from;
    context.out.emplace_back(std::move(swap));
    return true;
}

bool zero_ex_tokens(const AbiReader& in, DecodeContext& context) {
    const auto amount = in.word(1);
    const auto limit = in.word(2);
    Swap swap{.protocol = "0x"};
    if (!amount || !limit || !read_token_path(in, 0, swap)) return false;
    swap.amount = *amount;
    swap.limit = *limit;
    swap.native_in = context.call.value != eth::U256{};
    swap.recipient = context.call.from;
    context.out.emplace_back(std::move(swap));
    return true;
}

// sellEthForTokenToUniswapV3 has no amount: it is the value.
bool zero_ex_v3(const AbiReader& in, bool native_in, DecodeContext& context) {
    const auto path = in.bytes(0);
    const auto amount = native_in ? context.call.value : in.word(1);
    const auto limit = in.word(native_in ? 1 : 2);
    const auto recipient = in.address(native_in ? 2 : 3);
    Swap swap{.protocol = "0x", .native_in = native_in};
    if (!path || !amount || !limit || !recipient || !read_v3_path(*path, false, swap)) return false;
    swap.amount = *amount;
    swap.limit = *limit;
    swap.recipient = recipient->is_zero() ? context.call.from : *recipient;
    context.out.emplace_back(std::move(swap));
    return true;
}

// MetaMask wraps another aggregator; its adapters' data begins with the order. Believed only where
// that order sells the token the outer call names.
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

bool paraswap(const AbiReader& in, DecodeContext& context) {
    const auto fields = in.tuple(0);
    return fields &&
           order(*fields,
                 {.sold = 0, .bought = 1, .amount = 2, .limit = 3, .recipient = 9, .deadline = 13},
                 "paraswap", context);
}

} // namespace

bool decode_aggregator(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x12aa3caf: // 1inch v5 swap(executor, description, …)
    case 0x07ed2379: // 1inch v6
        return order(args, {.sold = 1, .bought = 2, .amount = 5, .limit = 6, .recipient = 4},
                     "1inch", context);
    case 0x0502b1c5:
        return pools(args, args.address(0), 1, 3, context); // v5 unoswap
    case 0xe449022e:
        return pools(args, std::nullopt, 0, 2, context); // v5 uniswapV3Swap
    case 0x83800a8e:
        return one_pool(args, context); // v6 unoswap
    case 0x415565b0:                    // 0x transformERC20
        return order(args, {.sold = 0, .bought = 1, .amount = 2, .limit = 3}, "0x", context);
    case 0xd9627aa4:
        return zero_ex_tokens(args, context); // sellToUniswap
    case 0x3598d8ab:
        return zero_ex_v3(args, true, context); // sellEthForTokenToUniswapV3
    case 0x6af479b2:                            // sellTokenForTokenToUniswapV3
    case 0x803ba26d:
        return zero_ex_v3(args, false, context); // sellTokenForEthToUniswapV3
    case 0x5f575529:
        return metamask(args, context);
    case 0xe21fd0e9:
        return kyber(args.tuple(0), 3, context); // Kyber swap
    case 0x8af033fb:
        return kyber(args, 1, context); // swapSimpleMode
    case 0x54e3f31b:
        return paraswap(args, context); // Paraswap v5 simpleSwap
    default:
        return false;
    }
}

} // namespace viz::features
