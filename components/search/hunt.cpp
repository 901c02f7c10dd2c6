#include "components/search/hunt.hpp"

#include <algorithm>

#include "components/search/candidate_message.hpp"

namespace viz::search {

Hunt::Hunt(HuntConfig config) : config_(std::move(config)), pools_(config_.market.pools) {}

void Hunt::adopt(Market market) {
    config_.market = std::move(market);
    pools_.adopt(config_.market.pools);
    bounds_.clear(); // found with other capitals
    newest_.clear(); // whose base tokens may be none any longer
    fresh_.clear();
}

void Hunt::add(PooledCall call) {
    if (const auto replaced = mempool_.add(std::move(call))) observed_.erase(*replaced);
}

void Hunt::take(const state::TakenBlock& taken) {
    const auto& block = taken.block;
    take_back_to(block.parent_hash);
    Settled settled{block.ref.hash, {}};
    for (std::size_t i = 0; i < block.senders.size(); ++i)
        for (auto& call : settle(block.senders[i], block.transactions[i].nonce))
            settled.calls.push_back(std::move(call));
    settled_.push_back(std::move(settled));
    if (settled_.size() > state::ChainView::kKept) settled_.pop_front();
    const bool all_seen = taken.end == state::AdvanceEnd::advanced && settled_.size() > 1 &&
                          settled_[settled_.size() - 2].block == block.parent_hash;
    if (!all_seen) pools_.forget_absent();
    for (const auto& result : taken.result.results)
        for (const auto& creation : pool_creations(result.logs)) pools_.created(creation);
}

// After a reorg, what only the blocks had that are no longer the chain's is pending again.
void Hunt::take_back_to(const eth::Hash& parent) {
    const auto is_parent = [&](const Settled& each) { return each.block == parent; };
    if (std::none_of(settled_.begin(), settled_.end(), is_parent)) return;
    for (; settled_.back().block != parent; settled_.pop_back())
        for (auto& call : settled_.back().calls)
            if (!mempool_.has(call.pending.sender, call.pending.tx.nonce)) add(std::move(call));
}

std::vector<PooledCall> Hunt::settle(const eth::Address& sender, std::uint64_t nonce) {
    auto gone = mempool_.settle(sender, nonce);
    for (const auto& call : gone) observed_.erase(call.pending.hash);
    return gone;
}

void Hunt::forget(const eth::Hash& hash) {
    mempool_.remove(hash);
    observed_.erase(hash);
}

const BaseToken& Hunt::base_of(const Candidate& candidate) const {
    return *find_base(config_.market.bases, candidate.base_token);
}

// What a sender has waiting belongs together, whatever each by itself is wanted for.
std::vector<const PooledCall*>
Hunt::with_their_own(std::span<const PooledCall* const> wanted) const {
    std::vector<const PooledCall*> all;
    std::unordered_set<eth::Hash> in;
    for (const auto* call : wanted)
        for (const auto* own : mempool_.of(call->pending.sender))
            if (in.insert(own->pending.hash).second) all.push_back(own);
    return all;
}

bool Hunt::meets(const Observed& known, std::span<const Observed> fresh) const {
    return std::ranges::any_of(fresh, [&](const Observed& each) {
        return each.pending.sender == known.pending.sender ||
               std::ranges::any_of(each.pools, [&](const TouchedPool& a) {
                   return std::ranges::any_of(known.pools, [&](const TouchedPool& b) {
                       return a.pool.address == b.pool.address;
                   });
               });
    });
}

state::Plan Hunt::observe_new(Trial& trial, std::span<const PooledCall* const> calls) {
    state::Plan cold;
    fresh_.clear();
    for (const auto* call : calls) {
        if (observed_.contains(call->pending.hash)) continue;
        const auto missed = trial.state().missing().size();
        fresh_.push_back(observe(trial, pools_, call->pending));
        if (trial.state().missing().size() != missed)
            cold.calls.push_back({&call->pending.tx, call->pending.sender});
    }
    return cold;
}

Hunted Hunt::search(const World& world, std::span<const PooledCall* const> calls,
                    const Strategies& strategies) {
    Hunted hunted;
    std::vector<Candidate> all;
    state::Plan cold; // of the last run
    const auto run = [&](evm::Overlay& overlay) {
        Trial trial(overlay, *world.head.next_rules, world.head.next);
        bounds_.drop_learned();
        pools_.ask_created(trial.machine());
        cold = observe_new(trial, calls);
        // In order of arrival: the order in which they would run.
        std::vector<Observed> input;
        for (const auto* call : mempool_.newest_wanted(config_.limits.pending)) {
            const auto known = observed_.find(call->pending.hash);
            if (known != observed_.end() && meets(known->second, fresh_))
                input.push_back(known->second);
        }
        const auto known = input.size();
        input.insert(input.end(), fresh_.begin(), fresh_.end());
        all = search_observed({trial, pools_, config_.market.bases, input, known, &bounds_},
                              strategies, config_.limits.candidates);
    };
    auto& head = *world.head.state;
    hunted.rounds = state::run_in_rounds(head, world.codes, world.source, config_.rounds, run,
                                         [&] { return cold; });
    newest_.clear();
    if (hunted.rounds.end != state::RoundsEnd::complete) {
        fresh_.clear();
        return hunted;
    }
    bounds_.keep_learned();
    hunted.observed = fresh_.size();
    for (const auto& each : fresh_) {
        if (!each.pools.empty()) ++hunted.moved_pools;
        hunted.unsized += each.unsized;
        observed_.insert_or_assign(each.pending.hash, each);
    }
    all_found_ = all.size() < config_.limits.candidates;
    for (auto& candidate : all)
        if (found_.insert(candidate_id(candidate, world.head.block)).second)
            hunted.candidates.push_back(std::move(candidate));
    newest_ = hunted.candidates;
    return hunted;
}

Hunted Hunt::on_head(const World& world) {
    observed_.clear();
    found_.clear();
    bounds_.clear();
    const auto wanted = mempool_.newest_wanted(config_.limits.pending);
    auto hunted = search(world, with_their_own(wanted), of_head_);
    hunted.left_out = mempool_.wanted() - wanted.size();
    return hunted;
}

Hunted Hunt::on_transaction(const World& world, const eth::Hash& hash) {
    const auto* call = mempool_.find(hash);
    if (call == nullptr || observed_.contains(hash)) return {};
    return search(world, with_their_own({&call, 1}), of_pending_);
}

// The worst of those that can be told; nothing where it was only found among several victims, which
// says of none by itself how much it loses.
std::optional<Exposure> Hunt::exposure(const SearchInput& input, const World& world,
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
                             candidate_id(candidate, world.head.block)));
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

std::vector<Exposure> Hunt::exposures(const World& world) {
    std::vector<Exposure> all;
    const auto run = [&](evm::Overlay& overlay) {
        Trial trial(overlay, *world.head.next_rules, world.head.next);
        all.clear();
        for (const auto& swap : fresh_)
            if (auto made = exposure({trial, pools_, config_.market.bases, {}}, world, swap))
                all.push_back(*made);
    };
    auto& head = *world.head.state;
    const auto rounds = state::run_in_rounds(head, world.codes, world.source, config_.rounds, run);
    if (rounds.end != state::RoundsEnd::complete) all.clear();
    return all;
}

} // namespace viz::search
