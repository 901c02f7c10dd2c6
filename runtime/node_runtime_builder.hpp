// A node as a value: configured step by step; uses no thread, socket or file until
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
    // Default: the system clock.
    NodeRuntimeBuilder& clock(std::shared_ptr<const bus::Clock> clock);
    // Called at most once, from a component's thread, when the node cannot continue; the receiver
    // then calls shutdown() from another thread. Default: ignored.
    NodeRuntimeBuilder& on_fatal(std::function<void(const std::string& what)> handler);
    // Listening sockets for the API, which replace the configured address. The caller keeps
    // ownership.
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
