#include "components/search/victim_bound.hpp"

#include <algorithm>

namespace viz::search {

namespace {

constexpr std::size_t kMostHints = 6;
constexpr int kMostBracketRuns = 40;

// The victim behind front-runs of one pool.
class Behind {
  public:
    Behind(const SearchInput& input, const Observed& victim, const TouchedPool& touched)
        : input_(input), victim_(victim), touched_(touched) {}

    std::optional<evm::PoolSwap> after(const U256& front_in) {
        return swap_behind(input_.trial, victim_.pending, touched_.pool, touched_.zero_for_one,
                           front_in);
    }
    bool passes(const U256& front_in) { return after(front_in).has_value(); }

  private:
    const SearchInput& input_;
    const Observed& victim_;
    const TouchedPool& touched_;
};

// Words of the calldata that may be the bound on `amount`: the least that must come out is at most
// what does, the most that may go in at least that. The nearest first.
std::vector<U256> bound_hints(const Pending& pending, const U256& amount, bool exact_in) {
    const auto low = exact_in ? amount >> 2 : amount;
    const auto high = exact_in ? amount : amount << 2;
    std::vector<U256> hints;
    const auto note = [&](const U256& word) {
        if (word >= low && word <= high && !eth::is_zero(word)) hints.push_back(word);
    };
    note(pending.tx.value);
    const auto& data = pending.tx.data;
    // Nested calldata is shifted by a selector.
    for (std::size_t at = 0; at + 32 <= data.size(); at += 4) note(eth::load_be(&data[at]));
    std::sort(hints.begin(), hints.end());
    hints.erase(std::unique(hints.begin(), hints.end()), hints.end());
    if (exact_in) std::reverse(hints.begin(), hints.end());
    if (hints.size() > kMostHints) hints.resize(kMostHints);
    return hints;
}

// The victim in the pool's terms, when `bound` is on what the whole path gives or takes.
std::optional<amm::Victim> in_pool(const SearchInput& input, const std::vector<TouchedPool>& path,
                                   const eth::Address& pool, bool exact_in, const U256& bound) {
    const amm::Victim whole{exact_in, exact_in ? path.front().amount_in : path.back().amount_out,
                            bound};
    if (path.size() == 1) return whole;
    std::vector<PoolState> states(path.size());
    std::vector<amm::Hop> hops;
    std::size_t index = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        states[i] = input.pools.read(input.trial.state(), path[i].pool);
        hops.push_back(states[i].hop(path[i].pool, path[i].zero_for_one));
        if (path[i].pool.address == pool) index = i;
    }
    const auto there = amm::victim_at(hops, index, whole);
    if (!there) return std::nullopt;
    return *there;
}

// Between a front-run that passes and one that does not.
VictimBound bracket(Behind& behind, const TouchedPool& touched, bool exact_in, U256 good,
                    evm::PoolSwap at_good, U256 bad) {
    for (int run = 0; run < kMostBracketRuns && bad - good > good / U256(1'000'000); ++run) {
        const auto middle = good + ((bad - good) >> (bad > good << 4 ? 3 : 1));
        if (const auto swap = behind.after(middle)) {
            good = middle;
            at_good = *swap;
        } else {
            bad = middle;
        }
    }
    return {VictimBound::How::bracketed,
            good,
            {exact_in, exact_in ? touched.amount_in : touched.amount_out,
             exact_in ? at_good.amount_out : at_good.amount_in}};
}

// The bound as a word of the calldata, when executions on both sides of it say that it is it.
std::optional<VictimBound> hinted(const SearchInput& input, const Observed& victim,
                                  const TouchedPool& touched, const PoolState& state,
                                  const U256& most, Behind& behind, bool exact_in) {
    const auto path = path_through(victim.pools, touched.pool.address);
    const auto& bounded = exact_in ? path.back().amount_out : path.front().amount_in;
    for (const auto& hint : bound_hints(victim.pending, bounded, exact_in)) {
        const auto swap = in_pool(input, path, touched.pool.address, exact_in, hint);
        if (!swap) continue;
        const auto largest =
            largest_front_run(touched.pool, state, touched.zero_for_one, *swap, most);
        if (!largest || eth::is_zero(*largest)) continue;
        if (*largest < most && behind.passes(*largest + U256(1))) continue;
        if (!behind.passes(*largest)) continue;
        return VictimBound{*largest == most ? VictimBound::How::none : VictimBound::How::exact,
                           *largest, *swap};
    }
    return std::nullopt;
}

} // namespace

std::optional<evm::PoolSwap> swap_behind(Trial& trial, const Pending& victim, const Pool& pool,
                                         bool zero_for_one, const U256& front_in) {
    return trial.without_trace([&]() -> std::optional<evm::PoolSwap> {
        if (!trial.fund(pool.token_in(zero_for_one), front_in)) return std::nullopt;
        const auto leg = leg_of(pool, zero_for_one, front_in);
        if (!trial.swap({&leg, 1}).succeeded()) return std::nullopt;
        const auto result = trial.run(victim);
        if (!result.succeeded()) return std::nullopt;
        for (const auto& swap : evm::pool_swaps(result.logs))
            if (swap.pool == pool.address && swap.zero_for_one == zero_for_one) return swap;
        return std::nullopt;
    });
}

std::vector<TouchedPool> path_through(std::span<const TouchedPool> pools,
                                      const eth::Address& pool) {
    const auto hands_on = [](const TouchedPool& a, const TouchedPool& b) {
        return a.pool.token_out(a.zero_for_one) == b.pool.token_in(b.zero_for_one) &&
               a.amount_out == b.amount_in;
    };
    const auto at = std::find_if(pools.begin(), pools.end(),
                                 [&](const auto& t) { return t.pool.address == pool; });
    if (at == pools.end()) return {};
    auto first = at;
    while (first != pools.begin() && hands_on(*(first - 1), *first)) --first;
    auto last = at;
    while (last + 1 != pools.end() && hands_on(*last, *(last + 1))) ++last;
    return {first, last + 1};
}

std::optional<VictimBound> find_bound(const SearchInput& input, const Observed& victim,
                                      const TouchedPool& touched, const PoolState& state,
                                      const BaseToken& base) {
    Behind behind(input, victim, touched);
    const auto& most = base.capital;
    for (const bool exact_in : {true, false})
        if (auto found = hinted(input, victim, touched, state, most, behind, exact_in))
            return found;
    const auto reserve = state.reserves(touched.pool, touched.zero_for_one).in;
    const auto small = std::min(most, reserve / U256(100'000) + U256(1));
    const auto at_small = behind.after(small);
    if (!at_small) return std::nullopt;
    const bool exact_in = at_small->amount_in == touched.amount_in;
    if (const auto at_most = behind.after(most))
        return VictimBound{VictimBound::How::none,
                           most,
                           {exact_in, exact_in ? touched.amount_in : touched.amount_out,
                            exact_in ? at_most->amount_out : at_most->amount_in}};
    return bracket(behind, touched, exact_in, small, *at_small, most);
}

} // namespace viz::search
