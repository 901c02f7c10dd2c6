// 0x: the Exchange Proxy's features and Settler behind AllowanceHolder. Sources:
// 0xProject/protocol, contracts/zero-ex (IUniswapFeature, IPancakeSwapFeature,
// INativeOrdersFeature, IOtcOrdersFeature, IMultiplexFeature, IMetaTransactionsFeatureV2);
// 0xProject/0x-settler, ISettlerTakerSubmitted.
#include <algorithm>

#include "components/eth/u256_math.hpp"
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// A swap of the sender's tokens, or of the call's value.
Swap to_sender(const DecodeContext& context, const eth::U256& amount, const eth::U256& limit) {
    Swap swap{.protocol = "0x", .amount = amount, .limit = limit};
    swap.native_in = context.call.value != eth::U256{};
    swap.recipient = context.call.from;
    return swap;
}

bool add(DecodeContext& context, Swap swap, std::vector<eth::Address> path) {
    swap.path = std::move(path);
    for (auto& token : swap.path) token = token_of(token, context);
    context.out.emplace_back(std::move(swap));
    return true;
}

// (tokens, amount, limit, …); without the amount if it is the call's value.
bool along_tokens(const AbiReader& in, std::size_t amount_at, bool native_in,
                  DecodeContext& context) {
    const auto amount = native_in ? context.call.value : in.word(amount_at);
    const auto limit = in.word(amount_at + (native_in ? 0 : 1));
    Swap swap;
    if (!amount || !limit || !read_token_path(in, 0, swap)) return false;
    return add(context, to_sender(context, *amount, *limit), std::move(swap.path));
}

// sellEthForTokenToUniswapV3 has no amount: it is the call's value.
bool along_v3_path(const AbiReader& in, bool native_in, DecodeContext& context) {
    const auto path = in.bytes(0);
    const auto amount = native_in ? context.call.value : in.word(1);
    const auto limit = in.word(native_in ? 1 : 2);
    const auto recipient = in.address(native_in ? 2 : 3);
    if (!path || !amount || !limit || !recipient) return false;
    Swap swap = to_sender(context, *amount, *limit);
    swap.native_in = native_in;
    if (!read_v3_path(*path, false, swap)) return false;
    if (!recipient->is_zero()) swap.recipient = *recipient;
    context.out.emplace_back(std::move(swap));
    return true;
}

// Slots of both tokens, the amount sold and the limit. An absent token is the native coin; an
// absent amount is the call's value.
struct Fields {
    std::optional<std::size_t> sold, bought, amount;
    std::size_t limit;
};

bool plain(const AbiReader& in, const Fields& at, DecodeContext& context) {
    const auto sold = at.sold ? in.address(*at.sold) : eth::Address{};
    const auto bought = at.bought ? in.address(*at.bought) : eth::Address{};
    const auto amount = at.amount ? in.word(*at.amount) : context.call.value;
    const auto limit = in.word(at.limit);
    if (!sold || !bought || !amount || !limit) return false;
    return add(context, to_sender(context, *amount, *limit), {*sold, *bought});
}

// The maker amount for the filled part of the taker amount, rounded down; both amounts are 128-bit.
eth::U256 share(const eth::U256& maker_amount, const eth::U256& fill,
                const eth::U256& taker_amount) {
    if (fill >= taker_amount) return maker_amount;
    const auto product = eth::checked_mul(maker_amount, fill);
    return product ? *product / taker_amount : eth::U256{};
}

// OtcOrder: makerToken, takerToken, makerAmount, takerAmount, maker, taker, txOrigin,
// expiryAndNonce (Unix seconds in the highest 64 bits). The fill amount is the call's value,
// written in the calldata, or the whole order.
enum class Fill : std::uint8_t { value, written, whole };
bool otc(const AbiReader& in, Fill fill, DecodeContext& context) {
    constexpr std::size_t kFillAmount = 12; // after order and signature
    const auto bought = in.address(0);
    const auto sold = in.address(1);
    const auto maker_amount = in.word(2);
    const auto taker_amount = in.word(3);
    const auto expiry = in.word(7);
    if (!bought || !sold || !maker_amount || !taker_amount || !expiry) return false;
    const auto asked = fill == Fill::value     ? std::optional(context.call.value)
                       : fill == Fill::written ? in.word(kFillAmount)
                                               : *taker_amount;
    if (!asked) return false;
    const auto amount = std::min(*asked, *taker_amount);
    Swap swap = to_sender(context, amount, share(*maker_amount, amount, *taker_amount));
    if (fill == Fill::whole) swap.recipient = in.address(5); // the taker, who also signed
    swap.deadline = expiry->limbs[3];
    return add(context, std::move(swap), {*sold, *bought});
}

