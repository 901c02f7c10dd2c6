#include "components/search/chain_search.hpp"

#include <algorithm>

#include "components/search/candidate_message.hpp"
#include "components/search/kept_bytes.hpp"

namespace viz::search {

namespace {

// Of one sender's calls with what the strategies try around them: ticks of pools, other pools of
// the same tokens.
constexpr state::RoundLimits kApartLimits{
    .rounds = 64, .missing = 4'096, .requests = 8'192, .accounts = 1'024};

// Parts of the whole: pending calls, observations and pools have a quarter each, the calls of the
// newest blocks the last one.
constexpr std::size_t kParts = 4;
constexpr std::size_t kMostPending = 8'192;
// Ids of candidates on one head: beyond, one may be found twice.
constexpr std::size_t kMostFound = 65'536;

PoolViewConfig within(PoolViewConfig pools, std::size_t bytes) {
    pools.bytes = bytes;
    return pools;
}

// The strategies' half of what is left, so that there is time for each sender's calls by
// themselves.
evm::RunGuard part_of(const evm::RunGuard* guard) {
    if (guard == nullptr) return {};
    const auto left = guard->time_left();
    return guard->part(left ? *left / 2 : std::chrono::nanoseconds(0));
}

} // namespace

ChainSearch::ChainSearch(ChainSearchConfig config)
    : config_(std::move(config)), pools_(within(config_.market.pools, config_.max_bytes / kParts)),
      mempool_(kMostPending, config_.max_bytes / kParts) {}

void ChainSearch::adopt(Market market) {
    config_.market = std::move(market);
    pools_.adopt(within(config_.market.pools, config_.max_bytes / kParts));
    bounds_.clear(); // found with other capitals
    newest_.clear(); // whose base tokens may be none any longer
    fresh_.clear();
}

void ChainSearch::add(PooledCall call) {
    if (const auto replaced = mempool_.add(std::move(call))) drop_observed(*replaced);
}

void ChainSearch::take(const state::TakenBlock& taken) {
    const auto& block = taken.block;
    rollback_to(block.parent_hash);
    Settled settled{block.ref.hash, {}};
    for (std::size_t i = 0; i < block.senders.size(); ++i)
        for (auto& call : settle(block.senders[i], block.transactions[i].nonce))
            settled.calls.push_back(std::move(call));
    keep_settled(std::move(settled));
    const bool all_seen = taken.end == state::AdvanceEnd::advanced && settled_.size() > 1 &&
                          settled_[settled_.size() - 2].block == block.parent_hash;
    if (!all_seen) pools_.forget_absent();
    for (const auto& result : taken.result.results)
        for (const auto& creation : pool_creations(result.logs)) pools_.created(creation);
}

// After a reorg, what only the blocks had that are no longer the chain's is pending again.
void ChainSearch::rollback_to(const eth::Hash& parent) {
    const auto is_parent = [&](const Settled& each) { return each.block == parent; };
    if (std::none_of(settled_.begin(), settled_.end(), is_parent)) return;
    while (settled_.back().block != parent) {
        const auto calls = settled_.back().calls;
        drop_settled(std::prev(settled_.end()));
        for (const auto& call : calls)
            if (!mempool_.has(call.pending.sender, call.pending.tx.nonce)) add(call);
    }
}

// Of the oldest blocks the calls go first; their names stay, for reorgs that go back to them.
void ChainSearch::keep_settled(Settled settled) {
    for (const auto& call : settled.calls) settled_bytes_ += bytes_of(call);
    settled_.push_back(std::move(settled));
    if (settled_.size() > state::ChainView::kKept) drop_settled(settled_.begin());
    for (auto& each : settled_) {
        if (settled_bytes_ <= config_.max_bytes / kParts) break;
        for (const auto& call : each.calls) settled_bytes_ -= bytes_of(call);
        forgotten_.settled += each.calls.size();
        each.calls.clear();
        each.calls.shrink_to_fit();
    }
}

void ChainSearch::drop_settled(std::deque<Settled>::iterator which) {
    for (const auto& call : which->calls) settled_bytes_ -= bytes_of(call);
    settled_.erase(which);
}

// What is not kept is not met by later ones on this head.
void ChainSearch::keep_observed(const Observed& seen) {
    drop_observed(seen.pending.hash);
    const auto bytes = bytes_of(seen);
    if (observed_bytes_ + bytes > config_.max_bytes / kParts) {
        ++forgotten_.observed;
        return;
    }
    observed_bytes_ += bytes;
    observed_.emplace(seen.pending.hash, seen);
}

void ChainSearch::drop_observed(const eth::Hash& hash) {
    const auto found = observed_.find(hash);
    if (found == observed_.end()) return;
    observed_bytes_ -= bytes_of(found->second);
    observed_.erase(found);
}

KeptBytes ChainSearch::bytes() const {
    return {.pending = mempool_.bytes(),
            .observed = observed_bytes_,
            .pools = pools_.bytes(),
            .settled = settled_bytes_};
}

Forgotten ChainSearch::forgotten() const {
    auto all = forgotten_;
    all.pending = mempool_.forgotten();
    all.pools = pools_.forgotten();
    return all;
}

std::vector<PooledCall> ChainSearch::settle(const eth::Address& sender, std::uint64_t nonce) {
    auto gone = mempool_.settle(sender, nonce);
    for (const auto& call : gone) drop_observed(call.pending.hash);
    return gone;
}

void ChainSearch::forget(const eth::Hash& hash) {
    mempool_.remove(hash);
    drop_observed(hash);
}

const BaseToken& ChainSearch::base_of(const Candidate& candidate) const {
    return *find_base(config_.market.bases, candidate.base_token);
}

// What a sender has waiting belongs together, whatever each by itself is wanted for.
std::vector<const PooledCall*>
ChainSearch::with_their_own(std::span<const PooledCall* const> wanted) const {
    std::vector<const PooledCall*> all;
    std::unordered_set<eth::Hash> in;
    for (const auto* call : wanted)
        for (const auto* own : mempool_.of(call->pending.sender))
            if (in.insert(own->pending.hash).second) all.push_back(own);
    return all;
}

bool ChainSearch::meets(const Observed& known, std::span<const Observed> fresh) const {
    return std::ranges::any_of(fresh, [&](const Observed& each) {
        return each.pending.sender == known.pending.sender ||
               std::ranges::any_of(each.pools, [&](const TouchedPool& a) {
                   return std::ranges::any_of(known.pools, [&](const TouchedPool& b) {
                       return a.pool.address == b.pool.address;
                   });
               });
    });
}

void ChainSearch::set_aside(SearchResult& result, const SetAsideCall& call) {
    const bool for_itself = call.lasting || call.reason == state::RoundsEnd::too_many_steps;
    set_aside_.add(call.hash, for_itself, call.lasting);
    result.set_aside.push_back(call);
}

void ChainSearch::observe_new(const SearchContext& context,
                              std::span<const PooledCall* const> calls, SearchResult& result) {
    std::vector<const PooledCall*> fresh;
    for (const auto* call : calls)
        if (!observed_.contains(call->pending.hash) && !set_aside_.has(call->pending.hash))
            fresh.push_back(call);
    auto made = observe_all(context, pools_, fresh, config_.observation);
    result.rounds = made.rounds;
    fresh_ = std::move(made.observed);
    for (const auto& call : made.set_aside) set_aside(result, call);
}

state::Rounds ChainSearch::find(const SearchContext& context, std::span<const Observed> fresh,
                                const Strategies& strategies, const state::RoundLimits& limits,
                                std::vector<Candidate>& found) {
    std::vector<Candidate> all;
    auto guard = part_of(context.guard);
    const auto run = [&](evm::Overlay& overlay) {
        Trial trial(overlay, *context.head.next_rules, context.head.next, {}, &guard);
        bounds_.drop_learned();
        pools_.ask_created(trial.machine());
        // In order of arrival: the order in which they would run.
        std::vector<Observed> input;
        for (const auto* call : mempool_.newest_wanted(config_.limits.pending)) {
            const auto known = observed_.find(call->pending.hash);
            if (known != observed_.end() && meets(known->second, fresh))
                input.push_back(known->second);
        }
        const auto known = input.size();
        input.insert(input.end(), fresh.begin(), fresh.end());
        all = search_observed({trial, pools_, config_.market.bases, input, known, &bounds_},
                              strategies, config_.limits.candidates);
    };
    const auto rounds = state::run_in_rounds(*context.head.state, context.codes, context.source,
                                             limits, run, &state::nothing_planned, &guard);
    if (rounds.end != state::RoundsEnd::complete) {
        bounds_.drop_learned();
        return rounds;
    }
    bounds_.keep_learned();
    for (auto& candidate : all) found.push_back(std::move(candidate));
    return rounds;
}

void ChainSearch::find_apart(const SearchContext& context, SearchResult& result,
                             std::vector<Candidate>& found) {
    std::unordered_map<eth::Address, std::vector<Observed>> senders;
    for (const auto& each : fresh_) senders[each.pending.sender].push_back(each);
    std::vector<const std::vector<Observed>*> groups;
    groups.reserve(senders.size());
    for (const auto& [sender, calls] : senders) groups.push_back(&calls);
    // Most senders have one; a chain of calls is where one may do what none does by itself.
    std::ranges::sort(groups, [](const auto* a, const auto* b) {
        return std::pair(a->size(), a->front().pending.hash) <
               std::pair(b->size(), b->front().pending.hash);
    });
    for (const auto* group : groups) {
        const auto rounds = find(context, *group, of_pending_, kApartLimits, found);
        result.rounds.runs += rounds.runs;
        result.rounds.fetched += rounds.fetched;
        if (rounds.end == state::RoundsEnd::complete) continue;
        const bool own = rounds.end != state::RoundsEnd::state_not_found &&
                         rounds.end != state::RoundsEnd::stopped;
        for (const auto& each : *group) set_aside(result, {each.pending.hash, rounds.end, own});
    }
    std::erase_if(fresh_, [&](const Observed& each) { return set_aside_.has(each.pending.hash); });
}

SearchResult ChainSearch::search(const SearchContext& context,
                                 std::span<const PooledCall* const> calls, bool on_head) {
    SearchResult result;
    std::vector<Candidate> all;
    newest_.clear();
    observe_new(context, calls, result);
    if (result.rounds.end == state::RoundsEnd::complete) {
        const auto rounds = find(context, fresh_, of_pending_, config_.rounds, all);
        result.rounds.runs += rounds.runs;
        result.rounds.fetched += rounds.fetched;
        result.rounds.end = rounds.end;
        const bool beyond_bounds = rounds.end != state::RoundsEnd::complete &&
                                   rounds.end != state::RoundsEnd::state_not_found &&
                                   rounds.end != state::RoundsEnd::stopped;
        if (beyond_bounds) {
            find_apart(context, result, all);
            result.rounds.end =
                state::interrupted(context.guard).value_or(state::RoundsEnd::complete);
        }
        // By itself: no pool keeps what is pending from being searched.
        if (on_head && result.rounds.end == state::RoundsEnd::complete)
            result.rounds.runs += find(context, fresh_, of_head_, config_.rounds, all).runs;
    }
    if (result.rounds.end != state::RoundsEnd::complete &&
        result.rounds.end != state::RoundsEnd::out_of_time) {
        fresh_.clear();
        return result;
    }
    result.observed = fresh_.size();
    for (const auto& each : fresh_) {
        if (!each.pools.empty()) ++result.moved_pools;
        result.unsized += each.unsized;
        keep_observed(each);
    }
    if (found_.size() > kMostFound) found_.clear();
    all_found_ = all.size() < config_.limits.candidates;
    for (auto& candidate : ranked(std::move(all), config_.limits.candidates))
        if (found_.insert(candidate_id(candidate, context.head.block)).second)
            result.candidates.push_back(std::move(candidate));
    newest_ = result.candidates;
    return result;
}

SearchResult ChainSearch::on_head(const SearchContext& context) {
    observed_.clear();
    observed_bytes_ = 0;
    set_aside_.new_head();
    found_.clear();
    bounds_.clear();
    const auto wanted = mempool_.newest_wanted(config_.limits.pending);
    auto result = search(context, with_their_own(wanted), true);
    result.left_out = mempool_.wanted() - wanted.size();
    if (result.observed != 0) return result;
    result.missed = static_cast<std::size_t>(std::ranges::count_if(wanted, [&](const auto* call) {
        return !observed_.contains(call->pending.hash) &&
               !set_aside_.has_for_itself(call->pending.hash);
    }));
    return result;
}

SearchResult ChainSearch::on_transaction(const SearchContext& context, const eth::Hash& hash) {
    const auto* call = mempool_.find(hash);
    if (call == nullptr || observed_.contains(hash) || set_aside_.has(hash)) return {};
    return search(context, with_their_own({&call, 1}), false);
}

// The largest computable exposure; nothing when the victim was only found among several, because
// its own loss is then unknown.
std::optional<Exposure> ChainSearch::exposure(const SearchInput& input,
                                              const SearchContext& context,
                                              const Observed& swap) const {
    std::optional<Exposure> worst;
    const auto consider = [&](const std::optional<Exposure>& each) {
        if (each && (!worst || eth::signed_less(worst->attacker_net, each->attacker_net)))
            worst = each;
    };
    bool shared = false;
    std::unordered_set<eth::Address> sandwiched;
    for (const auto& candidate : newest_) {
        shared = shared || (candidate.has(Reason::several_victims) &&
                            std::ranges::any_of(candidate.members, [&](const Pending& member) {
                                return member.hash == swap.pending.hash;
                            }));
        if (!candidate.target || candidate.members.back().hash != swap.pending.hash) continue;
        sandwiched.insert(candidate.target->pool.address);
        consider(exposure_of(input.trial, pools_, base_of(candidate), candidate,
                             candidate_id(candidate, context.head.block)));
    }
    if (shared) return worst;
    for (const auto& touched : swap.pools) {
        if (sandwiched.contains(touched.pool.address)) continue;
        // Where a strategy looked at it, what it did not find is not there.
        const bool looked_at =
            all_found_ &&
            find_base(config_.market.bases, touched.pool.token_in(touched.zero_for_one)) != nullptr;
        consider(looked_at ? no_exposure(swap, touched) : find_exposure(input, swap, touched));
    }
    return worst;
}

std::vector<Exposure> ChainSearch::exposures(const SearchContext& context) {
    std::vector<Exposure> all;
    const auto run = [&](evm::Overlay& overlay) {
        Trial trial(overlay, *context.head.next_rules, context.head.next, {}, context.guard);
        all.clear();
        for (const auto& swap : fresh_)
            if (auto made = exposure({trial, pools_, config_.market.bases, {}}, context, swap))
                all.push_back(*made);
    };
    auto& head = *context.head.state;
    const auto rounds = state::run_in_rounds(head, context.codes, context.source, config_.rounds,
                                             run, &state::nothing_planned, context.guard);
    if (rounds.end != state::RoundsEnd::complete) all.clear();
    return all;
}

} // namespace viz::search
