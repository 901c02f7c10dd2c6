#include "http/api.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

// The part of `path` that matches the pattern's {…} (empty when it has none); std::nullopt when
// `path` does not match.
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

struct RecordNeeded {};

// Replaces the record on threads that must not wait.
class NoRecord final : public History {
  public:
    std::vector<bus::Envelope> events(const EventQuery&) override { throw RecordNeeded(); }
    std::optional<TransactionRecord> transaction(const bus::Hash&) override {
        throw RecordNeeded();
    }
    std::vector<TransactionRecord> open_transactions(std::size_t) override { throw RecordNeeded(); }
    std::uint64_t latest_seq_id() override { throw RecordNeeded(); }
    std::uint64_t oldest_seq_id() override { throw RecordNeeded(); }
    std::vector<bus::OpportunityRecord> newest_opportunities(std::size_t) override {
        throw RecordNeeded();
    }
    bus::ParityHistory parity_history(std::size_t, std::size_t) override { throw RecordNeeded(); }
    std::optional<bus::ExposureRecord> exposure(const bus::Hash&) override { throw RecordNeeded(); }
    std::vector<bus::Envelope> events_about(const bus::Hash&,
                                            std::span<const bus::EventType>) override {
        throw RecordNeeded();
    }
    std::vector<bus::Envelope> newest_about(std::span<const bus::EventType>, std::size_t,
                                            std::uint64_t) override {
        throw RecordNeeded();
    }
    bus::BuilderHistory builder_history() override { throw RecordNeeded(); }
    std::vector<bus::Envelope> newest_blocks() override { throw RecordNeeded(); }
};

} // namespace

// Literal patterns precede those with {…} that would also match.
const std::vector<Route>& Api::routes() {
    using enum Access;
    static const std::vector<Route> table{
        {"/health", open, get_health, Work::probe},
        {"/ready", open, get_ready, Work::probe},
        {"/metrics", open, get_metrics, Work::scrape},
        {"/openapi.json", open, get_openapi},
        {"/", open, get_index},
        {"/page/{file}", open, get_page_file},
        {"/events", keyed, get_events, Work::large},
        {"/replay", keyed, get_replay, Work::large},
        {"/propagation", keyed, get_propagation, Work::large},
        {"/features", keyed, get_features},
        {"/features/recent", keyed, get_recent_features, Work::large},
        {"/opps", keyed, get_opportunities, Work::large},
        {"/opps/recent", keyed, get_opportunities, Work::large},
        {"/sim/parity", keyed, get_parity},
        {"/sim/{id}", keyed, get_simulation},
        {"/bundle/{id}", keyed, get_bundle},
        {"/transactions", keyed, get_transactions},
        {"/transactions/all", keyed, get_all_transactions, Work::large},
        {"/transactions/{hash}", keyed, get_transaction},
        {"/transactions/{hash}/exposure", keyed, get_exposure},
        {"/tx/{hash}", keyed, get_transaction},
        {"/tx/{hash}/exposure", keyed, get_exposure},
        {"/dashboard/snapshot", keyed, get_dashboard_snapshot, Work::large},
        {"/chains/status", keyed, get_chain_statuses},
        {"/chains/{chain_key}/status", keyed, get_chain_status},
        {"/metrics/snapshot", keyed, get_metrics_snapshot},
        {"/alerts/evaluate", keyed, get_alerts},
        {"/scheduler/snapshot", keyed, get_scheduler_snapshot},
        {"/scheduler/metrics", keyed, get_scheduler_metrics},
        {"/builder/snapshot", keyed, get_builder_snapshot, Work::large},
        {"/builder/metrics", keyed, get_builder_metrics},
        {"/relay/dry-run/status", keyed, get_relay_status},
        {"/stream", keyed, get_stream},
        {"/dashboard/events-v1", keyed, get_stream},
    };
    return table;
}

Api::Api(Sources sources, ApiConfig config)
    : sources_(sources),
      no_record_(std::make_unique<NoRecord>()), memory_{sources.model,   *no_record_,
                                                        sources.figures, sources.health,
                                                        sources.clock,   sources.metrics},
      config_(std::move(config)), keys_(config_.api_keys),
      limiter_(keys_.size(), config_.rate_limit_per_minute), replay_(sources_.history),
      failures_(sources_.metrics.counter("http_handler_failures_total",
                                         "Requests answered 500 because a handler threw")) {}

// Makes the response without counting it. RecordNeeded passes through.
Response Api::safely(const Request& request, Sources& sources) {
    Response response;
    try {
        response = dispatch(request, sources);
    } catch (const RecordUnavailable&) {
        failures_.Increment();
        response = error_response(503, "the record cannot be read");
        response.headers.emplace_back("Retry-After", "1");
    } catch (const std::exception&) {
        // The exception's text may contain files or addresses: it is counted, not sent to clients.
        failures_.Increment();
        response = error_response(500, "internal error");
    }
    add_cors(request, response);
    return response;
}

Response Api::handle(const Request& request) {
    const auto started = sources_.clock.mono_ns();
    auto response = safely(request, sources_);
    observe(request, response, started);
    return response;
}

std::optional<Response> Api::handle_from_memory(Request& request) {
    const auto started = sources_.clock.mono_ns();
    try {
        auto response = safely(request, memory_);
        observe(request, response, started);
        return response;
    } catch (const RecordNeeded&) {
        request.admitted = true; // a route's answer was reached
        return std::nullopt;
    }
}

Work Api::work_of(const Request& request) {
    for (const auto& route : routes())
        if (match(route.pattern, request.path)) return route.work;
    return Work::quick;
}

Response Api::refuse(int status, std::string_view message) {
    auto response = error_response(status, message);
    observe(Request{.method = Method::other, .method_name = "other"}, response,
            sources_.clock.mono_ns());
    return response;
}

Response Api::dispatch(const Request& request, Sources& sources) {
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
            if (auto refused = refused_entry(route, request)) {
                response = std::move(*refused);
            } else {
                Call call{.sources = sources,
                          .replay = replay_,
                          .query = Query::parse(request.query),
                          .parameter = std::move(*decoded),
                          .request = request};
                response = route.answer(call);
            }
        } else {
            response = error_response(400, "the path has a broken percent escape");
        }
        response.route = route.pattern;
        return response;
    }
    return error_response(404, "no such route");
}

std::optional<Response> Api::refused_entry(const Route& route, const Request& request) {
    if (route.access == Access::open || !config_.auth_enabled || request.admitted)
        return std::nullopt;
    const auto key = request.api_key ? keys_.find(*request.api_key) : std::nullopt;
    if (!key) return error_response(401, "a valid x-api-key is required");
    if (const auto wait = limiter_.take(*key, sources_.clock.mono()); wait > 0) {
        auto response = error_response(429, "the rate limit of this key is exceeded");
        response.headers.emplace_back("Retry-After", std::to_string(wait));
        return response;
    }
    return std::nullopt;
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
