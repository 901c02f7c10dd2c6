// The route handlers. One file per resource; api.cpp holds the table of the routes.
#pragma once

#include "http/api.hpp"
#include "http/json.hpp"

namespace viz::http {

Response get_health(Call& call);
Response get_ready(Call& call);
Response get_metrics(Call& call);
Response get_openapi(Call& call);
Response get_index(Call& call);
Response get_page_file(Call& call);
Response get_events(Call& call);
Response get_replay(Call& call);
Response get_propagation(Call& call);
Response get_features(Call& call);
Response get_recent_features(Call& call);
Response get_opportunities(Call& call);
Response get_parity(Call& call);
Response get_exposure(Call& call);
Response get_simulation(Call& call);
Response get_transactions(Call& call);
Response get_all_transactions(Call& call);
Response get_transaction(Call& call);
Response get_dashboard_snapshot(Call& call);
Response get_chain_statuses(Call& call);
Response get_chain_status(Call& call);
Response get_metrics_snapshot(Call& call);
Response get_alerts(Call& call);
Response get_scheduler_snapshot(Call& call);
Response get_scheduler_metrics(Call& call);
Response get_bundle(Call& call);
Response get_relay_status(Call& call);
Response get_builder_snapshot(Call& call);
Response get_builder_metrics(Call& call);
Response get_stream(Call& call);

// 400 when a parameter that was read is malformed.
inline std::optional<Response> malformed(const Call& call) {
    if (!call.query.error()) return std::nullopt;
    return error_response(400, *call.query.error());
}

// The list of most routes: `append(json, model, limit, chain)` writes at most `limit` rows (from
// the query, else `fallback`, clamped to 1..`most`), of one chain if the query names it.
template <class Append>
Response listed(Call& call, std::uint64_t fallback, std::uint64_t most, Append append) {
    const auto limit = static_cast<std::size_t>(call.query.number("limit", fallback, 1, most));
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    Response response;
    JsonOut json(response.body);
    append(json, call.sources.model, limit, chain);
    return response;
}

} // namespace viz::http
