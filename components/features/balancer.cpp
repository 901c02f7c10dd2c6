// Balancer V2's vault. Source: balancer-v2-monorepo, IVault.sol. A pool's id begins with its
// address; the native coin is the zero address.
#include <algorithm>

#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

eth::Address pool_of(const eth::U256& id) {
    const auto bytes = eth::to_be(id);
    eth::Address pool;
    std::copy_n(bytes.begin(), 20, pool.bytes.begin());
    return pool;
}

// (poolId, kind, assetIn, assetOut, amount, userData), funds, limit, deadline
bool single(const AbiReader& args, DecodeContext& context) {
    const auto fields = args.tuple(0);
    if (!fields) return false;
    const auto id = fields->word(0);
    const auto kind = fields->u64(1);
    const auto sold = fields->address(2);
    const auto bought = fields->address(3);
    const auto amount = fields->word(4);
    const auto limit = args.word(5);
    if (!id || !kind || *kind > 1 || !sold || !bought || !amount || !limit) return false;
    context.out.emplace_back(Swap{.protocol = "balancer-v2",
                                  .kind = *kind == 0 ? SwapKind::exact_in : SwapKind::exact_out,
                                  .path = {token_of(*sold, context), token_of(*bought, context)},
                                  .pools = {pool_of(*id)},
                                  .amount = *amount,
                                  .limit = *limit,
                                  .native_in = is_native_coin(*sold),
                                  .recipient = args.address(3),
                                  .deadline = args.u64(6)});
    return true;
}

// A limit is the maximum that the vault may take of the asset; a negative limit is the minimum it
// must pay.
eth::U256 size_of(const eth::U256& limit) {
    return limit.limbs[3] >> 63U != 0 ? eth::U256{} - limit : limit;
}

// kind, (poolId, assetInIndex, assetOutIndex, amount, userData)[], assets, funds, limits, deadline.
// Only a chain of steps is a swap with one path; chains with exact output are encoded in reverse.
bool batch(const AbiReader& args, DecodeContext& context) {
    const auto kind = args.u64(0);
    const auto steps = args.array(1, 1, kMaxPath - 1);
    const auto assets = args.array(2, 1, kMaxInnerCalls);
    const auto limits = args.array(7, 1, kMaxInnerCalls);
    if (!kind || *kind > 1 || !steps || steps->length == 0 || !assets || !limits) return false;
    Swap swap{.protocol = "balancer-v2",
              .kind = *kind == 0 ? SwapKind::exact_in : SwapKind::exact_out};
    std::vector<std::uint64_t> indices;
    for (std::size_t i = 0; i < steps->length; ++i) {
        const std::size_t at = *kind == 0 ? i : steps->length - 1 - i;
        const auto step = steps->elements.tuple(at);
        if (!step) return false;
        const auto id = step->word(0);
        const auto in = step->u64(1);
        const auto out = step->u64(2);
        const auto amount = step->word(3);
        if (!id || !in || !out || !amount || *in >= assets->length || *out >= assets->length ||
            (!indices.empty() && indices.back() != *in))
            return false;
        if (indices.empty()) indices.push_back(*in);
        indices.push_back(*out);
        swap.pools.push_back(pool_of(*id));
        if (at == 0) swap.amount = *amount;
    }
    for (const auto index : indices) {
        const auto asset = assets->elements.address(index);
        if (!asset) return false;
        if (swap.path.empty()) swap.native_in = is_native_coin(*asset);
        swap.path.push_back(token_of(*asset, context));
    }
    const auto limit = limits->elements.word(*kind == 0 ? indices.back() : indices.front());
    if (!limit) return false;
    swap.limit = size_of(*limit);
    swap.recipient = args.address(5);
    swap.deadline = args.u64(8);
    context.out.emplace_back(std::move(swap));
    return true;
}

// poolId, sender, recipient, (assets, limits, userData, internal)
bool change(const AbiReader& args, LiquidityKind kind, DecodeContext& context) {
    const auto id = args.word(0);
    const auto request = args.tuple(3);
    const auto assets = request ? request->array(0, 1, kMaxPath) : std::nullopt;
    const auto limits = request ? request->array(1, 1, kMaxPath) : std::nullopt;
    if (!id || !assets || !limits || assets->length != limits->length) return false;
    Liquidity change{.protocol = "balancer-v2", .kind = kind, .pools = {pool_of(*id)}};
    for (std::size_t i = 0; i < assets->length; ++i) {
        const auto asset = assets->elements.address(i);
        const auto limit = limits->elements.word(i);
        if (!asset || !limit) return false;
        change.tokens.push_back(token_of(*asset, context));
        change.amounts.push_back(*limit);
    }
    change.recipient = args.address(2);
    context.out.emplace_back(std::move(change));
    return true;
}

} // namespace

bool decode_balancer(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    switch (selector) {
    case 0x52bbbe29:
        return single(args, context);
    case 0x945bcec9:
        return batch(args, context);
    case 0xb95cac28: // joinPool
        return change(args, LiquidityKind::add, context);
    case 0x8bdb3913: // exitPool
        return change(args, LiquidityKind::remove, context);
    default:
        return false;
    }
}

} // namespace viz::features
