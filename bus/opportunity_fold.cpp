#include "bus/opportunity_fold.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "components/eth/u256_math.hpp"

namespace viz::bus {

namespace {

constexpr std::array<std::pair<OppStatus, std::string_view>, 5> kStatusNames{{
    {OppStatus::detected, "detected"},
    {OppStatus::simulated, "simulated"},
    {OppStatus::profitable, "profitable"},
    {OppStatus::unprofitable, "unprofitable"},
    {OppStatus::failed, "failed"},
}};

// A flagged profit is not reliable: the status stays `simulated`, with the flags.
OppStatus verdict_on(const SimCompleted& done) {
    if (!done.success) return OppStatus::failed;
    if (!done.profit) return OppStatus::simulated;
    const auto& net = done.profit->net;
    if (eth::is_negative(net) || eth::is_zero(net)) return OppStatus::unprofitable;
    return done.profit->plain && done.flags.empty() ? OppStatus::profitable : OppStatus::simulated;
}

struct Fold {
    OpportunityRecord& record;
    const Envelope& event;

    void operator()(const OppDetected& detected) const {
        record.detected = detected;
        if (record.detected_seq_id == 0) record.detected_seq_id = event.seq_id;
    }
    void operator()(const SimDispatched& dispatched) const {
        // Its result may have been recorded before it, or the message is repeated.
        if (record.sim_id == dispatched.sim_id) return;
        record.sim_id = dispatched.sim_id;
        record.result.reset();
        record.status = OppStatus::simulated;
    }
    void operator()(const SimCompleted& done) const {
        record.sim_id = done.sim_id;
        record.status = verdict_on(done);
        record.result = {.fail_category = done.success ? "" : done.fail_category,
                         .flags = done.flags,
                         .profit = {},
                         .net = {}};
        if (!done.success || !done.profit) return;
        record.result->profit = done.profit->profit;
        record.result->net = done.profit->net;
    }
    void operator()(const OppOutcome& outcome) const {
        record.outcome = outcome;
        record.outcome_unix_ms = event.ingest_ts_unix_ms;
    }
    template <class Other> void operator()(const Other&) const {}
};

} // namespace

std::string_view to_string(OppStatus status) {
    return kStatusNames[static_cast<std::size_t>(status)].second;
}

std::optional<OppStatus> opp_status_from_string(std::string_view name) {
    for (const auto& [status, text] : kStatusNames)
        if (text == name) return status;
    return std::nullopt;
}

std::optional<ParityResult> parity_result_from_string(std::string_view name) {
    if (name == "match") return ParityResult::match;
    if (name == "mismatch") return ParityResult::mismatch;
    if (name == "unchecked") return ParityResult::unchecked;
    return std::nullopt;
}

std::uint64_t& ParityTotals::of(ParityResult result) {
    return result == ParityResult::match      ? match
           : result == ParityResult::mismatch ? mismatch
                                              : unchecked;
}

std::optional<Hash> candidate_of(const EventData& data) {
    if (const auto* detected = std::get_if<OppDetected>(&data)) return detected->candidate_id;
    if (const auto* dispatched = std::get_if<SimDispatched>(&data)) return dispatched->candidate_id;
    if (const auto* done = std::get_if<SimCompleted>(&data)) return done->candidate_id;
    if (const auto* outcome = std::get_if<OppOutcome>(&data)) return outcome->candidate_id;
    return std::nullopt;
}

std::vector<Hash> subjects_of(const EventData& data) {
    std::vector<Hash> out;
    const auto of_simulation = [&](const auto& event) {
        out.push_back(event.sim_id);
        if (event.candidate_id) out.push_back(*event.candidate_id);
    };
    if (const auto* dispatched = std::get_if<SimDispatched>(&data)) {
        of_simulation(*dispatched);
    } else if (const auto* done = std::get_if<SimCompleted>(&data)) {
        of_simulation(*done);
    } else if (const auto* decision = std::get_if<AssemblyDecisionApplied>(&data)) {
        out.push_back(decision->candidate_id);
    } else if (const auto* submitted = std::get_if<BundleSubmitted>(&data)) {
        out = submitted->candidate_ids;
        out.push_back(submitted->bundle_id);
    }
    return out;
}

OpportunityRecord new_opportunity(const Hash& candidate_id, ChainId chain_id) {
    OpportunityRecord record;
    record.candidate_id = candidate_id;
    record.chain_id = chain_id;
    return record;
}

void apply(OpportunityRecord& record, const Envelope& event) {
    std::visit(Fold{record, event}, event.data);
    record.updated_unix_ms = std::max(record.updated_unix_ms, event.ingest_ts_unix_ms);
}

} // namespace viz::bus
