// Blur: the first exchange, its second version, and NFT loans (Blend). Sources:
// code-423n4/2022-10-blur, OrderStructs.sol; Sabnock01/blur-v2, exchange/lib/Structs.sol and
// blend/lib/Structs.sol. All payments are in the native coin or in Blur's deposit pool of it.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// Input: (trader, side, policy, collection, tokenId, amount, paymentToken, price, …), v, r, s, …
bool execution(const std::optional<AbiReader>& sell, DecodeContext& context) {
    const auto in = sell ? sell->tuple(0) : std::nullopt;
    if (!in) return false;
    const auto trader = in->address(0);
    const auto collection = in->address(3);
    const auto id = in->word(4);
    const auto count = in->word(5);
    const auto currency = in->address(6);
    const auto price = in->word(7);
    if (!trader || !collection || !id || !count || !currency || !price) return false;
    NftTrade trade{.protocol = "blur",
                   .collection = *collection,
                   .token_id = *id,
                   .count = *count,
                   .maker = *trader,
                   .maker_sells = true};
    if (!currency->is_zero()) trade.currency = *currency;
    trade.price = *price;
    context.out.emplace_back(std::move(trade));
    return true;
}

bool executions(const AbiReader& args, DecodeContext& context) {
    const auto list = args.array(0, 1, kMaxInnerCalls);
    if (!list) return false;
    bool any = false;
    for (std::size_t i = 0; i < list->length; ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto one = list->elements.tuple(i);
        any = (one && execution(one->tuple(0), context)) || any;
    }
    return any;
}

// Order, from word `order` of `orders`: trader, collection, …. Exchange: index, proof, (index,
// tokenId, amount, price), (tokenId, amount). The token id comes from the listing for a sale, and
// from the taker for a bid; the price is per token.
bool exchange(const AbiReader& orders, std::size_t order, const AbiReader& in, bool maker_sells,
              DecodeContext& context) {
    const auto trader = orders.address(order);
    const auto collection = orders.address(order + 1);
    const auto id = in.word(maker_sells ? 3 : 6);
    const auto price = in.word(5);
    const auto count = in.word(7);
    if (!trader || !collection || !id || !price || !count) return false;
    const auto total = eth::checked_mul(*price, *count);
    if (!total) return false;
    context.out.emplace_back(NftTrade{.protocol = "blur",
                                      .collection = *collection,
                                      .token_id = *id,
                                      .count = *count,
                                      .maker = *trader,
                                      .maker_sells = maker_sells,
                                      .currency = std::nullopt,
                                      .price = *total});
    return true;
}

constexpr std::size_t kOrderWords = 9;

// (order, exchange, takerFee, signature[, recipient]): the order is encoded inline.
bool take_one(const AbiReader& args, bool maker_sells, DecodeContext& context) {
    const auto inputs = args.tuple(0);
    const auto in = inputs ? inputs->tuple(kOrderWords) : std::nullopt;
    return in && exchange(*inputs, 0, *in, maker_sells, context);
}

// (orders, exchanges, takerFee, signatures[, recipient]): each exchange refers to its order by
// index.
bool take(const AbiReader& args, bool maker_sells, DecodeContext& context) {
    const auto inputs = args.tuple(0);
    const auto orders = inputs ? inputs->array(0, kOrderWords, kMaxInnerCalls) : std::nullopt;
    const auto list = inputs ? inputs->array(1, 1, kMaxInnerCalls) : std::nullopt;
    if (!orders || !list) return false;
    bool any = false;
    for (std::size_t i = 0; i < list->length; ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto in = list->elements.tuple(i);
        const auto order = in ? in->u64(0) : std::nullopt;
        if (!order || *order >= orders->length) continue;
        any = exchange(orders->elements, kOrderWords * *order, *in, maker_sells, context) || any;
    }
    return any;
}

bool loan(LendKind kind, const std::optional<eth::Address>& collection,
          const std::optional<eth::U256>& amount, const std::optional<eth::Address>& account,
          DecodeContext& context) {
    if (!collection || !amount || !account) return false;
    context.out.emplace_back(Lend{.protocol = "blur",
                                  .kind = kind,
                                  .asset = std::nullopt,
                                  .market = *collection,
                                  .amount = *amount,
                                  .in_shares = false,
                                  .account = *account});
    return true;
}

bool cancel(std::uint64_t count, DecodeContext& context) {
    context.out.emplace_back(OrderCancel{.protocol = "blur", .count = count});
    return true;
}

} // namespace

bool decode_blur(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x9a1fc3a7: // execute(sell, buy)
        return execution(args.tuple(0), context);
    case 0xb3be57f8: // bulkExecute
        return executions(args, context);
    case 0x70bce2d6: // takeAskSingle
    case 0x336d8206: // takeAskSinglePool
        return take_one(args, true, context);
    case 0xda815cb5: // takeBidSingle
        return take_one(args, false, context);
    case 0x3925c3c3: // takeAsk
    case 0x133ba9a6: // takeAskPool
        return take(args, true, context);
    case 0x7034d120: // takeBid
        return take(args, false, context);
    default:
        break;
    }
    if (context.protocol != "blur") return false; // other protocols use these names too
    switch (selector) {
    case 0xe263967e: // borrow((lender, collection, …10 words), signature, amount, tokenId)
        return loan(LendKind::borrow, args.address(1), args.word(11), context.call.from, context);
    case 0xc87df1c2: // repay((lender, borrower, collection, …), lienId): the whole debt
        return loan(LendKind::repay, args.address(2), eth::U256{} - eth::U256{1}, args.address(1),
                    context);
    case 0x3f8fc233: // cancelTrades((hash, index, amount)[])
        if (const auto trades = args.array(0, 3, kMaxInnerCalls))
            return cancel(trades->length, context);
        return false;
    case 0x627cdcb9: // incrementNonce()
        return cancel(0, context);
    default:
        return false;
    }
}

} // namespace viz::features
