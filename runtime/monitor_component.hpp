// Runs the Monitor once per second and reports its status to the service manager.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <spdlog/spdlog.h>

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
        // A component whose loop has not turned for half the watchdog's period is stuck.
        constexpr std::chrono::microseconds kWithoutWatchdog = std::chrono::seconds(30);
        const auto stuck = monitor_.stuck(watchdog_.value_or(kWithoutWatchdog).count() * 1000 / 2);
        if (watchdog_ && stuck.empty()) service_manager::feed_watchdog();
        service_manager::status(prefix(stuck) + monitor_.status_line());
        if (stuck != reported_)
            for (const auto& name : stuck)
                spdlog::error("component={} stuck: its loop does not turn watchdog={}", name,
                              watchdog_ ? "not fed" : "none");
        reported_ = stuck;
    }

    static std::string prefix(const std::vector<std::string>& stuck) {
        std::string text;
        for (const auto& name : stuck) text += (text.empty() ? "stuck: " : ", ") + name;
        return text.empty() ? text : text + "; ";
    }

    Monitor& monitor_;
    const std::optional<std::chrono::microseconds> watchdog_{service_manager::watchdog_period()};
    std::vector<std::string> reported_;
    bus::Reactor reactor_;
};

} // namespace viz::runtime
