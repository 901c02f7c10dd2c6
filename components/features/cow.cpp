// CoW Protocol: a settlement fills many orders, each a swap of its owner; EthFlow places one order.
// Source: cowprotocol/contracts, GPv2Settlement.sol and GPv2Trade.sol; ethflowcontract.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

constexpr std::uint64_t kBuyOrder = 1; // GPv2Trade's flags, bit 0

// tokens, prices, (sellIndex, buyIndex, receiver, sellAmount, buyAmount, validTo, appData, fee,
// flags, executed, signature)[], interactions. The receiver is empty if it is the owner.
bool settle(const AbiReader& args, DecodeContext& context) {
    const auto tokens = args.array(0, 1, kMaxInnerCalls);
    const auto trades = args.array(2, 1, kMaxInnerCalls);
    if (!tokens || !trades) return false;
    for (std::size_t i = 0; i < trades->length; ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto trade = trades->elements.tuple(i);
        if (!trade) return false;
        const auto sell = trade->u64(0);
        const auto buy = trade->u64(1);
        const auto receiver = trade->address(2);
        const auto sold = trade->word(3);
        const auto bought = trade->word(4);
        const auto flags = trade->u64(8);
        if (!sell || !buy || !receiver || !sold || !bought || !flags || *sell >= tokens->length ||
            *buy >= tokens->length)
            return false;
        const auto from = tokens->elements.address(*sell);
        const auto to = tokens->elements.address(*buy);
        if (!from || !to) return false;
        const bool exact_out = (*flags & kBuyOrder) != 0;
        Swap swap{.protocol = "cow",
                  .kind = exact_out ? SwapKind::exact_out : SwapKind::exact_in,
                  .path = {*from, *to},
                  .amount = exact_out ? *bought : *sold,
                  .limit = exact_out ? *sold : *bought};
        if (!receiver->is_zero()) swap.recipient = *receiver;
        swap.deadline = trade->u64(5);
        context.out.emplace_back(std::move(swap));
    }
    return true;
}

// (buyToken, receiver, sellAmount, buyAmount, appData, fee, validTo, partial, quote)
bool place(const AbiReader& args, DecodeContext& context) {
    const auto bought = args.address(0);
    const auto amount = args.word(2);
    const auto limit = args.word(3);
    if (!bought || !amount || !limit || !context.wrapped_native) return false;
    context.out.emplace_back(Swap{.protocol = "cow",
                                  .path = {*context.wrapped_native, *bought},
                                  .amount = *amount,
                                  .limit = *limit,
                                  .native_in = true,
                                  .recipient = args.address(1),
                                  .deadline = args.u64(6)});
    return true;
}

} // namespace

bool decode_cow(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    if (selector == 0x13d79a0b) return settle(args, context);
    if (selector == 0x322bba21) return place(args, context); // createOrder
    return false;
}

} // namespace viz::features
