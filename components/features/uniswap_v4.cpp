// Uniswap V4 inside the Universal Router's V4_SWAP: a program of its own, (actions, params[]).
// Source: v4-periphery, Actions.sol and IV4Router.sol. The native coin is the zero address there.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

enum class V4Action : std::uint8_t {
    exact_in_single = 0x06,
    exact_in = 0x07,
    exact_out_single = 0x08,
    exact_out = 0x09,
    take = 0x0e,
    take_all = 0x0f,
};

eth::Address token_of(const eth::Address& currency, const DecodeContext& context) {
    return currency.is_zero() ? context.wrapped_native.value_or(currency) : currency;
}

void finish(Swap swap, const eth::Address& sold, DecodeContext& context) {
    swap.native_in = sold.is_zero();
    swap.amount_is_balance = swap.amount == eth::U256{}; // what the program owes or is owed
    swap.deadline = context.deadline;
    context.out.emplace_back(std::move(swap));
}

// ((currency0, currency1, fee, tickSpacing, hooks), zeroForOne, amount, limit, …)
void single(const AbiReader& in, SwapKind kind, DecodeContext& context) {
    const auto fields = in.tuple(0);
    if (!fields) return;
    const auto low = fields->address(0);
    const auto high = fields->address(1);
    const auto fee = fields->u64(2);
    const auto forward = fields->boolean(5);
    const auto amount = fields->word(6);
    const auto limit = fields->word(7);
    if (!low || !high || !fee || *fee >= 1U << 24U || !forward || !amount || !limit) return;
    const eth::Address sold = *forward ? *low : *high;
    finish({.protocol = "uniswap-v4",
            .kind = kind,
            .path = {token_of(sold, context), token_of(*forward ? *high : *low, context)},
            .fees = {static_cast<std::uint32_t>(*fee)},
            .amount = *amount,
            .limit = *limit},
           sold, context);
}

// (currency, (currency, fee, tickSpacing, hooks, hookData)[] path, amount, limit); newer routers
// have one more list before the amounts, which the length of the head tells.
void along_path(const AbiReader& in, SwapKind kind, DecodeContext& context) {
    const auto fields = in.tuple(0);
    const auto end = fields ? fields->address(0) : std::nullopt;
    const auto head = fields ? fields->u64(1) : std::nullopt;
    const auto path = fields ? fields->array(1, 1, kMaxPath - 1) : std::nullopt;
    if (!end || !head || !path || path->length == 0) return;
    const std::size_t amounts = *head == 5 * eth::kAbiWord ? 3 : 2;
    const auto amount = fields->word(amounts);
    const auto limit = fields->word(amounts + 1);
    if (!amount || !limit) return;
    Swap swap{.protocol = "uniswap-v4", .kind = kind, .amount = *amount, .limit = *limit};
    std::vector<eth::Address> tokens;
    if (kind == SwapKind::exact_in) tokens.push_back(*end);
    for (std::size_t i = 0; i < path->length; ++i) {
        const auto key = path->elements.tuple(i);
        const auto token = key ? key->address(0) : std::nullopt;
        const auto fee = key ? key->u64(1) : std::nullopt;
        if (!token || !fee || *fee >= 1U << 24U) return;
        tokens.push_back(*token);
        swap.fees.push_back(static_cast<std::uint32_t>(*fee));
    }
    if (kind == SwapKind::exact_out) tokens.push_back(*end);
    for (const auto& token : tokens) swap.path.push_back(token_of(token, context));
    finish(std::move(swap), tokens.front(), context);
}

// (currency, recipient, amount): where the newest swap's output goes.
void take(const AbiReader& in, DecodeContext& context) {
    const auto currency = in.address(0);
    const auto recipient = in.address(1);
    auto* swap = context.out.empty() ? nullptr : std::get_if<Swap>(&context.out.back());
    if (!currency || !recipient || swap == nullptr || swap->protocol != "uniswap-v4" ||
        swap->path.back() != token_of(*currency, context))
        return;
    swap->recipient = router_recipient(context, *recipient);
    if (swap->recipient == context.call.to) context.ledger.swap_paid_router();
}

// (currency, minimum), to the sender.
void take_all(const AbiReader& in, DecodeContext& context) {
    const auto currency = in.address(0);
    const auto minimum = in.word(1);
    auto* swap = context.out.empty() ? nullptr : std::get_if<Swap>(&context.out.back());
    if (!currency || !minimum || swap == nullptr || swap->protocol != "uniswap-v4" ||
        swap->path.back() != token_of(*currency, context))
        return;
    swap->recipient = context.call.from;
    if (swap->kind == SwapKind::exact_in && *minimum > swap->limit) swap->limit = *minimum;
}

} // namespace

bool decode_uniswap_v4(eth::BytesView input, DecodeContext& context) {
    const AbiReader in(input);
    const auto actions = in.bytes(0);
    const auto params = in.array(1, 1, kMaxInnerCalls);
    if (!actions || !params || actions->size() != params->length) return false;
    for (std::size_t i = 0; i < actions->size(); ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto param = params->elements.bytes(i);
        if (!param) continue;
        const AbiReader fields(*param);
        switch (static_cast<V4Action>((*actions)[i])) {
        case V4Action::exact_in_single:
            single(fields, SwapKind::exact_in, context);
            break;
        case V4Action::exact_in:
            along_path(fields, SwapKind::exact_in, context);
            break;
        case V4Action::exact_out_single:
            single(fields, SwapKind::exact_out, context);
            break;
        case V4Action::exact_out:
            along_path(fields, SwapKind::exact_out, context);
            break;
        case V4Action::take:
            take(fields, context);
            break;
        case V4Action::take_all:
            take_all(fields, context);
            break;
        }
    }
    return true;
}

} // namespace viz::features
