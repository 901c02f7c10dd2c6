// Curve's pools, which refer to coins by index, and its router. Source: curvefi/curve-contract,
// curvefi/curve-router-ng.
#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

// (i, j, amount, minimum) at a pool.
bool exchange(const AbiReader& args, DecodeContext& context) {
    const auto sold = args.word(0);
    const auto bought = args.word(1);
    const auto amount = args.word(2);
    const auto limit = args.word(3);
    if (!sold || !bought || !amount || !limit) return false;
    // No pool has this many coins: it is another contract's method.
    if (*sold > eth::U256{8} || *bought > eth::U256{8} || *sold == *bought) return false;
    Swap swap{.protocol = "curve", .pools = {*context.call.to}, .amount = *amount, .limit = *limit};
    swap.native_in = context.call.value != eth::U256{};
    swap.recipient = context.call.from;
    context.out.emplace_back(std::move(swap));
    return true;
}

// Layout: route (token, pool, token, …) of a fixed number of addresses, swap parameters of a fixed
// number of words, amount, minimum[, pools[, receiver]]
struct Route {
    std::size_t addresses;
    std::size_t amount;
};
constexpr Route kRouterNg{11, 11 + 5 * 5};
constexpr Route kFirstRouter{9, 9 + 4 * 3};

bool route(const AbiReader& args, const Route& at, std::optional<std::size_t> receiver,
           DecodeContext& context) {
    const auto amount = args.word(at.amount);
    const auto limit = args.word(at.amount + 1);
    if (!amount || !limit) return false;
    Swap swap{.protocol = "curve", .amount = *amount, .limit = *limit};
    for (std::size_t i = 0; i < at.addresses; ++i) {
        const auto entry = args.address(i);
        if (!entry || entry->is_zero()) break;
        if (i % 2 == 0)
            swap.path.push_back(token_of(*entry, context));
        else
            swap.pools.push_back(*entry);
    }
    if (swap.path.size() < 2 || swap.pools.size() + 1 != swap.path.size()) return false;
    swap.native_in = context.call.value != eth::U256{};
    swap.recipient = receiver ? args.address(*receiver) : context.call.from;
    context.out.emplace_back(std::move(swap));
    return true;
}

bool change(const AbiReader& args, LiquidityKind kind, std::size_t coins, std::size_t amounts,
            std::optional<std::size_t> pool_tokens, DecodeContext& context) {
    Liquidity change{.protocol = "curve", .kind = kind, .pools = {*context.call.to}};
    for (std::size_t i = 0; i < coins; ++i) {
        const auto amount = args.word(amounts + i);
        if (!amount) return false;
        change.amounts.push_back(*amount);
    }
    if (pool_tokens) change.liquidity = args.word(*pool_tokens);
    change.recipient = context.call.from;
    context.out.emplace_back(std::move(change));
    return true;
}

} // namespace

bool decode_curve(std::uint32_t selector, const AbiReader& args, DecodeContext& context) {
    using Kind = LiquidityKind;
    switch (selector) {
    case 0x3df02124: // exchange(int128,int128,uint256,uint256)
    case 0xa6417ed6: // exchange_underlying
    case 0x5b41b908: // exchange(uint256,uint256,uint256,uint256)
        return exchange(args, context);
    case 0x371dc447: // exchange(address[11],uint256[5][5],uint256,uint256)
    case 0x5c9c18e2: // … ,address[5])
        return route(args, kRouterNg, std::nullopt, context);
    case 0xc872a3c5: // … ,address[5],address)
        return route(args, kRouterNg, 43, context);
    case 0x353ca424: // exchange_multiple(address[9],uint256[3][4],uint256,uint256)
    case 0x9db4f7aa: // … ,address[4])
        return route(args, kFirstRouter, std::nullopt, context);
    case 0x0651cb35: // … ,address[4],address)
        return route(args, kFirstRouter, 27, context);
    case 0x0b4c7e4d: // add_liquidity(uint256[2],uint256)
        return change(args, Kind::add, 2, 0, 2, context);
    case 0x4515cef3:
        return change(args, Kind::add, 3, 0, 3, context);
    case 0x029b2f34:
        return change(args, Kind::add, 4, 0, 4, context);
    case 0x5b36389c: // remove_liquidity(uint256,uint256[2])
        return change(args, Kind::remove, 2, 1, 0, context);
    case 0xecb586a5:
        return change(args, Kind::remove, 3, 1, 0, context);
    case 0x7d49d875:
        return change(args, Kind::remove, 4, 1, 0, context);
    case 0x1a4d01d2: // remove_liquidity_one_coin(uint256,int128,uint256): minimum received of the
                     // coin
        return change(args, Kind::remove, 1, 2, 0, context);
    default:
        return false;
    }
}

} // namespace viz::features
