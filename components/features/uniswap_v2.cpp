// UniswapV2Router02 and its forks; the two V2 methods of SwapRouter02.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

struct Method2 {
    std::uint32_t selector;
    SwapKind kind;
    bool native_in;    // the amount sold is the call's value
    bool has_deadline; // SwapRouter02: the deadline is in the enclosing multicall
};

constexpr Method2 kMethods[] = {
    {0x38ed1739, SwapKind::exact_in, false, true},   // swapExactTokensForTokens
    {0x5c11d795, SwapKind::exact_in, false, true},   // …SupportingFeeOnTransferTokens
    {0x18cbafe5, SwapKind::exact_in, false, true},   // swapExactTokensForETH
    {0x791ac947, SwapKind::exact_in, false, true},   // …SupportingFeeOnTransferTokens
    {0x7ff36ab5, SwapKind::exact_in, true, true},    // swapExactETHForTokens
    {0xb6f9de95, SwapKind::exact_in, true, true},    // …SupportingFeeOnTransferTokens
    {0x8803dbee, SwapKind::exact_out, false, true},  // swapTokensForExactTokens
    {0x4a25d94a, SwapKind::exact_out, false, true},  // swapTokensForExactETH
    {0xfb3bdb41, SwapKind::exact_out, true, true},   // swapETHForExactTokens
    {0x472b43f3, SwapKind::exact_in, false, false},  // SwapRouter02 swapExactTokensForTokens
    {0x42712a67, SwapKind::exact_out, false, false}, // SwapRouter02 swapTokensForExactTokens
};

} // namespace

bool decode_uniswap_v2(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context) {
    for (const Method2& method : kMethods) {
        if (method.selector != selector) continue;
        // One amount fewer if the other is the call's value.
        const std::size_t path = method.native_in ? 1 : 2;
        const auto first = args.word(0);
        const auto second = method.native_in ? context.call.value : args.word(1);
        const auto recipient = args.address(path + 1);
        Swap swap{.protocol = method.has_deadline ? context.protocol_or("uniswap-v2")
                                                  : context.pools_of("uniswap-v2"),
                  .kind = method.kind,
                  .native_in = method.native_in};
        if (!first || !second || !recipient || !read_token_path(args, path, swap)) return false;
        // Exact native input: the value is the amount, and the only number is the limit.
        const bool swapped = method.native_in && method.kind == SwapKind::exact_in;
        swap.amount = swapped ? *second : *first;
        swap.limit = swapped ? *first : *second;
        swap.deadline = method.has_deadline ? args.u64(path + 2) : context.deadline;
        swap.recipient = method.has_deadline ? recipient : router_recipient(context, *recipient);
        set_pair_fees(context, swap);
        if (!method.has_deadline && method.kind == SwapKind::exact_in && swap.amount == eth::U256{})
            context.ledger.spend_all(swap);
        add_router_swap(context, std::move(swap));
        return true;
    }
    return false;
}

} // namespace viz::features
