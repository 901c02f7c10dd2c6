// Seaport's orders. Source: ProjectOpenSea/seaport, ConsiderationStructs.sol.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

constexpr std::uint64_t kErc20 = 1; // Seaport's item types: 0 native, 1 ERC-20, then tokens

// Items of 5 words (offered) or 6 (requested): type, token, id, amount, end amount[, recipient].
struct Items {
    std::optional<NftTrade> token; // the first item that is not a currency
    std::optional<eth::Address> currency;
    eth::U256 money;
};

bool read_items(const AbiReader& order, std::size_t slot, std::size_t words, Items& out) {
    const auto items = order.array(slot, words, kMaxInnerCalls);
    if (!items) return false;
    for (std::size_t i = 0; i < items->length; ++i) {
        const auto kind = items->elements.u64(words * i);
        const auto contract = items->elements.address(words * i + 1);
        const auto id = items->elements.word(words * i + 2);
        const auto amount = items->elements.word(words * i + 3);
        if (!kind || !contract || !id || !amount) return false;
        if (*kind <= kErc20) {
            if (*kind == kErc20) out.currency = *contract;
            out.money = out.money + *amount;
        } else if (!out.token) {
            out.token = NftTrade{
                .protocol = "seaport", .collection = *contract, .token_id = *id, .count = *amount};
        }
    }
    return true;
}

// OrderParameters: offerer, zone, offer, consideration, …
bool order(const AbiReader& parameters, DecodeContext& context) {
    const auto offerer = parameters.address(0);
    Items offered;
    Items asked;
    if (!offerer || !read_items(parameters, 2, 5, offered) || !read_items(parameters, 3, 6, asked))
        return false;
    const bool sells = offered.token.has_value();
    auto trade = sells ? offered.token : asked.token;
    if (!trade) return false; // both sides are currencies
    const Items& paid = sells ? asked : offered;
    trade->maker = *offerer;
    trade->maker_sells = sells;
    trade->currency = paid.currency;
    trade->price = paid.money;
    context.out.emplace_back(std::move(*trade));
    return true;
}

// An order, or an array of orders; the first member of an order is its parameters.
bool one(const AbiReader& args, DecodeContext& context) {
    const auto entry = args.tuple(0);
    const auto parameters = entry ? entry->tuple(0) : std::nullopt;
    return parameters && order(*parameters, context);
}

bool many(const AbiReader& args, DecodeContext& context) {
    const auto orders = args.array(0, 1, kMaxInnerCalls);
    if (!orders) return false;
    bool any = false;
    for (std::size_t i = 0; i < orders->length; ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        const auto entry = orders->elements.tuple(i);
        const auto parameters = entry ? entry->tuple(0) : std::nullopt;
        any = (parameters && order(*parameters, context)) || any;
    }
    return any;
}

// BasicOrderParameters. From type 16 on (in groups of four) the offerer pays ERC-20 for a token.
bool basic(const AbiReader& args, DecodeContext& context) {
    constexpr std::uint64_t kOffererBuys = 16;
    constexpr std::uint64_t kPaidInErc20 = 8;
    const auto in = args.tuple(0);
    if (!in) return false;
    const auto offerer = in->address(3);
    const auto kind = in->u64(8);
    if (!offerer || !kind || *kind >= 24) return false;
    const bool sells = *kind < kOffererBuys;
    const auto collection = in->address(sells ? 5 : 0);
    const auto id = in->word(sells ? 6 : 1);
    const auto count = in->word(sells ? 7 : 2);
    const auto currency = in->address(sells ? 0 : 5);
    auto price = in->word(sells ? 2 : 7);
    if (!collection || !id || !count || !currency || !price) return false;
    if (sells) { // fees are added to the offerer's amount
        const auto fees = in->array(16, 2, kMaxInnerCalls);
        for (std::size_t i = 0; fees && i < fees->length; ++i)
            price = *price + fees->elements.word(2 * i).value_or(eth::U256{});
    }
    NftTrade trade{.protocol = "seaport",
                   .collection = *collection,
                   .token_id = *id,
                   .count = *count,
                   .maker = *offerer,
                   .maker_sells = sells};
    if (*kind >= kPaidInErc20) trade.currency = *currency;
    trade.price = *price;
    context.out.emplace_back(std::move(trade));
    return true;
}

} // namespace

bool decode_nft_trade(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0xfb0f3ee1: // fulfillBasicOrder
        return basic(args, context);
    case 0x00000000: // fulfillBasicOrder_efficient_6GL6yc; calls of many contracts begin with these
                     // bytes
        return context.protocol == "seaport" && basic(args, context);
    case 0xb3a34c4c: // fulfillOrder
    case 0xe7acab24: // fulfillAdvancedOrder
        return one(args, context);
    case 0xed98a574: // fulfillAvailableOrders
    case 0x87201b41: // fulfillAvailableAdvancedOrders
    case 0xa8174404: // matchOrders
    case 0xf2d12b12: // matchAdvancedOrders
        return many(args, context);
    case 0xfd9f1e10: { // cancel(orders)
        const auto orders = args.array(0, 1, kMaxInnerCalls);
        if (!orders || context.protocol != "seaport") return false;
        context.out.emplace_back(OrderCancel{.protocol = "seaport", .count = orders->length});
        return true;
    }
    case 0x5b34b966: // incrementCounter()
        if (context.protocol != "seaport") return false;
        context.out.emplace_back(OrderCancel{.protocol = "seaport"});
        return true;
    default:
        return false;
    }
}

} // namespace viz::features
