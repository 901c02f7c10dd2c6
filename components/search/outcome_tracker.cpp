#include "components/search/outcome_tracker.hpp"

#include <algorithm>
#include <array>

#include "components/eth/transaction_rlp.hpp"

namespace viz::search {

namespace {

// Why one is unexamined though its block was executed. The texts are stable.
constexpr std::string_view kRestarted = "restarted"; // it was found before
constexpr std::string_view kTooMany = "too_many_open";

} // namespace

std::string_view to_string(Outcome outcome) {
    constexpr std::array<std::string_view, 9> kTexts{
        "untaken", "victim_replaced", "victim_dropped", "base_fee_rose", "moved_first",
        "taken",   "expired",         "reorged",        "unexamined"};
    return kTexts[static_cast<std::size_t>(outcome)];
}

// One candidate against the block that was to have it.
class OutcomeTracker::Judge {
  public:
    Judge(const Open& open, const state::TakenBlock& taken, const Verdicts& verdicts)
        : open_(open), taken_(taken), verdicts_(verdicts) {
        const auto& hashes = taken.block.hashes;
        for (const auto& member : open.members) {
            const auto at = std::ranges::find(hashes, member.hash);
            if (at == hashes.end()) continue;
            const auto place = static_cast<std::size_t>(at - hashes.begin());
            first_member_ = std::min(first_member_.value_or(place), place);
            last_member_ = std::max(last_member_, place);
            ++mined_;
        }
    }

    bus::OppOutcome outcome() {
        outcome_.candidate_id = open_.id;
        outcome_.hash = open_.first_member;
        outcome_.block_number = eth::BlockNumber{taken_.block.ref.number};
        outcome_.block_hash = taken_.block.ref.hash;
        outcome_.outcome = to_string(judge());
        return std::move(outcome_);
    }

  private:
    bool all_mined() const { return mined_ == open_.members.size(); }
    bool is_member(std::size_t place) const {
        return std::ranges::any_of(
            open_.members, [&](const Member& m) { return m.hash == taken_.block.hashes[place]; });
    }

    Outcome judge() {
        const bool on_parent = open_.block == taken_.block.parent_hash;
        if (!on_parent && open_.number + 1 == taken_.block.ref.number) return Outcome::reorged;
        if (!open_.remembered) {
            outcome_.reason = kRestarted;
            return Outcome::unexamined;
        }
        return on_parent ? judge_as_next() : Outcome::expired;
    }

    Outcome judge_as_next() {
        if (replaced()) return Outcome::victim_replaced;
        if (const auto* verdict = lost()) {
            outcome_.by = verdict->by;
            outcome_.reason = verdict->reason;
            return verdict->replaced ? Outcome::victim_replaced : Outcome::victim_dropped;
        }
        if (!all_mined() && std::ranges::any_of(open_.members, [&](const Member& m) {
                return m.max_fee < taken_.block.environment.base_fee;
            }))
            return Outcome::base_fee_rose;
        if (taken_.result.results.size() != taken_.block.hashes.size()) return Outcome::unexamined;
        // Before its members; anywhere where there are none to wait for.
        const auto count = taken_.block.hashes.size();
        const auto until = all_mined() && !open_.members.empty() ? *first_member_ : count;
        if (const auto first = mover(0, until)) {
            if (const auto closing = partner(*first)) return take(*first, *closing);
            if (moved_pools(*first) > 1) return take(*first, *first);
            name(*first);
            return Outcome::moved_first;
        }
        if (!all_mined() || open_.members.empty()) return Outcome::expired;
        for (auto place = last_member_ + 1; place < count; ++place)
            if (moved_pools(place) > 1) return take(place, place);
        return Outcome::untaken;
    }

    bool replaced() {
        const auto& block = taken_.block;
        for (const auto& member : open_.members)
            for (std::size_t i = 0; i < block.hashes.size(); ++i)
                if (block.senders[i] == member.sender &&
                    block.transactions[i].nonce == member.nonce && block.hashes[i] != member.hash) {
                    outcome_.by = block.hashes[i];
                    return true;
                }
        return false;
    }

    // What was said of the first member that is not pending any more and not in the block.
    const bus::Verdict* lost() const {
        for (const auto& member : open_.members) {
            const auto said = verdicts_.find(member.hash);
            if (said != verdicts_.end() &&
                std::ranges::find(taken_.block.hashes, member.hash) == taken_.block.hashes.end())
                return said->second;
        }
        return nullptr;
    }

