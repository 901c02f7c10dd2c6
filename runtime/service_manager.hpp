// Notifications to systemd (sd_notify protocol); no effect without a service manager.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chrono>

namespace viz::runtime::service_manager {

void ready(const std::string& status);
void status(const std::string& text);
void stopping();
// Start-up is still in progress: extends the unit's start limit by `more`.
void extend_start(std::chrono::microseconds more);
void feed_watchdog();
// The watchdog's period; std::nullopt when there is none.
std::optional<std::chrono::microseconds> watchdog_period();
// The sockets of socket activation, open as long as this process lives. Call once, before other
// threads start: removes the variables that name them from the environment.
std::vector<int> take_sockets();

} // namespace viz::runtime::service_manager
