// Which streams cross to other processes: from the components this process runs and the endpoints
// that streams were given.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bus/bridge.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

// Every component there is, in order of the pipeline.
const std::vector<std::string>& known_components();
bool runs(const Config& config, std::string_view component);

struct BridgeRoute {
    bool exports{}; // from this process to others; else the other way
    bus::BridgePlan plan;
};
// A stream without an endpoint of its own stays in the process.
std::vector<BridgeRoute> bridge_routes(const Config& config);

// The process's bridges, and who it knows to be there.
class Bridges {
  public:
    // Throws StartError for a bad key.
    Bridges(const Context& context, std::uint64_t incarnation);

    // Gatekeeper first. All local ends are made here, before any thread starts.
    std::vector<ComponentPlan> plans();
    // Until the consumers of what we publish are there, so that they miss nothing from the start.
    // After `peer-wait-secs` it goes on without, with a warning.
    void wait_for_peers();

  private:
    ComponentPlan plan_of(const BridgeRoute& route);

    Context context_;
    std::vector<BridgeRoute> routes_;
    bus::PeerBoard board_;
    bus::BridgeHub hub_;
};

} // namespace viz::runtime
