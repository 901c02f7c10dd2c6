// SwapRouter and SwapRouter02 (whose structs have no deadline), and their payout methods.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

struct Method3 {
    std::uint32_t selector;
    SwapKind kind;
    bool single; // one pool, static struct; otherwise a path
    bool has_deadline;
};

constexpr Method3 kMethods[] = {
    {0x414bf389, SwapKind::exact_in, true, true},   // SwapRouter exactInputSingle
    {0xc04b8d59, SwapKind::exact_in, false, true},  // exactInput
    {0xdb3e2198, SwapKind::exact_out, true, true},  // exactOutputSingle
    {0xf28c0498, SwapKind::exact_out, false, true}, // exactOutput
    {0x04e45aaf, SwapKind::exact_in, true, false},  // SwapRouter02, the same four
    {0xb858183f, SwapKind::exact_in, false, false},  {0x5023b4df, SwapKind::exact_out, true, false},
    {0x09b81346, SwapKind::exact_out, false, false},
};

// Fills the path; returns the following slot, which holds the recipient.
std::optional<std::size_t> read_path(const Method3& method, const eth::AbiReader& fields,
                                     Swap& swap) {
    if (!method.single) {
        const auto bytes = fields.bytes(0);
        if (!bytes || !read_v3_path(*bytes, method.kind == SwapKind::exact_out, swap))
            return std::nullopt;
        return 1;
    }
    const auto sold = fields.address(0);
    const auto bought = fields.address(1);
    const auto fee = fields.u64(2);
    if (!sold || !bought || !fee || *fee >= 1U << 24U) return std::nullopt;
    swap.path = {*sold, *bought};
    swap.fees = {static_cast<std::uint32_t>(*fee)};
    return 3;
}

} // namespace

bool decode_uniswap_v3(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context) {
    for (const Method3& method : kMethods) {
        if (method.selector != selector) continue;
        const auto fields = method.single ? std::optional(args) : args.tuple(0);
        Swap swap{.protocol = context.pools_of("uniswap-v3"), .kind = method.kind};
        const auto at = fields ? read_path(method, *fields, swap) : std::nullopt;
        if (!at) return false;
        const std::size_t amounts = *at + (method.has_deadline ? 2 : 1);
        const auto recipient = fields->address(*at);
        const auto amount = fields->word(amounts);
        const auto limit = fields->word(amounts + 1);
        if (!recipient || !amount || !limit) return false;
        swap.amount = *amount;
        swap.limit = *limit;
        // SwapRouter refers to itself as 0, SwapRouter02 as 2 (and to the sender as 1).
        swap.recipient = !method.has_deadline   ? router_recipient(context, *recipient)
                         : recipient->is_zero() ? context.call.to
                                                : recipient;
        swap.deadline = method.has_deadline ? fields->u64(*at + 1) : context.deadline;
        swap.native_in =
            context.call.value != eth::U256{} && swap.path.front() == context.wrapped_native;
        if (!method.has_deadline && method.kind == SwapKind::exact_in && *amount == eth::U256{})
            context.ledger.spend_all(swap);
        add_router_swap(context, std::move(swap));
        return true;
    }
    return false;
}

bool decode_router_payment(std::uint32_t selector, const eth::AbiReader& args,
                           DecodeContext& context) {
    const auto wrapped = context.wrapped_native;
    switch (selector) {
    case 0x12210e8a:
        return true; // refundETH()
    case 0x1c58db4f: // wrapETH(uint256)
        if (const auto amount = args.word(0); amount && wrapped)
            context.ledger.deposit(*wrapped, *amount);
        return true;
    case 0x49616997:   // unwrapWETH9(uint256)
    case 0x49404b7c:   // unwrapWETH9(uint256,address)
    case 0x9b2c0a37: { // unwrapWETH9WithFee(uint256,address,uint256,address)
        // The fee is deducted from the checked amount after the check, so the minimum applies
        // unchanged.
        if (const auto minimum = args.word(0); minimum && wrapped)
            context.ledger.pay_out(*wrapped, *minimum);
        return true;
    }
    case 0xe90a182f:   // sweepToken(address,uint256)
    case 0xdf2ab5bb:   // sweepToken(address,uint256,address)
    case 0xe0e189a0: { // sweepTokenWithFee(address,uint256,address,uint256,address)
        const auto token = args.address(0);
        const auto minimum = args.word(1);
        if (token && minimum) context.ledger.pay_out(*token, *minimum);
        return true;
    }
    default:
        return false;
    }
}

} // namespace viz::features
