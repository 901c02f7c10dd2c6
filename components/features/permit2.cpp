// Permit2: allowances with an expiration, and signed transfers. Source: Uniswap permit2,
// IAllowanceTransfer.sol and ISignatureTransfer.sol.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// owner, ((token, amount, expiration, nonce), spender, sigDeadline), signature
bool permit(const AbiReader& args, DecodeContext& context) {
    const auto token = args.address(1);
    const auto amount = args.word(2);
    const auto spender = args.address(5);
    const auto deadline = args.word(6);
    if (!token || !amount || !spender || !deadline) return false;
    context.out.emplace_back(
        Permit{.token = *token, .spender = *spender, .amount = *amount, .deadline = *deadline});
    return true;
}

// Decodes one signed transfer; the arguments are the slots of token, destination, amount, and
// owner.
bool transfer(const AbiReader& args, std::size_t token_at, std::size_t to_at, std::size_t amount_at,
              std::size_t from_at, DecodeContext& context) {
    const auto token = args.address(token_at);
    const auto to = args.address(to_at);
    const auto amount = args.word(amount_at);
    const auto from = args.address(from_at);
    if (!token || !to || !amount || !from) return false;
    context.out.emplace_back(
        Transfer{.token = *token, .from = *from, .to = *to, .amount = *amount});
    return true;
}

} // namespace

bool decode_permit2_transfers(const AbiReader& args, DecodeContext& context) {
    const auto list = args.array(0, 4, kMaxInnerCalls);
    if (!list) return false;
    for (std::size_t i = 0; i < list->length; ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto from = list->elements.address(4 * i);
        const auto to = list->elements.address(4 * i + 1);
        const auto amount = list->elements.word(4 * i + 2);
        const auto token = list->elements.address(4 * i + 3);
        if (!from || !to || !amount || !token) return false;
        if (to == context.call.to) context.ledger.deposit(*token, *amount);
        context.out.emplace_back(
            Transfer{.token = *token, .from = *from, .to = *to, .amount = *amount});
    }
    return true;
}

bool decode_permit_batch(const AbiReader& batch, DecodeContext& context) {
    const auto details = batch.array(0, 4, kMaxInnerCalls);
    const auto spender = batch.address(1);
    const auto deadline = batch.word(2);
    if (!details || !spender || !deadline) return false;
    for (std::size_t i = 0; i < details->length; ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto token = details->elements.address(4 * i);
        const auto amount = details->elements.word(4 * i + 1);
        if (!token || !amount) return false;
        context.out.emplace_back(
            Permit{.token = *token, .spender = *spender, .amount = *amount, .deadline = *deadline});
    }
    return true;
}

bool decode_permit2(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x2b67b570:
        return permit(args, context);
    case 0x2a2d80d1: { // permit(owner, batch, signature)
        const auto batch = args.tuple(1);
        return batch && decode_permit_batch(*batch, context);
    }
    case 0x87517c45: { // approve(token, spender, amount, expiration)
        const auto token = args.address(0);
        const auto spender = args.address(1);
        const auto amount = args.word(2);
        if (!token || !spender || !amount) return false;
        context.out.emplace_back(Approval{.token = *token, .spender = *spender, .amount = *amount});
        return true;
    }
    case 0x36c78516: // transferFrom(from, to, amount, token)
        return transfer(args, 3, 1, 2, 0, context);
    case 0x0d58b1db:
        return decode_permit2_transfers(args, context);
    case 0x30f28b7a: // permitTransferFrom(((token, amount), nonce, deadline), (to, amount), owner,…
        return transfer(args, 0, 4, 5, 6, context);
    default:
        return false;
    }
}

} // namespace viz::features
