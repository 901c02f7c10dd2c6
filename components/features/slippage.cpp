#include "components/features/slippage.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::features {
namespace {

constexpr std::uint64_t kBips = 10'000;
constexpr std::uint64_t kNoMinimum = 1'000;

// `amount` of one token in units of another; empty beyond 256 bits.
std::optional<eth::U256> converted(const eth::U256& amount, const Token& from, const Token& to) {
    const int digits = int{to.decimals} - int{from.decimals};
    const auto scale = eth::power(
        eth::U256{10}, eth::U256{static_cast<std::uint64_t>(digits < 0 ? -digits : digits)});
    if (digits < 0) return amount / scale;
    return eth::checked_mul(amount, scale);
}

} // namespace

bool is_plausible(const eth::U256& amount) {
    constexpr eth::U256 kAllThereIs =
        eth::U256{1'000'000'000U} * eth::U256{1'000'000'000'000'000'000U};
    return amount < kAllThereIs;
}

bool has_no_bound(const Swap& swap) {
    return swap.kind == SwapKind::exact_in ? swap.limit < eth::U256{kNoMinimum}
                                           : !is_plausible(swap.limit);
}

std::optional<std::uint32_t> slippage_room(const Swap& swap, eth::ChainId chain,
                                           const ProtocolRegistry& registry) {
    if (swap.path.size() < 2 || swap.amount == eth::U256{} || has_no_bound(swap))
        return std::nullopt;
    const bool sells = swap.kind == SwapKind::exact_in;
    const Token* known = registry.token(chain, sells ? swap.path.front() : swap.path.back());
    const Token* bound = registry.token(chain, sells ? swap.path.back() : swap.path.front());
    if (known == nullptr || bound == nullptr || known->peg.empty() || known->peg != bound->peg)
        return std::nullopt;
    const auto even = converted(swap.amount, *known, *bound);
    if (!even || *even == eth::U256{}) return std::nullopt;
    const auto& worst = sells ? std::min(swap.limit, *even) : std::max(swap.limit, *even);
    const auto difference = eth::checked_mul(sells ? *even - worst : worst - *even, kBips);
    if (!difference) return std::nullopt;
    return static_cast<std::uint32_t>(std::min(*difference / *even, eth::U256{kBips}).limbs[0]);
}

} // namespace viz::features
