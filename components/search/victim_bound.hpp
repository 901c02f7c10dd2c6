// How large a front-run a victim tolerates, decided by executing it. When the victim's bound is in
// its calldata, as with every known router, the pool's formula gives the largest passing front-run
// and two executions confirm it; otherwise the bound is bracketed.
#pragma once

#include <map>

#include "components/search/sandwich_size.hpp"
#include "components/search/strategy.hpp"

namespace viz::search {

struct VictimBound {
    enum class How : std::uint8_t {
        exact,     // one unit more of front-run breaks the victim
        bracketed, // what passes is within a millionth of what does not
        none,      // it passes with the most
    };
    How how{};
    U256 largest;     // front-run that passes
    amm::Victim swap; // in the pool's terms, with the bound there
};

// The bounds found on one head. What was learned while state was missing must not be kept.
class BoundMemo {
  public:
    struct Key {
        eth::Hash victim;
        eth::Address pool;
        bool zero_for_one{};
        friend auto operator<=>(const Key&, const Key&) = default;
    };

    template <class Find> std::optional<VictimBound> of(const Key& key, Find find) {
        if (const auto known = kept_.find(key); known != kept_.end()) return known->second;
        if (const auto known = learned_.find(key); known != learned_.end()) return known->second;
        return learned_.emplace(key, find()).first->second;
    }
    void keep_learned() {
        if (kept_.size() > kMost) kept_.clear();
        kept_.merge(learned_);
    }
    static constexpr std::size_t kMost = 16'384; // beyond, all are learned again
    void drop_learned() { learned_.clear(); }
    void clear() {
        kept_.clear();
        learned_.clear();
    }

  private:
    std::map<Key, std::optional<VictimBound>> kept_;
    std::map<Key, std::optional<VictimBound>> learned_;
};

// `touched` is the victim's swap in the pool, `state` the pool before it; the front-run pays with
// at most the base's capital. Nothing where the victim bears no front-run worth one.
std::optional<VictimBound> find_bound(const SearchInput& input, const Observed& victim,
                                      const TouchedPool& touched, const PoolState& state,
                                      const BaseToken& base);

// A victim's first swap in the pool behind that front-run, by execution: nothing where it fails, or
// does not swap there in this direction any more.
std::optional<evm::PoolSwap> swap_behind(Trial& trial, const Pending& victim, const Pool& pool,
                                         bool zero_for_one, const U256& front_in);

// The swaps of a transaction around the one in that pool that hand each other on what comes out.
std::vector<TouchedPool> path_through(std::span<const TouchedPool> pools, const eth::Address& pool);

} // namespace viz::search
