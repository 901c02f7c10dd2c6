#include "http/json.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_metrics(Call& call) {
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = call.sources.metrics.text();
    return response;
}

Response get_metrics_snapshot(Call& call) {
    const auto f = call.sources.figures.figures();
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    json.field("peer_disconnects_total", f.peer_disconnects_total);
    json.field("ingest_lag_ms", f.ingest_lag_ms);
    json.field("tx_decode_fail_total", f.tx_decode_fail_total);
    json.field("tx_decode_total", f.tx_decode_total);
    json.field("tx_per_sec_current", f.tx_per_sec_current);
    json.field("tx_per_sec_baseline", f.tx_per_sec_baseline);
    json.field("storage_write_latency_ms", f.storage_write_latency_ms);
    json.field("clock_skew_ms", f.clock_skew_ms);
    json.field("queue_depth_current", f.queue_depth_current);
    json.field("queue_depth_capacity", f.queue_depth_capacity);
    json.end_object();
    return response;
}

} // namespace viz::http
