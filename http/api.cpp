#include "http/api.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

// What stands for the {…} of the pattern (empty when it has none); nothing when `path` does not
// match.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
    const auto brace = pattern.find('{');
    if (brace == std::string_view::npos)
        return pattern == path ? std::optional(std::string_view()) : std::nullopt;
    const auto head = pattern.substr(0, brace);
    const auto tail = pattern.substr(pattern.find('}') + 1);
    if (path.size() <= head.size() + tail.size() || !path.starts_with(head) ||
        !path.ends_with(tail))
        return std::nullopt;
    const auto middle = path.substr(head.size(), path.size() - head.size() - tail.size());
    if (middle.find('/') != std::string_view::npos) return std::nullopt;
    return middle;
}

constexpr std::string_view kAllowed = "GET, HEAD, OPTIONS";

} // namespace

// Literal patterns stand before those with {…} that would match them too.
const std::vector<Route>& Api::routes() {
    using enum Access;
    static const std::vector<Route> table{
        {"/health", open, get_health},
        {"/ready", open, get_ready},
        {"/metrics", open, get_metrics},
        {"/openapi.json", open, get_openapi},
        {"/", open, get_index},
        {"/page/{file}", open, get_page_file},
        {"/events", keyed, get_events},
        {"/replay", keyed, get_replay},
        {"/propagation", keyed, get_propagation},
        {"/features", keyed, get_features},
        {"/features/recent", keyed, get_recent_features},
        {"/opps", keyed, get_opportunities},
        {"/opps/recent", keyed, get_opportunities},
        {"/sim/parity", keyed, get_parity},
        {"/sim/{id}", keyed, get_simulation},
        {"/bundle/{id}", keyed, get_bundle},
        {"/transactions", keyed, get_transactions},
        {"/transactions/all", keyed, get_all_transactions},
        {"/transactions/{hash}", keyed, get_transaction},
        {"/transactions/{hash}/exposure", keyed, get_exposure},
        {"/tx/{hash}", keyed, get_transaction},
        {"/tx/{hash}/exposure", keyed, get_exposure},
        {"/dashboard/snapshot", keyed, get_dashboard_snapshot},
        {"/chains/status", keyed, get_chain_statuses},
        {"/chains/{chain_key}/status", keyed, get_chain_status},
        {"/metrics/snapshot", keyed, get_metrics_snapshot},
        {"/alerts/evaluate", keyed, get_alerts},
        {"/scheduler/snapshot", keyed, get_scheduler_snapshot},
        {"/scheduler/metrics", keyed, get_scheduler_metrics},
        {"/builder/snapshot", keyed, get_builder_snapshot},
        {"/builder/metrics", keyed, get_builder_metrics},
        {"/relay/dry-run/status", keyed, get_relay_status},
        {"/stream", keyed, get_stream},
        {"/dashboard/events-v1", keyed, get_stream},
    };
    return table;
}

Api::Api(Sources sources, ApiConfig config)
    : sources_(sources), config_(std::move(config)), keys_(config_.api_keys),
      limiter_(keys_.size(), config_.rate_limit_per_minute), replay_(sources_.history),
      failures_(sources_.metrics.counter("http_handler_failures_total",
                                         "Requests answered 500 because a handler threw")) {}

Response Api::handle(const Request& request) {
    const auto started = sources_.clock.mono_ns();
    Response response;
    try {
        response = dispatch(request);
    } catch (const RecordUnavailable&) {
        failures_.Increment();
        response = error_response(503, "the record cannot be read");
        response.headers.emplace_back("Retry-After", "1");
    } catch (const std::exception&) {
        // What it says may name files or addresses: it is for the counter, not for clients.
        failures_.Increment();
        response = error_response(500, "internal error");
    }
    add_cors(request, response);
    observe(request, response, started);
    return response;
}

Response Api::refuse(int status, std::string_view message) {
    auto response = error_response(status, message);
    observe(Request{.method = Method::other, .method_name = "other"}, response,
            sources_.clock.mono_ns());
    return response;
}

Response Api::dispatch(const Request& request) {
    for (const auto& route : routes()) {
        const auto parameter = match(route.pattern, request.path);
        if (!parameter) continue;
        Response response;
        if (request.method == Method::options) {
            response.status = 204;
            response.headers.emplace_back("Allow", kAllowed);
        } else if (request.method == Method::other) {
            response = error_response(405, "only GET, HEAD and OPTIONS");
            response.headers.emplace_back("Allow", kAllowed);
        } else if (auto decoded = percent_decode(*parameter)) {
            response = admit_and_answer(route, request, std::move(*decoded));
        } else {
            response = error_response(400, "the path has a broken percent escape");
        }
        response.route = route.pattern;
        return response;
    }
    return error_response(404, "no such route");
}

Response Api::admit_and_answer(const Route& route, const Request& request, std::string parameter) {
    if (route.access == Access::keyed && config_.auth_enabled) {
        const auto key = request.api_key ? keys_.find(*request.api_key) : std::nullopt;
        if (!key) return error_response(401, "a valid x-api-key is needed");
        if (const auto wait = limiter_.take(*key, sources_.clock.mono()); wait > 0) {
            auto response = error_response(429, "over the rate of this key");
            response.headers.emplace_back("Retry-After", std::to_string(wait));
            return response;
        }
    }
    Call call{.sources = sources_,
              .replay = replay_,
              .query = Query::parse(request.query),
              .parameter = std::move(parameter),
              .request = request};
    return route.answer(call);
}

void Api::add_cors(const Request& request, Response& response) const {
    if (config_.cors_origins.empty()) return;
    const auto listed = [&](std::string_view origin) {
        return std::ranges::find(config_.cors_origins, origin) != config_.cors_origins.end();
    };
    auto& headers = response.headers;
    if (listed("*")) {
        headers.emplace_back("Access-Control-Allow-Origin", "*");
    } else {
        headers.emplace_back("Vary", "Origin");
        if (!request.origin || !listed(*request.origin)) return;
        headers.emplace_back("Access-Control-Allow-Origin", *request.origin);
    }
    if (request.method == Method::options) {
        headers.emplace_back("Access-Control-Allow-Methods", kAllowed);
        headers.emplace_back("Access-Control-Allow-Headers",
                             "x-api-key, last-event-id, content-type");
        headers.emplace_back("Access-Control-Max-Age", "600");
    } else {
        headers.emplace_back("Access-Control-Expose-Headers", "retry-after");
    }
}

void Api::observe(const Request& request, const Response& response, std::int64_t started_ns) {
    const std::string route(response.route);
    sources_.metrics
        .counter("http_requests_total", "Requests by route pattern, method and status",
                 {{"route", route},
                  {"method", request.method_name},
                  {"code", std::to_string(response.status)}})
        .Increment();
    sources_.metrics
        .histogram("http_request_duration_seconds", "Time to make the answer", {{"route", route}})
        .Observe(static_cast<double>(sources_.clock.mono_ns() - started_ns) / 1e9);
}

} // namespace viz::http
