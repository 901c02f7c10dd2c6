// The running node: made by NodeRuntimeBuilder, started once, shut down once.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "runtime/config.hpp"

namespace viz::runtime {

// Start-up failed; the text explains what to do.
class StartError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class NodeRuntime {
  public:
    struct Plan; // decided by build(); see node_runtime_plan.hpp

    explicit NodeRuntime(std::unique_ptr<Plan> plan);
    NodeRuntime(NodeRuntime&&) noexcept;
    NodeRuntime& operator=(NodeRuntime&&) noexcept;
    ~NodeRuntime(); // shuts down when that has not been done

    // Starts consumers first and producers last; returns when all run and the API serves requests.
    // Throws StartError after stopping everything that had been started.
    void start();

    // Stops producers first: intake stops, transactions in flight are decoded, tracked and
    // committed, then the API closes. Idempotent.
    void shutdown();

    // Rereads the protocol registry, if this process labels transactions or searches.
    void reload_registry();

    bool running() const;
    // The port the API listens on; 0 before start or without the http component.
    std::uint16_t http_port() const;
    const Config& config() const;

  private:
    struct Live;
    std::unique_ptr<Plan> plan_;
    std::unique_ptr<Live> live_;
};

} // namespace viz::runtime
