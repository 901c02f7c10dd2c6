// Uniswap's Universal Router: a program of one-byte commands, each with ABI-encoded inputs. Heads
// are read by offset, so the five-word inputs and the six-word ones of v2.1.1 decode alike.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

constexpr std::uint8_t kAllowRevert = 0x80;
constexpr std::uint64_t kBips = 10'000;
constexpr std::uint64_t kFullPrecision = 1'000'000'000'000'000'000;

enum class Command : std::uint8_t {
    v3_swap_exact_in = 0x00,
    v3_swap_exact_out = 0x01,
    permit2_transfer_from = 0x02,
    permit2_permit_batch = 0x03,
    sweep = 0x04,
    transfer = 0x05,
    pay_portion = 0x06,
    pay_portion_full_precision = 0x07, // since 2.1.1
    v2_swap_exact_in = 0x08,
    v2_swap_exact_out = 0x09,
    permit2_permit = 0x0a,
    wrap = 0x0b,
    unwrap = 0x0c,
    permit2_transfer_from_batch = 0x0d,
    v4_swap = 0x10,
    sub_plan = 0x21,
    across_deposit = 0x40,
};

// (recipient, amount, limit, path, payerIsUser)
void swap(const eth::AbiReader& in, DecodeContext& context, SwapKind kind, bool v3) {
    const auto recipient = in.address(0);
    const auto amount = in.word(1);
    const auto limit = in.word(2);
    const auto user_pays = in.boolean(4);
    Swap result{.protocol = context.pools_of(v3 ? "uniswap-v3" : "uniswap-v2"), .kind = kind};
    if (!recipient || !amount || !limit) return;
    if (v3) {
        const auto path = in.bytes(3);
        if (!path || !read_v3_path(*path, kind == SwapKind::exact_out, result)) return;
    } else {
        if (!read_token_path(in, 3, result)) return;
        set_pair_fees(context, result);
    }
    result.amount = *amount;
    result.limit = *limit;
    result.deadline = context.deadline;
    result.recipient = router_recipient(context, *recipient);
    result.native_in =
        context.call.value != eth::U256{} && result.path.front() == context.wrapped_native;
    bool router_pays = user_pays && !*user_pays;
    if (kind == SwapKind::exact_in && (*amount == eth::U256{} || is_whole_balance(*amount))) {
        router_pays = false; // no amount is available
        if (*amount == eth::U256{})
            result.amount_is_balance =
                true; // V2: the pair was paid in advance; the amount is unknown
        else
            context.ledger.spend_all(result);
    }
    add_router_swap(context, std::move(result), router_pays);
}

// The native coin is the zero address in SWEEP and PAY_PORTION; its balance is tracked as the
// wrapped token's, since it only comes from unwrapping.
std::optional<eth::Address> held_token(const eth::AbiReader& in, const DecodeContext& context) {
    const auto token = in.address(0);
    return token && token->is_zero() ? context.wrapped_native : token;
}

// PERMIT2_TRANSFER_FROM (token, recipient, amount): from the sender.
void transfer_from(const eth::AbiReader& in, DecodeContext& context) {
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

// TRANSFER (token, recipient, amount): from the router's balance.
void transfer(const eth::AbiReader& in, DecodeContext& context) {
    const auto token = held_token(in, context);
    const auto recipient = in.address(1);
    const auto amount = in.word(2);
    if (!token || !recipient || !amount || !context.call.to) return;
    if (is_whole_balance(*amount)) return context.ledger.pay_out(*token, eth::U256{});
    context.ledger.pay(*token, *amount);
    context.out.emplace_back(
        Transfer{.token = *token,
                 .from = *context.call.to,
                 .to = router_recipient(context, *recipient).value_or(*recipient),
                 .amount = *amount});
}

// (spokePool, depositor, recipient, token, outputToken, amount, outputAmount, chain, …)
void across_deposit(const eth::AbiReader& in, DecodeContext& context) {
    const auto fields = in.tuple(0);
    const auto recipient = fields ? fields->address(2) : std::nullopt;
    const auto token = fields ? fields->address(3) : std::nullopt;
    const auto amount = fields ? fields->word(5) : std::nullopt;
    if (!recipient || !token || !amount) return;
    context.out.emplace_back(Bridge{.protocol = "across",
                                    .token = *token,
                                    .amount = is_whole_balance(*amount) ? eth::U256{} : *amount,
                                    .destination = fields->u64(7),
                                    .recipient = *recipient});
}

void portion(const eth::AbiReader& in, DecodeContext& context, std::uint64_t whole) {
    const auto token = held_token(in, context);
    const auto part = in.u64(2);
    if (token && part) context.ledger.pay_portion(*token, *part, whole);
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

void wrap(const eth::AbiReader& in, DecodeContext& context) {
    const auto amount = in.word(1);
    if (!amount || !context.wrapped_native) return;
    context.ledger.deposit(*context.wrapped_native,
                           is_whole_balance(*amount) ? context.call.value : *amount);
}

// With the router as recipient it only checks the minimum: a portion and a sweep of the native coin
// follow.
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
    // Before v2.1.1 bit 0x40 had no meaning, and only Across (0x40) uses it.
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
        return transfer_from(in, context);
    case Command::permit2_transfer_from_batch:
        decode_permit2_transfers(in, context);
        return;
    case Command::transfer:
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
        return portion(in, context, kBips);
    case Command::pay_portion_full_precision: // (token, recipient, parts of 10^18)
        return portion(in, context, kFullPrecision);
    case Command::sub_plan: // (commands, inputs)
        if (depth < kMaxUnfolding)
            run(in, context, depth + 1);
        else
            context.cut = true;
        return;
    case Command::v4_swap: // (actions, params)
        decode_uniswap_v4(in.data(), context);
        return;
    case Command::across_deposit:
        across_deposit(in, context);
        return;
    case Command::permit2_permit_batch: // (details[], spender, deadline), signature
        if (const auto batch = in.tuple(0)) decode_permit_batch(*batch, context);
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
    switch (selector) {
    case 0x3593564c: // execute(bytes,bytes[],uint256)
        context.deadline = args.u64(2);
        break;
    case 0x44684dc3: // executeSigned(commands, inputs, intent, data, verifySender, nonce, …)
        context.deadline = args.u64(7);
        break;
    case 0x24856bc3: // execute(bytes,bytes[])
        break;
    default:
        return false;
    }
    return run(args, context, 0);
}

} // namespace viz::features
