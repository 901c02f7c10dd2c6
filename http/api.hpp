// The HTTP contract without sockets: a request in, a response out. Routing, keys, rate limits,
// errors and cross-origin headers are handled here; routes/ makes the answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/clock.hpp"
#include "bus/metrics.hpp"
#include "http/auth.hpp"
#include "http/exchange.hpp"
#include "http/figures.hpp"
#include "http/health.hpp"
#include "http/history.hpp"
#include "http/query.hpp"
#include "http/rate_limit.hpp"
#include "http/read_model.hpp"
#include "http/replay.hpp"

namespace viz::http {

// The sources of the answers. All outlive the Api and are thread-safe.
struct Sources {
    const ReadModel& model;
    History& history;
    FigureSource& figures;
    HealthSource& health;
    const bus::Clock& clock;
    bus::Metrics& metrics;
};

struct ApiConfig {
    bool auth_enabled{};
    std::vector<std::string> api_keys;
    std::uint32_t rate_limit_per_minute{600};
    std::vector<std::string> cors_origins{"*"}; // empty: no cross-origin headers
};

// One request during its processing by a route.
struct Call {
    Sources& sources;
    RangeReplay& replay;
    Query query;
    std::string parameter; // decoded text that matched the pattern's {…}
    const Request& request;
};

enum class Access : std::uint8_t { open, keyed };

// Which threads make the answer.
enum class Work : std::uint8_t {
    quick,  // the thread that read the request, unless the record is needed: tens of microseconds
            // from memory
    large,  // a render thread, for answers that take time
    probe,  // like quick; also served on a reserved connection beyond the limit
    scrape, // a separate thread; served beyond the limit like a probe
};

struct Route {
    std::string_view pattern; // at most one {…}, a whole segment
    Access access;
    Response (*answer)(Call&);
    Work work{Work::quick};
};

class Api {
  public:
    Api(Sources sources, ApiConfig config);

    // Never throws: an internal error becomes a 500 without details, and is counted.
    Response handle(const Request& request);
    // The same for a thread that must not wait: std::nullopt when the record is needed; then call
    // handle(). Marks the request as admitted.
    std::optional<Response> handle_from_memory(Request& request);
    // quick for an unknown path.
    static Work work_of(const Request& request);
    // For input that never became a request (too large, not HTTP, too many connections).
    Response refuse(int status, std::string_view message);

    static const std::vector<Route>& routes();

  private:
    Response dispatch(const Request& request, Sources& sources);
    std::optional<Response> refused_entry(const Route& route, const Request& request);
    Response safely(const Request& request, Sources& sources);
    void add_cors(const Request& request, Response& response) const;
    void observe(const Request& request, const Response& response, std::int64_t started_ns);

    Sources sources_;
    std::unique_ptr<History> no_record_; // throws when it is called
    Sources memory_;                     // with no_record_ as its history
    ApiConfig config_;
    KeyRing keys_;
    RateLimiter limiter_;
    RangeReplay replay_;
    bus::Counter& failures_;
};

} // namespace viz::http
