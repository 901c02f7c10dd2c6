// Which streams cross to other processes: derived from the components that this process runs and
// the configured stream endpoints.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bus/bridge.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

// All components, in pipeline order.
const std::vector<std::string>& known_components();
bool runs(const Config& config, std::string_view component);

struct BridgeRoute {
    bool exports{}; // from this process to others; false: the other direction
    bus::BridgePlan plan;
};
// A stream without a configured endpoint stays in the process.
std::vector<BridgeRoute> bridge_routes(const Config& config);

// The bridges of a process, and the other processes that are connected to them.
class Bridges {
  public:
    // Throws StartError for a bad key.
    Bridges(const Context& context, std::uint64_t incarnation);

    // The ZAP handler first. All local ends are made here, before any thread starts.
    std::vector<ComponentPlan> plans();
    // Waits until the consumers of the published streams are connected, so that they receive
    // everything from the start. After `peer-wait-secs` it returns without them and logs a warning.
    void wait_for_peers();

  private:
    ComponentPlan plan_of(const BridgeRoute& route);

    Context context_;
    std::vector<BridgeRoute> routes_;
    bus::PeerBoard board_;
    bus::BridgeHub hub_;
};

} // namespace viz::runtime
