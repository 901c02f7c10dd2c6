// A node as a value: put together step by step, touched by no thread, socket or file until
// NodeRuntime::start().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bus/clock.hpp"
#include "runtime/config.hpp"
#include "runtime/node_runtime.hpp"

namespace viz::runtime {

class NodeRuntimeBuilder {
  public:
    NodeRuntimeBuilder& config(Config config);
    // Default: the system's.
    NodeRuntimeBuilder& clock(std::shared_ptr<const bus::Clock> clock);
    // Called at most once, from a component's thread, when the node cannot go on; the receiver
    // then calls shutdown() from another thread. Default: ignored.
    NodeRuntimeBuilder& on_fatal(std::function<void(const std::string& what)> handler);
    // Sockets that listen already, to serve the API on in place of the configured address. They
    // stay the caller's.
    NodeRuntimeBuilder& sockets(std::vector<int> listening);

    // Pure.
    NodeRuntime build() const;

  private:
    Config config_;
    std::shared_ptr<const bus::Clock> clock_;
    std::function<void(const std::string&)> on_fatal_;
    std::vector<int> sockets_;
};

} // namespace viz::runtime
