#include "http/alerts.hpp"

#include "http/json.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_alerts(Call& call) {
    const auto alerts = evaluate_alerts(call.sources.figures.figures());
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    json.field("peer_churn", alerts.peer_churn);
    json.field("ingest_lag", alerts.ingest_lag);
    json.field("decode_failure", alerts.decode_failure);
    json.field("coverage_collapse", alerts.coverage_collapse);
    json.field("storage_latency", alerts.storage_latency);
    json.field("clock_skew", alerts.clock_skew);
    json.field("queue_saturation", alerts.queue_saturation);
    json.field("search_blind", alerts.search_blind);
    json.end_object();
    return response;
}

} // namespace viz::http
