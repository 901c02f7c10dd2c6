// The plan made by NodeRuntimeBuilder and carried out by NodeRuntime::start().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bus/clock.hpp"
#include "runtime/node_runtime.hpp"

namespace viz::runtime {

struct NodeRuntime::Plan {
    Config config;
    std::shared_ptr<const bus::Clock> clock;
    std::function<void(const std::string&)> on_fatal;
    std::vector<int> sockets;
};

} // namespace viz::runtime