    std::optional<bus::SlotUse> moved_slot(std::size_t place) const {
        for (const auto& slot : taken_.result.results[place].slots) {
            const bus::SlotUse use{slot.address, slot.key};
            if (slot.before != slot.after && std::ranges::binary_search(open_.writes, use))
                return use;
        }
        return std::nullopt;
    }
    std::optional<std::size_t> mover(std::size_t from, std::size_t until) const {
        for (auto place = from; place < until; ++place)
            if (!is_member(place) && moved_slot(place)) return place;
        return std::nullopt;
    }
    // How many of its pools that transaction moved.
    std::size_t moved_pools(std::size_t place) const {
        if (is_member(place)) return 0;
        return static_cast<std::size_t>(std::ranges::count_if(open_.pools, [&](const auto& pool) {
            return std::ranges::any_of(taken_.result.results[place].slots, [&](const auto& slot) {
                return slot.address == pool && slot.before != slot.after;
            });
        }));
    }
    // Behind the members, a transaction of the same account or contract that moves the same: the
    // other half of a sandwich.
    std::optional<std::size_t> partner(std::size_t first) const {
        if (!all_mined() || open_.members.empty()) return std::nullopt;
        const auto& block = taken_.block;
        const auto& to = block.transactions[first].to;
        for (auto place = last_member_ + 1; place < block.hashes.size(); ++place) {
            const bool same = block.senders[place] == block.senders[first] ||
                              (to && block.transactions[place].to == to);
            if (same && !is_member(place) && moved_slot(place)) return place;
        }
        return std::nullopt;
    }

    void name(std::size_t place) {
        outcome_.by = taken_.block.hashes[place];
        outcome_.slot = moved_slot(place);
    }
    Outcome take(std::size_t first, std::size_t last) {
        name(first);
        auto paid = taken_.result.results[first].coinbase_payment;
        if (last != first) paid = paid + taken_.result.results[last].coinbase_payment;
        outcome_.coinbase_payment = paid;
        return Outcome::taken;
    }

    const Open& open_;
    const state::TakenBlock& taken_;
    const Verdicts& verdicts_;
    std::optional<std::size_t> first_member_;
    std::size_t last_member_{};
    std::size_t mined_{};
    bus::OppOutcome outcome_;
};

std::optional<bus::OppOutcome> OutcomeTracker::note(const bus::Candidate& candidate) {
    Open made{.id = candidate.candidate_id,
              .number = candidate.block_number.value,
              .block = candidate.block_hash,
              .first_member = {},
              .members = {},
              .writes = candidate.writes,
              .pools = {},
              .order = noted_++};
    if (!candidate.members.empty()) made.first_member = candidate.members.front().hash;
    for (const auto& member : candidate.members) {
        const auto tx = eth::decode_transaction(member.raw);
        if (tx)
            made.members.push_back({member.hash, member.sender, tx->nonce, tx->max_fee_per_gas});
    }
    for (const auto& step : candidate.steps)
        for (const auto& leg : step.legs) made.pools.push_back(leg.pool);
    std::ranges::sort(made.pools);
    made.pools.erase(std::unique(made.pools.begin(), made.pools.end()), made.pools.end());
    forget(candidate.candidate_id);
    if (bytes_ + bytes_of(made) > kMostBytes) {
        made.remembered = false;
        made.members = {};
        made.writes = {};
        made.pools = {};
    }
    bytes_ += bytes_of(made);
    open_.emplace(candidate.candidate_id, std::move(made));
    if (open_.size() <= kMost) return std::nullopt;
    const auto oldest =
        std::ranges::min_element(open_, {}, [](const auto& each) { return each.second.order; });
    bus::OppOutcome evicted;
    evicted.hash = oldest->second.first_member;
    evicted.candidate_id = oldest->first;
    evicted.outcome = to_string(Outcome::unexamined);
    evicted.reason = kTooMany;
    evicted.block_number = eth::BlockNumber{oldest->second.number};
    evicted.block_hash = oldest->second.block;
    forget(oldest->first);
    return evicted;
}

std::size_t OutcomeTracker::bytes_of(const Open& open) {
    return sizeof open + 64 + open.members.size() * sizeof(Member) +
           open.writes.size() * sizeof(bus::SlotUse) + open.pools.size() * sizeof(eth::Address);
}

void OutcomeTracker::forget(const eth::Hash& candidate_id) {
    const auto found = open_.find(candidate_id);
    if (found == open_.end()) return;
    bytes_ -= bytes_of(found->second);
    open_.erase(found);
}

void OutcomeTracker::adopt(std::span<const EarlierFind> finds) {
    for (const auto& find :
         finds.first(std::min(finds.size(), kMost - std::min(kMost, open_.size())))) {
        const auto added =
            open_.try_emplace(find.candidate_id, Open{.id = find.candidate_id,
                                                      .number = find.block_number,
                                                      .block = find.block_hash,
                                                      .first_member = find.first_member,
                                                      .remembered = false,
                                                      .members = {},
                                                      .writes = {},
                                                      .pools = {},
                                                      .order = noted_++});
        if (added.second) bytes_ += bytes_of(added.first->second);
    }
}

std::vector<bus::OppOutcome> OutcomeTracker::on_block(const state::TakenBlock& taken,
                                                      std::span<const bus::Verdict> verdicts) {
    Verdicts said;
    for (const auto& each : verdicts) said.insert_or_assign(each.hash, &each);
    std::vector<const Open*> due;
    for (const auto& [id, open] : open_)
        if (open.number < taken.block.ref.number) due.push_back(&open);
    std::ranges::sort(due, {}, &Open::order);
    std::vector<bus::OppOutcome> outcomes;
    outcomes.reserve(due.size());
    for (const auto* open : due) outcomes.push_back(Judge(*open, taken, said).outcome());
    for (const auto& each : outcomes) forget(each.candidate_id);
    return outcomes;
}

} // namespace viz::search
