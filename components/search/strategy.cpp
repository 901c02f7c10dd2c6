#include "components/search/strategy.hpp"

#include <algorithm>

namespace viz::search {

Observed observe(Trial& trial, PoolView& pools, const Pending& pending) {
    return trial.without_trace([&] {
        Observed seen{pending, false, {}, {}};
        const auto result = trial.run(pending);
        seen.succeeded = result.succeeded();
        if (!seen.succeeded) return seen;
        seen.pools = touched_pools(result, pools, trial.machine());
        seen.unsized = unsized_swaps(result.logs);
        return seen;
    });
}

const BaseToken* find_base(std::span<const BaseToken> bases, const eth::Address& token) {
    const auto found = std::find_if(bases.begin(), bases.end(),
                                    [&](const BaseToken& b) { return b.address == token; });
    return found == bases.end() ? nullptr : &*found;
}

evm::SwapLeg leg_of(const Pool& pool, bool zero_for_one, const U256& amount_in) {
    return {.kind = pool.kind,
            .pool = pool.address,
            .token_in = pool.token_in(zero_for_one),
            .token_out = pool.token_out(zero_for_one),
            .zero_for_one = zero_for_one,
            .fee_numerator = static_cast<std::uint16_t>(pool.v2_fee.numerator),
            .fee_denominator = static_cast<std::uint16_t>(pool.v2_fee.denominator),
            .amount_in = amount_in};
}

} // namespace viz::search
