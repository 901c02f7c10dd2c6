// Balancer V3's routers. Source: balancer-v3-monorepo, IRouter.sol and IBatchRouter.sol. The output
// of a swap goes to the caller.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// Whether the native coin is paid: the calldata lists the wrapped token and sets a flag.
bool pays_native(const eth::Address& sold, std::optional<bool> is_native,
                 const DecodeContext& context) {
    return is_native.value_or(false) && context.wrapped_native == sold;
}

// pool, tokenIn, tokenOut, exactAmount, limit, deadline, wethIsEth, userData
bool single(const AbiReader& args, SwapKind kind, DecodeContext& context) {
    const auto pool = args.address(0);
    const auto sold = args.address(1);
    const auto bought = args.address(2);
    const auto amount = args.word(3);
    const auto limit = args.word(4);
    if (!pool || !sold || !bought || !amount || !limit) return false;
    context.out.emplace_back(Swap{.protocol = "balancer-v3",
                                  .kind = kind,
                                  .path = {*sold, *bought},
                                  .pools = {*pool},
                                  .amount = *amount,
                                  .limit = *limit,
                                  .native_in = pays_native(*sold, args.boolean(6), context),
                                  .deadline = args.u64(5)});
    return true;
}

// (tokenIn, (pool, tokenOut, isBuffer)[], exactAmountIn, minAmountOut), or with exact output (…,
// maxAmountIn, exactAmountOut). A buffer wraps a token and counts as a hop.
std::optional<Swap> along_path(const AbiReader& path, SwapKind kind) {
    const bool exact_in = kind == SwapKind::exact_in;
    const auto sold = path.address(0);
    const auto steps = path.array(1, 3, kMaxPath - 1);
    const auto amount = path.word(exact_in ? 2 : 3);
    const auto limit = path.word(exact_in ? 3 : 2);
    if (!sold || !steps || steps->length == 0 || !amount || !limit) return std::nullopt;
    Swap swap{.protocol = "balancer-v3",
              .kind = kind,
              .path = {*sold},
              .amount = *amount,
              .limit = *limit};
    for (std::size_t i = 0; i < steps->length; ++i) {
        const auto pool = steps->elements.address(3 * i);
        const auto bought = steps->elements.address(3 * i + 1);
        if (!pool || !bought) return std::nullopt;
        swap.pools.push_back(*pool);
        swap.path.push_back(*bought);
    }
    return swap;
}

// paths, deadline, wethIsEth, userData: one swap per path.
bool batch(const AbiReader& args, SwapKind kind, DecodeContext& context) {
    const auto paths = args.array(0, 1, kMaxInnerCalls);
    if (!paths || paths->length == 0) return false;
    std::vector<Swap> swaps;
    for (std::size_t i = 0; i < paths->length; ++i) {
        const auto path = paths->elements.tuple(i);
        auto swap = path ? along_path(*path, kind) : std::nullopt;
        if (!swap) return false;
        swap->native_in = pays_native(swap->path.front(), args.boolean(2), context);
        swap->deadline = args.u64(1);
        swaps.push_back(std::move(*swap));
    }
    for (auto& swap : swaps) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        context.out.emplace_back(std::move(swap));
    }
    return true;
}

} // namespace

bool decode_balancer_v3(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x750283bc: // swapSingleTokenExactIn
        return single(args, SwapKind::exact_in, context);
    case 0x94e86ef8: // swapSingleTokenExactOut
        return single(args, SwapKind::exact_out, context);
    case 0x286f580d: // swapExactIn
        return batch(args, SwapKind::exact_in, context);
    case 0x8eb1b65e: // swapExactOut
        return batch(args, SwapKind::exact_out, context);
    default:
        return false;
    }
}

} // namespace viz::features
