// The contents of /health and /ready. The runtime implements the source.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::http {

struct ComponentHealth {
    std::string name;
    std::string state; // "running", "restarting", "stopped"
    std::string endpoint;
};

struct HealthProblem {
    std::string reason;
    eth::UnixMs since_unix_ms; // first noticed, to within a second
};

struct Health {
    bool ready{};                          // start-up has finished
    std::vector<HealthProblem> problems{}; // why the process is degraded; empty: healthy
    std::vector<ComponentHealth> components{};
    std::string version{};
    std::string ingest_mode{};
    std::int64_t uptime_s{};
};

class HealthSource {
  public:
    virtual ~HealthSource() = default;
    // Thread-safe.
    virtual Health health() = 0;
};

} // namespace viz::http
