// The unit that the runtime runs: one object, one thread, one reactor.
#pragma once

#include <cstdint>
#include <stop_token>

namespace viz::bus {

class Component {
  public:
    virtual ~Component() = default;
    // Runs on its own thread until stop is requested and queued messages are processed. The
    // supervisor handles exceptions.
    virtual void run(std::stop_token stop) = 0;
    // See Reactor::last_turn_ns.
    virtual std::int64_t last_turn_ns() const = 0;
};

} // namespace viz::bus
