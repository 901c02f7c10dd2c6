#include "components/search/worth.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::search {

namespace {

// What pools that can be swapped in hold; wider reserves give no price.
constexpr unsigned kReserveBits = 128;
// So that an amount times a price, and an amount, fit in 256 bits.
constexpr unsigned kPriceBits = 112;
constexpr unsigned kCapitalBits = 112;

// A pool of both tokens, as amounts of the same worth.
struct Price {
    const BaseToken* base{};
    U256 token_units;
    U256 base_units;
    U256 depth; // wei
};

std::optional<Price> price_at(Trial& trial, const PoolView& pools, const BaseToken& base,
                              const eth::Address& token, const Pool& pool) {
    const auto [units, base_units] =
        pools.read(trial.state(), pool).reserves(pool, pool.token0 == token);
    const auto most = amm::max_of_bits(kReserveBits);
    if (eth::is_zero(units) || units > most || eth::is_zero(base_units) || base_units > most)
        return std::nullopt;
    const auto depth = amm::mul_div(base_units, base.wei_numerator, base.wei_denominator);
    if (!depth) return std::nullopt;
    return Price{&base, units, base_units, *depth};
}

std::optional<Price> price_of(Trial& trial, PoolView& pools, std::span<const BaseToken> bases,
                              const eth::Address& token, const Pool& at) {
    const auto& other = at.token0 == token ? at.token1 : at.token0;
    if (const auto* base = find_base(bases, other)) return price_at(trial, pools, *base, token, at);
    std::optional<Price> deepest;
    for (const auto& base : bases)
        for (const auto& pool : pools.discover(trial.machine(), token, base.address)) {
            const auto price = price_at(trial, pools, base, token, pool);
            if (price && (!deepest || deepest->depth < price->depth)) deepest = price;
        }
    return deepest;
}

} // namespace

std::optional<BaseToken> as_base(Trial& trial, PoolView& pools, std::span<const BaseToken> bases,
                                 const eth::Address& token, const Pool& at) {
    const auto price = price_of(trial, pools, bases, token, at);
    if (!price || !trial.own_slot(token)) return std::nullopt;
    const auto& base = *price->base;
    const auto capital = amm::mul_div(base.capital, price->token_units, price->base_units);
    auto wei = amm::product(price->base_units, base.wei_numerator);
    auto units = amm::product(price->token_units, base.wei_denominator);
    const auto bits = std::max(amm::bit_length(wei), amm::bit_length(units));
    const auto over = bits > kPriceBits ? bits - kPriceBits : 0;
    BaseToken made{.address = token,
                   .wei_numerator = amm::low_u256(wei >> over),
                   .wei_denominator = amm::low_u256(units >> over),
                   .capital = std::min(capital.value_or(~U256()), amm::max_of_bits(kCapitalBits))};
    if (eth::is_zero(made.wei_numerator) || eth::is_zero(made.wei_denominator) ||
        eth::is_zero(made.capital))
        return std::nullopt;
    return made;
}

} // namespace viz::search
