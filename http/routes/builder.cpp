#include <array>

#include "components/eth/hex.hpp"
#include "components/eth/u256_math.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

// Two's complement: a loss has a minus.
void append_signed_wei(JsonOut& json, std::string_view name, const bus::Wei& wei) {
    json.field(name, eth::to_signed_decimal(wei));
}

// Writes null for empty texts and zeros that mean "none".
template <class T> void append_if(JsonOut& json, std::string_view name, const T& value, bool has) {
    if (has)
        json.field(name, value);
    else
        json.null_field(name);
}

void append_hashes(JsonOut& json, std::string_view name, const std::vector<bus::Hash>& hashes) {
    json.key(name);
    json.begin_array();
    for (const auto& hash : hashes) json.value(hash);
    json.end_array();
}

void append_attempts(JsonOut& json, const std::vector<bus::RelayAttempt>& attempts) {
    json.key("attempts");
    json.begin_array();
    for (const auto& one : attempts) {
        json.begin_object();
        json.field("attempt", one.attempt);
        json.field("endpoint", one.endpoint);
        append_if(json, "http_status", one.http_status, one.http_status != 0);
        append_if(json, "error", one.error, !one.error.empty());
        json.field("latency_ms", one.latency_ms);
        json.field("backoff_ms", one.backoff_ms);
        json.end_object();
    }
    json.end_array();
}

void append_submission(JsonOut& json, const bus::BundleSubmitted& one) {
    json.begin_object();
    json.field("relay_url", one.relay_url);
    json.field("accepted", one.accepted);
    json.field("final_state", one.final_state);
    append_attempts(json, one.attempts);
    json.field("started_unix_ms", one.started_unix_ms);
    json.field("finished_unix_ms", one.finished_unix_ms);
    json.field("method", one.method);
    json.field("bundle_id", one.bundle_id);
    json.end_object();
}

void append_bundle(JsonOut& json, const BundleView& view) {
    const auto& bundle = view.submissions.back();
    json.begin_object();
    json.field("bundle_id", bundle.bundle_id);
    json.field("chain_id", view.chain_id);
    append_hashes(json, "candidate_ids", bundle.candidate_ids);
    append_hashes(json, "tx_hashes", bundle.tx_hashes);
    append_hashes(json, "reverting_tx_hashes", bundle.reverting_hashes);
    append_hashes(json, "dropping_tx_hashes", bundle.dropping_hashes);
    json.field("replacement_uuid", bundle.replacement_uuid);
    json.field("refund_percent", bundle.refund_percent);
    json.field("refund_recipient", bundle.refund_recipient);
    json.field("target_block", bundle.target_block);
    json.field("max_block", bundle.max_block);
    json.key("submissions");
    json.begin_array();
    for (const auto& one : view.submissions) append_submission(json, one);
    json.end_array();
    json.end_object();
}

void append_decision(JsonOut& json, const DecisionView& view) {
    const auto& one = view.decision;
    json.begin_object();
    json.field("chain_id", view.chain_id);
    json.field("target_block", one.target_block);
    json.field("decision", one.decision);
    json.field("reason", one.reason);
    json.field("candidate_id", one.candidate_id);
    json.field("sim_id", one.sim_id);
    json.field("tx_hash", one.hash);
    append_signed_wei(json, "net_wei", one.net);
    json.field("gas_used", one.gas_used);
    json.field("in_favour_of", one.in_favour_of);
    json.field("decided_unix_ms", view.decided_unix_ms);
    json.end_object();
}

void append_block_figures(JsonOut& json, const BlockView& block) {
    json.field("chain_id", block.chain_id);
    json.field("target_block", block.target_block);
    json.field("gas_used", block.gas_used());
    json.field("gas_limit", block.gas_limit);
    append_signed_wei(json, "total_net_wei", block.total_net());
    json.field("entry_count", block.entries.size());
}

void append_block(JsonOut& json, const BlockView& block) {
    json.begin_object();
    append_block_figures(json, block);
    json.key("entries");
    json.begin_array();
    std::size_t position = 0;
    for (const auto& entry : block.entries) {
        json.begin_object();
        json.field("position", position++);
        json.field("candidate_id", entry.decision.candidate_id);
        json.field("sim_id", entry.decision.sim_id);
        json.field("tx_hash", entry.decision.hash);
        append_signed_wei(json, "net_wei", entry.decision.net);
        json.field("gas_used", entry.decision.gas_used);
        json.field("decided_unix_ms", entry.decided_unix_ms);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void append_totals(JsonOut& json, const SubmissionTotals& totals) {
    json.field("total_submissions", totals.submissions);
    json.field("total_accepted", totals.accepted);
    json.field("total_failed", totals.failed());
}

// For a bundle evicted from the board.
std::shared_ptr<const BundleView> recorded_bundle(History& history, const bus::Hash& id) {
    static constexpr std::array kTypes{bus::EventType::bundle_submitted};
    BuilderBoard board(History::kMostAbout);
    for (const auto& event : history.events_about(id, kTypes)) board.apply(event);
    return board.find(id);
}

} // namespace

Response get_bundle(Call& call) {
    const bool latest = call.parameter == "latest";
    const auto id = eth::hash_from_hex(call.parameter);
    if (!latest && !id)
        return error_response(400, "a bundle id is 0x and 64 hex digits, or latest");
    auto view = latest ? call.sources.model.latest_bundle() : call.sources.model.bundle(*id);
    if (!view && id) view = recorded_bundle(call.sources.history, *id);
    if (!view) return error_response(404, "no such bundle");
    Response response;
    JsonOut json(response.body);
    append_bundle(json, *view);
    return response;
}

Response get_relay_status(Call& call) {
    const auto latest = call.sources.model.latest_bundle();
    const auto totals = call.sources.model.building().totals({});
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    json.key("latest");
    if (latest)
        append_submission(json, latest->submissions.back());
    else
        json.null();
    append_totals(json, totals);
    json.end_object();
    return response;
}

Response get_builder_snapshot(Call& call) {
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 100, 1, 1000));
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    const auto building = call.sources.model.building();
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    json.key("blocks");
    json.begin_array();
    for (const auto& block : building.blocks(chain)) append_block(json, block);
    json.end_array();
    json.key("decisions");
    json.begin_array();
    building.decisions(chain, [&, n = std::size_t{0}](const DecisionView& decision) mutable {
        append_decision(json, decision);
        return ++n < limit;
    });
    json.end_array();
    json.end_object();
    return response;
}

Response get_builder_metrics(Call& call) {
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    const auto building = call.sources.model.building();
    const auto counts = building.counts(chain);
    const auto sum = [&](std::string_view decision) {
        std::uint64_t count = 0;
        for (const auto& one : counts) count += one.decision == decision ? one.count : 0;
        return count;
    };
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    for (const auto& [name, decision] : {std::pair{"included_total", "included"},
                                         {"displaced_total", "displaced"},
                                         {"rejected_total", "rejected"}})
        json.field(name, sum(decision));
    json.key("decisions");
    json.begin_array();
    for (const auto& one : counts) {
        json.begin_object();
        json.field("decision", one.decision);
        json.field("reason", one.reason);
        json.field("count", one.count);
        json.end_object();
    }
    json.end_array();
    json.key("blocks");
    json.begin_array();
    for (const auto& block : building.blocks(chain)) {
        json.begin_object();
        append_block_figures(json, block);
        json.end_object();
    }
    json.end_array();
    append_totals(json, building.totals(chain));
    json.end_object();
    return response;
}

} // namespace viz::http
