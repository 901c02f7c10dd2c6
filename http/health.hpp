// What /health and /ready say. The runtime implements the source.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace viz::http {

struct ComponentHealth {
    std::string name;
    std::string state; // "running", "restarting", "stopped"
    std::string endpoint;
};

struct Health {
    bool ready{};                       // start-up has finished
    std::vector<std::string> reasons{}; // why the process is degraded; empty: it is well
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
