#include "runtime/node_runtime_builder.hpp"

#include "runtime/node_runtime_plan.hpp"

namespace viz::runtime {

NodeRuntimeBuilder& NodeRuntimeBuilder::config(Config config) {
    config_ = std::move(config);
    return *this;
}

NodeRuntimeBuilder& NodeRuntimeBuilder::clock(std::shared_ptr<const bus::Clock> clock) {
    clock_ = std::move(clock);
    return *this;
}

NodeRuntimeBuilder&
NodeRuntimeBuilder::on_fatal(std::function<void(const std::string& what)> handler) {
    on_fatal_ = std::move(handler);
    return *this;
}

NodeRuntimeBuilder& NodeRuntimeBuilder::sockets(std::vector<int> listening) {
    sockets_ = std::move(listening);
    return *this;
}

NodeRuntime NodeRuntimeBuilder::build() const {
    return NodeRuntime(std::make_unique<NodeRuntime::Plan>(
        NodeRuntime::Plan{.config = config_,
                          .clock = clock_ ? clock_ : std::make_shared<bus::SystemClock>(),
                          .on_fatal = on_fatal_ ? on_fatal_ : [](const std::string&) {},
                          .sockets = sockets_}));
}

} // namespace viz::runtime
