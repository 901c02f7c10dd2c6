// A chain's search as it goes on: what is pending is searched anew on each head, and each new
// transaction with those that it meets, in a pool or by its sender. What has been found on a head
// is not found again.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "components/search/engine.hpp"
#include "components/search/exposure.hpp"
#include "components/search/mempool.hpp"
#include "components/search/observation.hpp"
#include "components/search/set_aside.hpp"
#include "components/search/victim_bound.hpp"
#include "components/state/chain_view.hpp"

namespace viz::search {

// What profits are reckoned in, and where pools are looked for.
struct Market {
    std::vector<BaseToken> bases;
    PoolViewConfig pools;
};

struct ChainSearchConfig {
    Market market;
    EngineLimits limits;
    state::RoundLimits rounds; // of the strategies; each transaction has limits of its own
    ObservationLimits observation;
    // Of all that is kept: pending calls, what they were observed to do, pools, and the calls of
    // the newest blocks. What a search makes on the way comes on top, bounded by its limits.
    std::size_t max_bytes{96U << 20};
};

struct KeptBytes {
    std::size_t pending{};
    std::size_t observed{};
    std::size_t pools{};
    std::size_t settled{};
    std::size_t all() const { return pending + observed + pools + settled; }
};
// Not kept for the bound, since the start.
struct Forgotten {
    std::uint64_t pending{};
    std::uint64_t observed{};
    std::uint64_t pools{};
    std::uint64_t settled{};
};

struct SearchResult {
    state::Rounds rounds;              // nothing below counts unless they are complete
    std::vector<Candidate> candidates; // ranked; new ones only
    std::size_t observed{};
    std::size_t moved_pools{};
    std::size_t left_out{}; // wanted on a head, beyond the limit
    // Where none was observed on a head: those wanted and not set aside for what they do
    // themselves.
    std::size_t missed{};
    UnsizedSwaps unsized;
    std::vector<SetAsideCall> set_aside;
};

// Not thread-safe.
class ChainSearch {
  public:
    explicit ChainSearch(ChainSearchConfig config);

    // Goes on with another market. The pools that are known stay; what is pending is searched in it
    // from the next head on, and what comes, or meets what comes, at once.
    void adopt(Market market);
    // There is nothing to reckon a profit in: searching finds none.
    bool idle() const { return config_.market.bases.empty(); }

    // `call` may be searched from now on; nothing is executed yet.
    void add(PooledCall call);
    bool want(const eth::Hash& hash) { return mempool_.want(hash); }
    // A block that is the chain's newest: what it has is settled; of blocks that it takes the place
    // of, what they had is pending again.
    void take(const state::TakenBlock& block);
    // Returns what went.
    std::vector<PooledCall> settle(const eth::Address& sender, std::uint64_t nonce);
    // It is not pending any more; until it comes again.
    void forget(const eth::Hash& hash);
    const Mempool& mempool() const { return mempool_; }
    KeptBytes bytes() const;
    Forgotten forgotten() const;

    // All that is wanted, on a head that is new.
    SearchResult on_head(const SearchContext& context);
    // One that is wanted, on the same head as the last search.
    SearchResult on_transaction(const SearchContext& context, const eth::Hash& hash);

    // Of the swaps that the last search observed first. May fetch what its maths lacks.
    std::vector<Exposure> exposures(const SearchContext& context);

    const BaseToken& base_of(const Candidate& candidate) const;

  private:
    using Strategies = std::vector<std::unique_ptr<Strategy>>;
    // What went with a block that was taken.
    struct Settled {
        eth::Hash block;
        std::vector<PooledCall> calls;
    };
    void rollback_to(const eth::Hash& parent);
    void keep_settled(Settled settled);
    void drop_settled(std::deque<Settled>::iterator which);
    void keep_observed(const Observed& seen);
    void drop_observed(const eth::Hash& hash);
    std::vector<const PooledCall*> with_their_own(std::span<const PooledCall* const> wanted) const;
    std::optional<Exposure> exposure(const SearchInput& input, const SearchContext& context,
                                     const Observed& swap) const;
    bool meets(const Observed& known, std::span<const Observed> fresh) const;
    // Those of the calls that are not observed yet, into fresh_.
    void observe_new(const SearchContext& context, std::span<const PooledCall* const> calls,
                     SearchResult& result);
    // What the strategies find with those of `fresh`.
    state::Rounds find(const SearchContext& context, std::span<const Observed> fresh,
                       const Strategies& strategies, const state::RoundLimits& limits,
                       std::vector<Candidate>& found);
    // The same, each sender's by themselves: what keeps one from being searched keeps no other.
    void find_apart(const SearchContext& context, SearchResult& result,
                    std::vector<Candidate>& found);
    void set_aside(SearchResult& result, const SetAsideCall& call);
    SearchResult search(const SearchContext& context, std::span<const PooledCall* const> calls,
                        bool on_head);

    ChainSearchConfig config_;
    PoolView pools_;
    Mempool mempool_;
    Strategies of_pending_{strategies_of_pending()};
    Strategies of_head_{strategies_of_head()};
    SetAside set_aside_;
    // Of the head of the last search.
    std::unordered_map<eth::Hash, Observed> observed_;
    std::size_t observed_bytes_{};
    std::size_t settled_bytes_{};
    Forgotten forgotten_;
    std::unordered_set<eth::Hash> found_; // ids of candidates
    std::deque<Settled> settled_;         // of the newest blocks, the last at the end
    BoundMemo bounds_;
    std::vector<Observed> fresh_;   // observed first by the last search
    std::vector<Candidate> newest_; // found by it
    bool all_found_{};              // it left out none of those with a profit
};

} // namespace viz::search
