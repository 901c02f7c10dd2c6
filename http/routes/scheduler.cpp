#include "http/json.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

void append_counts(JsonOut& json, const PendingView::Counts& counts) {
    json.field("pending_count", counts.total());
    json.field("ready_count", counts.ready);
    json.field("blocked_count", counts.blocked);
    json.field("unplaced_count", counts.unplaced);
}

} // namespace

Response get_scheduler_snapshot(Call& call) {
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 100, 1, 1000));
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    const auto pending = call.sources.model.pending(chain, limit);
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    append_counts(json, pending.counts);
    json.field("sender_count", pending.senders);
    json.key("senders");
    json.begin_array();
    for (const auto& row : pending.busiest) {
        json.begin_object();
        json.field("sender", row.sender);
        json.field("chain_id", row.chain_id);
        append_counts(json, row.counts);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

Response get_scheduler_metrics(Call& call) {
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    const auto pending = call.sources.model.pending(chain);
    const auto& totals = pending.totals;
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    append_counts(json, pending.counts);
    json.field("decoded_total", totals.decoded);
    json.field("ready_total", totals.ready);
    json.field("blocked_total", totals.blocked);
    json.field("replaced_total", totals.replaced);
    json.field("dropped_total", totals.dropped);
    json.field("confirmed_provisional_total", totals.confirmed);
    json.field("confirmed_final_total", totals.finalized);
    json.field("reorged_total", totals.reorged);
    json.field("evicted_total", totals.evicted);
    json.end_object();
    return response;
}

} // namespace viz::http
