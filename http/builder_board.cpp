#include "http/builder_board.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::http {

namespace {

bool wanted(const std::optional<bus::ChainId>& chain, bus::ChainId one) {
    return !chain || *chain == one;
}

bool better(const DecisionView& a, const DecisionView& b) {
    if (a.decision.net != b.decision.net) return eth::signed_less(b.decision.net, a.decision.net);
    return a.decision.candidate_id < b.decision.candidate_id;
}

} // namespace

bus::Gas BlockView::gas_used() const {
    bus::Gas sum;
    for (const auto& entry : entries) sum.value += entry.decision.gas_used.value;
    return sum;
}

bus::Wei BlockView::total_net() const {
    bus::Wei sum;
    for (const auto& entry : entries) sum = sum + entry.decision.net;
    return sum;
}

void BuilderBoard::begin_with(const bus::BuilderHistory& past) {
    begun_with_ = past.up_to_seq_id;
    for (const auto& one : past.counts) {
        auto& chain = chains_[one.chain_id].edit();
        if (one.what != bus::BuilderCounts::kSubmitted) {
            chain.counts[{one.what, one.reason}] = one.count;
            continue;
        }
        chain.totals.submissions += one.count;
        if (one.reason == "accepted") chain.totals.accepted += one.count;
    }
}

void BuilderBoard::apply(const bus::Envelope& event) {
    if (const auto* decision = std::get_if<bus::AssemblyDecisionApplied>(&event.data))
        take(event, *decision);
    else if (const auto* submitted = std::get_if<bus::BundleSubmitted>(&event.data))
        take(event, *submitted);
    else if (const auto* block = std::get_if<bus::BlockRecord>(&event.data);
             block != nullptr && block->canonical) {
        auto& next = chains_[event.chain_id].edit();
        next.gas_limit = block->gas_limit;
        // The block has been mined; the builder was not running to update it.
        if (block->number >= next.target_block) next.entries.clear();
    }
}

void BuilderBoard::take(const bus::Envelope& event, const bus::AssemblyDecisionApplied& decision) {
    auto& block = chains_[event.chain_id].edit();
    if (!is_counted(event)) ++block.counts[{decision.decision, decision.reason}];
    const DecisionView view{event.chain_id, event.ingest_ts_unix_ms, decision};
    decisions_.push(view);
    if (decision.decision == "displaced") {
        block.entries.erase(decision.candidate_id);
    } else if (decision.decision == "included") {
        // Entries for another target block are stale: the builder restarted without removing them.
        if (decision.target_block != block.target_block) block.entries.clear();
        block.target_block = decision.target_block;
        block.entries[decision.candidate_id] = view;
    }
}

void BuilderBoard::take(const bus::Envelope& event, const bus::BundleSubmitted& submitted) {
    if (!is_counted(event)) {
        auto& totals = chains_[event.chain_id].edit().totals;
        ++totals.submissions;
        totals.accepted += submitted.accepted ? 1 : 0;
    }
    latest_ = submitted.bundle_id;
    const auto [place, made] = bundles_.try_emplace(submitted.bundle_id);
    auto& bundle = place->second.edit();
    bundle.chain_id = event.chain_id;
    auto& submissions = bundle.submissions;
    std::erase_if(submissions,
                  [&](const auto& one) { return one.relay_url == submitted.relay_url; });
    submissions.push_back(submitted);
    for (const auto& candidate : submitted.candidate_ids)
        by_candidate_[candidate] = submitted.bundle_id;
    if (!made) return;
    oldest_first_.push_back(submitted.bundle_id);
    if (oldest_first_.size() <= capacity_) return;
    const auto gone = bundles_.find(oldest_first_.front());
    for (const auto& candidate : gone->second->submissions.front().candidate_ids) {
        const auto named = by_candidate_.find(candidate);
        if (named != by_candidate_.end() && named->second == gone->first)
            by_candidate_.erase(named);
    }
    bundles_.erase(gone);
    oldest_first_.pop_front();
}

BuilderBoard::View BuilderBoard::view() const {
    View view;
    for (const auto& [id, of_chain] : chains_) view.chains_.emplace_back(id, of_chain.share());
    view.decisions_ = decisions_.view();
    return view;
}

std::vector<BlockView> BuilderBoard::View::blocks(Chain chain) const {
    std::vector<BlockView> out;
    for (const auto& [id, block] : chains_) {
        if (!wanted(chain, id) || block->target_block.value == 0) continue;
        auto& view = out.emplace_back(BlockView{id, block->target_block, block->gas_limit, {}});
        for (const auto& [candidate, entry] : block->entries) view.entries.push_back(entry);
        std::ranges::sort(view.entries, better);
    }
    return out;
}

std::vector<DecisionCount> BuilderBoard::View::counts(Chain chain) const {
    std::map<Kind, std::uint64_t> sums;
    for (const auto& [id, block] : chains_)
        if (wanted(chain, id))
            for (const auto& [kind, count] : block->counts) sums[kind] += count;
    std::vector<DecisionCount> out;
    out.reserve(sums.size());
    for (const auto& [kind, count] : sums) out.push_back({kind.first, kind.second, count});
    return out;
}

SubmissionTotals BuilderBoard::View::totals(Chain chain) const {
    SubmissionTotals sum;
    for (const auto& [id, block] : chains_) {
        if (!wanted(chain, id)) continue;
        sum.submissions += block->totals.submissions;
        sum.accepted += block->totals.accepted;
    }
    return sum;
}

std::shared_ptr<const BundleView> BuilderBoard::find(const bus::Hash& id) const {
    auto found = bundles_.find(id);
    if (found == bundles_.end())
        if (const auto named = by_candidate_.find(id); named != by_candidate_.end())
            found = bundles_.find(named->second);
    return found == bundles_.end() ? nullptr : found->second.share();
}

} // namespace viz::http
