// Runs the Monitor once a second and tells the service manager what it sees.
#pragma once

#include <functional>
#include <string>

#include "bus/component.hpp"
#include "bus/reactor.hpp"
#include "runtime/monitor.hpp"
#include "runtime/service_manager.hpp"

namespace viz::runtime {

class MonitorComponent final : public bus::Component {
  public:
    explicit MonitorComponent(Monitor& monitor) : monitor_(monitor) {
        reactor_.every(std::chrono::seconds(1), [this] { turn(); });
    }

    void run(std::stop_token stop) override { reactor_.run(stop); }
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    void turn() {
        monitor_.sample();
        // A component whose loop stands still for half the watchdog's period is stuck.
        if (watchdog_ && monitor_.all_turning(watchdog_->count() * 1000 / 2))
            service_manager::feed_watchdog();
        service_manager::status(monitor_.status_line());
    }

    Monitor& monitor_;
    const std::optional<std::chrono::microseconds> watchdog_{service_manager::watchdog_period()};
    bus::Reactor reactor_;
};

} // namespace viz::runtime
