#include "components/search/candidate.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::search {

namespace {

void add_sets(const evm::TransactionResult& result, Candidate& to) {
    for (const auto& slot : result.slots) {
        to.reads.push_back({slot.address, slot.key});
        if (slot.before != slot.after) to.writes.push_back({slot.address, slot.key});
    }
}

void sort_unique(std::vector<SlotUse>& uses) {
    std::sort(uses.begin(), uses.end());
    uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
}

bool share(const std::vector<SlotUse>& a, const std::vector<SlotUse>& b) {
    auto x = a.begin();
    auto y = b.begin();
    while (x != a.end() && y != b.end()) {
        if (*x == *y) return true;
        *x < *y ? ++x : ++y;
    }
    return false;
}

// Every candidate writes the searcher's balances; they conflict with no other candidate.
void leave_out_own(Trial& trial, const Candidate& candidate, std::vector<SlotUse>& uses) {
    for (const auto& step : candidate.steps) {
        const auto* legs = std::get_if<Legs>(&step);
        if (legs == nullptr) continue;
        for (const auto& leg : *legs)
            for (const auto& token : {leg.token_in, leg.token_out})
                if (const auto own = trial.own_slot(token))
                    std::erase(uses, SlotUse{own->account, own->key});
    }
}

bool before(const Candidate& a, const Candidate& b) {
    if (a.expected_net != b.expected_net) return eth::signed_less(b.expected_net, a.expected_net);
    if (a.strategy != b.strategy) return a.strategy < b.strategy;
    const auto by_hash = [](const Pending& x, const Pending& y) { return x.hash < y.hash; };
    if (std::lexicographical_compare(a.members.begin(), a.members.end(), b.members.begin(),
                                     b.members.end(), by_hash))
        return true;
    if (std::lexicographical_compare(b.members.begin(), b.members.end(), a.members.begin(),
                                     a.members.end(), by_hash))
        return false;
    return a.capital < b.capital;
}

} // namespace

std::string_view to_string(Reason reason) {
    switch (reason) {
    case Reason::victim_bound_found:
        return "victim_bound_found";
    case Reason::victim_bound_bracketed:
        return "victim_bound_bracketed";
    case Reason::victim_without_bound:
        return "victim_without_bound";
    case Reason::several_victims:
        return "several_victims";
    case Reason::pools_out_of_line:
        return "pools_out_of_line";
    case Reason::after_pending:
        return "after_pending";
    case Reason::contiguous_nonces:
        return "contiguous_nonces";
    case Reason::execution_differs:
        return "execution_differs";
    case Reason::partial_ticks:
        return "partial_ticks";
    }
    return "unknown";
}

bool Candidate::has(Reason reason) const {
    return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
}

U256 in_wei(const U256& units, const BaseToken& base) {
    return units * base.wei_numerator / base.wei_denominator;
}

bool conflict(const Candidate& a, const Candidate& b) {
    for (const auto& x : a.members)
        for (const auto& y : b.members)
            if (x.hash == y.hash) return true;
    return share(a.writes, b.reads) || share(b.writes, a.reads);
}

bool execute_candidate(Trial& trial, const BaseToken& base, Candidate& candidate) {
    return trial.without_trace([&] {
        if (!trial.fund(base.address, candidate.capital)) return false;
        Candidate filled = candidate;
        filled.own_gas = 0;
        filled.reads.clear();
        filled.writes.clear();
        for (const auto& step : candidate.steps) {
            const auto* legs = std::get_if<Legs>(&step);
            const auto result = legs != nullptr
                                    ? trial.swap(*legs)
                                    : trial.run(candidate.members[std::get<Member>(step).index]);
            if (!result.succeeded()) return false;
            if (legs != nullptr) filled.own_gas += result.gas_used;
            add_sets(result, filled);
        }
        filled.expected = trial.balance(base.address) - candidate.capital;
        if (filled.expected != filled.computed) filled.reasons.push_back(Reason::execution_differs);
        const auto value = eth::is_negative(filled.expected)
                               ? eth::negate(in_wei(eth::negate(filled.expected), base))
                               : in_wei(filled.expected, base);
        filled.expected_net = value - trial.block().base_fee * U256(filled.own_gas);
        for (auto* uses : {&filled.reads, &filled.writes}) {
            sort_unique(*uses);
            leave_out_own(trial, candidate, *uses);
        }
        candidate = std::move(filled);
        return true;
    });
}

std::vector<Candidate> ranked(std::vector<Candidate> candidates, std::size_t most) {
    std::erase_if(candidates, [](const Candidate& c) {
        return eth::is_negative(c.expected_net) || eth::is_zero(c.expected_net);
    });
    std::stable_sort(candidates.begin(), candidates.end(), before);
    if (candidates.size() > most)
        candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(most), candidates.end());
    return candidates;
}

} // namespace viz::search
