#include <algorithm>

#include "http/json.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

void append_problems(JsonOut& json, const std::vector<HealthProblem>& problems, eth::UnixMs now) {
    json.begin_array();
    for (const auto& problem : problems) {
        json.begin_object();
        json.field("reason", problem.reason);
        json.field("since_unix_ms", problem.since_unix_ms);
        json.field("for_ms", std::max<std::int64_t>(0, now.value - problem.since_unix_ms.value));
        json.end_object();
    }
    json.end_array();
}

} // namespace

Response get_health(Call& call) {
    const auto health = call.sources.health.health();
    const bool well = health.problems.empty();
    Response response;
    response.status = well ? 200 : 503;
    JsonOut json(response.body);
    json.begin_object();
    json.field("status", well ? "ok" : "degraded");
    if (!well) {
        json.key("reasons");
        json.begin_array();
        for (const auto& problem : health.problems) json.value(problem.reason);
        json.end_array();
        json.key("problems");
        append_problems(json, health.problems, call.sources.clock.unix_ms());
    }
    json.field("version", health.version);
    json.field("ingest_mode", health.ingest_mode);
    json.field("uptime_s", health.uptime_s);
    json.key("components");
    json.begin_array();
    for (const auto& component : health.components) {
        json.begin_object();
        json.field("name", component.name);
        json.field("state", component.state);
        json.field("endpoint", component.endpoint);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

Response get_ready(Call& call) {
    if (!call.sources.health.health().ready)
        return error_response(503, "start-up has not finished");
    Response response;
    response.body = R"({"status":"ready"})";
    return response;
}

} // namespace viz::http
