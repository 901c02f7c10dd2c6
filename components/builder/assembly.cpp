#include "components/builder/assembly.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "components/eth/u256_math.hpp"

namespace viz::builder {

struct Assembly::Entry {
    bus::Simulated simulated;
    Footprint footprint;
    std::vector<Entry*> conflicts;
    bool included{};
    // Why the candidate is not included; empty when it is.
    std::string_view reason;
    std::optional<bus::Hash> in_favour_of;

    const bus::Wei& net() const { return simulated.completed.profit->net; }
    std::uint64_t gas() const { return simulated.completed.gas_used.value; }
    const bus::Hash& id() const { return simulated.candidate.candidate_id; }
};

Assembly::Assembly(AssemblyLimits limits) : limits_(limits) {}
Assembly::~Assembly() = default;
Assembly::Assembly(Assembly&&) noexcept = default;
Assembly& Assembly::operator=(Assembly&&) noexcept = default;

bool Assembly::before(const Entry& a, const Entry& b) {
    if (a.net() != b.net()) return eth::signed_less(b.net(), a.net());
    return a.id() < b.id();
}

// Returns an empty text when the candidate is eligible for a block on this head.
std::string_view Assembly::why_not(const bus::Simulated& simulated) const {
    const auto& completed = simulated.completed;
    const auto& candidate = simulated.candidate;
    for (const auto& step : candidate.steps)
        if (step.member && *step.member >= candidate.members.size()) return "malformed";
    if (!completed.success || !completed.profit) return "simulation_failed";
    const auto& net = completed.profit->net;
    if (eth::is_zero(net) || eth::is_negative(net)) return "not_profitable";
    if (limits_.plain_only && !completed.profit->plain) return "flagged";
    if (completed.gas_used > head_->gas_limit) return "over_gas_limit";
    return {};
}

bus::AssemblyDecisionApplied Assembly::decide(const bus::Simulated& simulated,
                                              std::string_view decision,
                                              std::string_view reason) const {
    const auto& candidate = simulated.candidate;
    bus::AssemblyDecisionApplied out;
    if (!candidate.members.empty()) out.hash = candidate.members.front().hash;
    out.candidate_id = candidate.candidate_id;
    out.sim_id = simulated.completed.sim_id;
    out.decision = decision;
    out.reason = reason;
    out.target_block = bus::BlockNumber{simulated.completed.block_number.value + 1};
    if (simulated.completed.profit) out.net = simulated.completed.profit->net;
    out.gas_used = simulated.completed.gas_used;
    return out;
}

Assembly::Decisions Assembly::add(const bus::Simulated& simulated) {
    const auto& on = simulated.completed;
    if (!head_ || on.block_hash != head_->hash) {
        // Heads and simulations arrive on separate streams, in any order.
        const bool may_come = !head_ || on.block_number >= head_->number;
        if (!may_come) return {decide(simulated, "rejected", "stale_state")};
        Decisions out;
        if (early_.size() >= limits_.early) {
            out.push_back(decide(early_.front(), "rejected", "no_head"));
            early_.pop_front();
        }
        early_.push_back(simulated);
        return out;
    }
    const bool was_included = take_out(simulated.candidate.candidate_id);
    const auto refused = why_not(simulated);
    Decisions out;
    if (refused.empty())
        insert(simulated);
    else
        out.push_back(decide(simulated, was_included ? "displaced" : "rejected", refused));
    for (auto& decision : settle(simulated.candidate.candidate_id))
        out.push_back(std::move(decision));
    return out;
}

bool Assembly::take_out(const bus::Hash& candidate_id) {
    const auto found = std::ranges::find_if(
        ranked_, [&](const auto& entry) { return entry->id() == candidate_id; });
    if (found == ranked_.end()) return false;
    const auto gone = std::move(*found);
    ranked_.erase(found);
    for (auto* other : gone->conflicts) std::erase(other->conflicts, gone.get());
    return gone->included;
}

void Assembly::insert(const bus::Simulated& simulated) {
    auto entry = std::make_unique<Entry>();
    entry->simulated = simulated;
    entry->footprint = footprint_of(simulated.candidate);
    for (const auto& other : ranked_) {
        if (!conflict(entry->footprint, other->footprint)) continue;
        entry->conflicts.push_back(other.get());
        other->conflicts.push_back(entry.get());
    }
    const auto place = std::ranges::upper_bound(
        ranked_, entry, [](const auto& a, const auto& b) { return before(*a, *b); });
    ranked_.insert(place, std::move(entry));
}

// Reselects candidates, best first. Candidates that rank above the changed one keep their result.
Assembly::Decisions Assembly::settle(const bus::Hash& added) {
    Decisions leaving;
    Decisions coming;
    std::uint64_t gas = 0;
    std::uint32_t position = 0;
    for (const auto& entry : ranked_) {
        const bool is_new = entry->id() == added;
        const bool was = entry->included;
        const auto excludes = std::ranges::find_if(entry->conflicts, [&](const Entry* other) {
            return other->included && before(*other, *entry);
        });
        entry->in_favour_of.reset();
        entry->reason = {};
        if (excludes != entry->conflicts.end()) {
            entry->reason = "conflict";
            entry->in_favour_of = (*excludes)->id();
        } else if (position == limits_.included) {
            entry->reason = "block_full";
        } else if (entry->gas() > head_->gas_limit.value - gas) {
            entry->reason = "block_gas_full";
        }
        entry->included = entry->reason.empty();
        if (entry->included) {
            gas += entry->gas();
            if (!was) {
                coming.push_back(
                    decide(entry->simulated, "included", is_new ? "profitable" : "room_again"));
                coming.back().position = position;
            }
            ++position;
        } else if (was || is_new) {
            leaving.push_back(
                decide(entry->simulated, was ? "displaced" : "rejected", entry->reason));
            leaving.back().in_favour_of = entry->in_favour_of;
        }
    }
    drop_surplus();
    std::ranges::move(coming, std::back_inserter(leaving));
    return leaving;
}

// Drops the worst waiting candidate. One exists, because `kept` is greater than `included`.
void Assembly::drop_surplus() {
    if (ranked_.size() <= limits_.kept) return;
    const auto worst = std::find_if(ranked_.rbegin(), ranked_.rend(),
                                    [](const auto& entry) { return !entry->included; });
    take_out((*worst)->id());
}

Assembly::Decisions Assembly::clear(std::string_view reason) {
    Decisions out;
    for (const auto& entry : ranked_)
        if (entry->included) out.push_back(decide(entry->simulated, "displaced", reason));
    ranked_.clear();
    return out;
}

Assembly::Decisions Assembly::new_head(const bus::Head& head) {
    if (head_ && head_->hash == head.hash) return {};
    auto out = clear("new_head");
    std::optional<std::int64_t> slot;
    if (head_ && head_->hash == head.parent_hash && head.timestamp_s > head_->timestamp_s)
        slot = head.timestamp_s - head_->timestamp_s;
    head_ = BuildHead{.number = head.number,
                      .hash = head.hash,
                      .gas_limit = head.gas_limit,
                      .timestamp_s = head.timestamp_s,
                      .slot_s = slot};
    // add() puts candidates for a later head back into `early_`.
    for (const auto& simulated : std::exchange(early_, {}))
        for (auto& decision : add(simulated)) out.push_back(std::move(decision));
    return out;
}

Assembly::Decisions Assembly::reorg(const bus::Reorg& reorg) {
    if (!head_ || head_->hash == reorg.ancestor_hash) return {};
    auto out = clear("reorg");
    head_.reset();
    return out;
}

BlockTemplate Assembly::block() const {
    if (!head_) return {};
    BlockTemplate out{.target_block = bus::BlockNumber{head_->number.value + 1},
                      .parent_hash = head_->hash,
                      .gas_limit = head_->gas_limit,
                      .gas_used = {},
                      .total_net = {},
                      .candidates = {},
                      .transactions = {}};
    for (const auto& entry : ranked_) {
        if (!entry->included) continue;
        const auto& candidate = entry->simulated.candidate;
        out.candidates.push_back(entry->id());
        out.gas_used.value += entry->gas();
        out.total_net = out.total_net + entry->net();
        for (const auto& step : candidate.steps) {
            auto& added = out.transactions.emplace_back(TemplateTransaction{entry->id(), {}});
            if (step.member) added.member = candidate.members[*step.member].hash;
        }
    }
    return out;
}

const bus::Simulated* Assembly::find(const bus::Hash& candidate_id) const {
    for (const auto& entry : ranked_)
        if (entry->id() == candidate_id) return &entry->simulated;
    return nullptr;
}

} // namespace viz::builder