// exec(operator, token, amount, target, data): lets the target take this amount of the token while
// its data executes. Settler's execute((recipient, buyToken, minimum), actions[], tag).
bool allowance_holder(const AbiReader& in, DecodeContext& context) {
    constexpr std::uint32_t kSettlerExecute = 0x1fff991f;
    const auto sold = in.address(1);
    const auto amount = in.word(2);
    const auto data = in.bytes(4);
    if (context.protocol != "0x" || !sold || !amount || !data || data->size() < 4 ||
        selector_number(*data) != kSettlerExecute)
        return false;
    const AbiReader inner(data->subspan(4));
    const auto recipient = inner.address(0);
    const auto bought = inner.address(1);
    const auto limit = inner.word(2);
    if (!recipient || !bought || !limit) return false;
    Swap swap = to_sender(context, *amount, *limit);
    if (!recipient->is_zero()) swap.recipient = *recipient;
    // Without a bought token and minimum, the actions themselves check the output.
    if (bought->is_zero() && *limit == eth::U256{}) return add(context, std::move(swap), {*sold});
    return add(context, std::move(swap), {*sold, *bought});
}

// A call on behalf of another signer: (signer, sender, …, callData, …).
bool meta_transaction(const AbiReader& args, std::size_t data_at, DecodeContext& context) {
    const auto in = args.tuple(0);
    const auto signer = in ? in->address(0) : std::nullopt;
    const auto data = in ? in->bytes(data_at) : std::nullopt;
    if (!signer || !data) return false;
    unfold({.chain_id = context.call.chain_id,
            .from = *signer,
            .to = context.call.to,
            .value = {},
            .data = *data},
           context);
    return true;
}

} // namespace

bool decode_zero_ex(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x415565b0: // transformERC20(sold, bought, amount, limit, transformations)
        return plain(args, {.sold = 0, .bought = 1, .amount = 2, .limit = 3}, context);
    case 0xd9627aa4: // sellToUniswap
    case 0xc43c9ef6: // sellToPancakeSwap
        return along_tokens(args, 1, false, context);
    case 0x3598d8ab: // sellEthForTokenToUniswapV3
        return along_v3_path(args, true, context);
    case 0x6af479b2: // sellTokenForTokenToUniswapV3
    case 0x803ba26d: // sellTokenForEthToUniswapV3
        return along_v3_path(args, false, context);
    case 0xf7fcd384: // sellToLiquidityProvider(sold, bought, provider, recipient, amount, limit, …)
        return plain(args, {.sold = 0, .bought = 1, .amount = 4, .limit = 5}, context);
    case 0x7a1eb1b9: // multiplexBatchSellTokenForToken(sold, bought, calls, amount, limit)
        return plain(args, {.sold = 0, .bought = 1, .amount = 3, .limit = 4}, context);
    case 0x77725df6: // multiplexBatchSellTokenForEth(sold, calls, amount, limit)
        return plain(args, {.sold = 0, .bought = {}, .amount = 2, .limit = 3}, context);
    case 0xf35b4733: // multiplexBatchSellEthForToken(bought, calls, limit)
        return plain(args, {.sold = {}, .bought = 0, .amount = {}, .limit = 2}, context);
    case 0x0f3b31b2: // multiplexMultiHopSellTokenForToken(tokens, calls, amount, limit)
    case 0x9a2967d2: // multiplexMultiHopSellTokenForEth
        return along_tokens(args, 2, false, context);
    case 0x5161b966: // multiplexMultiHopSellEthForToken(tokens, calls, limit)
        return along_tokens(args, 2, true, context);
    case 0x706394d5: // fillOtcOrderWithEth
        return otc(args, Fill::value, context);
    case 0xdac748d4: // fillOtcOrder
    case 0xa578efaf: // fillOtcOrderForEth
        return otc(args, Fill::written, context);
    case 0x4f948110: // fillTakerSignedOtcOrder
    case 0x724d3953: // fillTakerSignedOtcOrderForEth
        return otc(args, Fill::whole, context);
    case 0x3d61ed3e: // executeMetaTransaction: … two gas prices, expiration, salt, callData
        return meta_transaction(args, 6, context);
    case 0x3d8d4082: // executeMetaTransactionV2: … expiration, salt, callData
        return meta_transaction(args, 4, context);
    case 0x2213bc0b:
        return allowance_holder(args, context);
    default:
        return false;
    }
}

} // namespace viz::features
