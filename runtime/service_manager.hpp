// What systemd is told (sd_notify protocol); silent where nobody listens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chrono>

namespace viz::runtime::service_manager {

void ready(const std::string& status);
void status(const std::string& text);
void stopping();
// Start-up goes on: it may take so much longer than the unit allows.
void extend_start(std::chrono::microseconds more);
void feed_watchdog();
// How often the watchdog wants to be fed at least; nothing when there is none.
std::optional<std::chrono::microseconds> watchdog_period();
// The sockets it listens on for us (socket activation), open as long as this process lives. Asked
// once, before there are other threads: takes the variables that name them from the environment.
std::vector<int> take_sockets();

} // namespace viz::runtime::service_manager
