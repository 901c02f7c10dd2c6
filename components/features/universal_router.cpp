// Uniswap's Universal Router: a program of one-byte commands, each with ABI-encoded inputs. Heads
// are read by offset, so the five-word inputs and the six-word ones of v2.1.1 decode alike.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

constexpr std::uint8_t kAllowRevert = 0x80;

enum class Command : std::uint8_t {
    v3_swap_exact_in = 0x00,
    v3_swap_exact_out = 0x01,
    permit2_transfer_from = 0x02,
    permit2_permit_batch = 0x03,
    sweep = 0x04,
    transfer = 0x05,
    pay_portion = 0x06,
    v2_swap_exact_in = 0x08,
    v2_swap_exact_out = 0x09,
    permit2_permit = 0x0a,
    wrap = 0x0b,
    unwrap = 0x0c,
    v4_swap = 0x10,
    sub_plan = 0x21,
};

// "All the router holds" as an amount.
bool is_whole_balance(const eth::U256& amount) {
    return amount.limbs == std::array<std::uint64_t, 4>{0, 0, 0, 1ULL << 63U};
}

// (recipient, amount, limit, path, payerIsUser)
void swap(const eth::AbiReader& in, DecodeContext& context, SwapKind kind, bool v3) {
    const auto recipient = in.address(0);
    const auto amount = in.word(1);
    const auto limit = in.word(2);
    Swap result{.protocol = v3 ? "uniswap-v3" : "uniswap-v2", .kind = kind};
    if (!recipient || !amount || !limit) return;
    if (v3) {
        const auto path = in.bytes(3);
        if (!path || !read_v3_path(*path, kind == SwapKind::exact_out, result)) return;
    } else {
        if (!read_token_path(in, 3, result)) return;
        result.fees.assign(result.path.size() - 1, 3000);
    }
    result.amount = *amount;
    result.limit = *limit;
    result.deadline = context.deadline;
    result.recipient = router_recipient(context, *recipient);
    result.native_in =
        context.call.value != eth::U256{} && result.path.front() == context.wrapped_native;
    if (kind == SwapKind::exact_in && *amount == eth::U256{})
        result.amount_is_balance = true; // V2: the pair was paid before, how much is not said
    else if (kind == SwapKind::exact_in && is_whole_balance(*amount))
        context.ledger.spend_all(result);
    add_router_swap(context, std::move(result));
}

void transfer(const eth::AbiReader& in, DecodeContext& context) {
    const auto token = in.address(0);
    const auto recipient = in.address(1);
    const auto amount = in.word(2);
    if (!token || !recipient || !amount) return;
    const auto to = router_recipient(context, *recipient);
    if (to && to == context.call.to) context.ledger.deposit(*token, *amount);
    context.out.emplace_back(Transfer{.token = *token,
                                      .from = context.call.from,
                                      .to = to.value_or(*recipient),
                                      .amount = *amount});
}

// ((token, amount, expiration, nonce), spender, sigDeadline), signature
void permit(const eth::AbiReader& in, DecodeContext& context) {
    const auto token = in.address(0);
    const auto amount = in.word(1);
    const auto spender = in.address(4);
    const auto deadline = in.word(5);
    if (token && amount && spender && deadline)
        context.out.emplace_back(
            Permit{.token = *token, .spender = *spender, .amount = *amount, .deadline = *deadline});
}

// The native coin is the zero address in SWEEP and PAY_PORTION; its holdings are those of the
// wrapped token, since only unwrapping makes them.
std::optional<eth::Address> held_token(const eth::AbiReader& in, const DecodeContext& context) {
    const auto token = in.address(0);
    return token && token->is_zero() ? context.wrapped_native : token;
}

void wrap(const eth::AbiReader& in, DecodeContext& context) {
    const auto amount = in.word(1);
    if (!amount || !context.wrapped_native) return;
    context.ledger.deposit(*context.wrapped_native,
                           is_whole_balance(*amount) ? context.call.value : *amount);
}

// To the router itself it only checks: a portion and a sweep of the native coin follow.
void unwrap(const eth::AbiReader& in, DecodeContext& context) {
    const auto recipient = in.address(0);
    const auto minimum = in.word(1);
    if (!recipient || !minimum || !context.wrapped_native) return;
    if (router_recipient(context, *recipient) == context.call.to)
        context.ledger.at_least(*context.wrapped_native, *minimum);
    else
        context.ledger.pay_out(*context.wrapped_native, *minimum);
}

bool run(const eth::AbiReader& args, DecodeContext& context, std::size_t depth);

void step(std::uint8_t command, const eth::AbiReader& in, DecodeContext& context,
          std::size_t depth) {
    // Before v2.1.1 bit 0x40 had no meaning, and no command uses it but Across (0x40).
    switch (static_cast<Command>(command & static_cast<std::uint8_t>(~kAllowRevert))) {
    case Command::v3_swap_exact_in:
        return swap(in, context, SwapKind::exact_in, true);
    case Command::v3_swap_exact_out:
        return swap(in, context, SwapKind::exact_out, true);
    case Command::v2_swap_exact_in:
        return swap(in, context, SwapKind::exact_in, false);
    case Command::v2_swap_exact_out:
        return swap(in, context, SwapKind::exact_out, false);
    case Command::permit2_transfer_from:
        return transfer(in, context);
    case Command::permit2_permit:
        return permit(in, context);
    case Command::wrap:
        return wrap(in, context);
    case Command::unwrap: // (recipient, minimum)
        return unwrap(in, context);
    case Command::sweep: // (token, recipient, minimum)
        if (const auto token = held_token(in, context))
            if (const auto minimum = in.word(2)) context.ledger.pay_out(*token, *minimum);
        return;
    case Command::pay_portion: // (token, recipient, bips)
        if (const auto token = held_token(in, context))
            if (const auto bips = in.u64(2)) context.ledger.pay_portion(*token, *bips);
        return;
    case Command::sub_plan: // (commands, inputs)
        if (depth < kMaxUnfolding)
            run(in, context, depth + 1);
        else
            context.cut = true;
        return;
    case Command::v4_swap: // (actions, params)
        decode_uniswap_v4(in.data(), context);
        return;
    case Command::permit2_permit_batch: // (details[], spender, deadline), signature
        if (const auto batch = in.tuple(0)) decode_permit_batch(*batch, context);
        return;
    case Command::transfer:
        return;
    }
}

bool run(const eth::AbiReader& args, DecodeContext& context, std::size_t depth) {
    const auto commands = args.bytes(0);
    const auto inputs = args.array(1, 1, kMaxInnerCalls);
    if (!commands || !inputs || commands->size() != inputs->length) return false;
    for (std::size_t i = 0; i < commands->size(); ++i) {
        if (context.full() || context.calls_left == 0) {
            context.cut = true;
            break;
        }
        --context.calls_left;
        if (const auto input = inputs->elements.bytes(i))
            step((*commands)[i], eth::AbiReader(*input), context, depth);
    }
    return true;
}

} // namespace

bool decode_universal_router(std::uint32_t selector, const eth::AbiReader& args,
                             DecodeContext& context) {
    if (selector != 0x3593564c && selector != 0x24856bc3) return false;
    if (selector == 0x3593564c) context.deadline = args.u64(2);
    return run(args, context, 0);
}

} // namespace viz::features
