#include "runtime/service_manager.hpp"

#include <cstdint>
#include <numeric>
#include <system_error>

#include <systemd/sd-daemon.h>

namespace viz::runtime::service_manager {

void ready(const std::string& status) {
    sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}
void status(const std::string& text) {
    sd_notify(0, ("STATUS=" + text).c_str());
}
void extend_start(std::chrono::microseconds more) {
    sd_notify(0, ("EXTEND_TIMEOUT_USEC=" + std::to_string(more.count())).c_str());
}

void stopping() {
    sd_notify(0, "STOPPING=1\nSTATUS=draining");
}
void feed_watchdog() {
    sd_notify(0, "WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_period() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    return std::chrono::microseconds(microseconds);
}

std::vector<int> take_sockets() {
    const int count = sd_listen_fds(1);
    if (count < 0)
        throw std::system_error(-count, std::generic_category(), "sockets passed at start");
    std::vector<int> sockets(static_cast<std::size_t>(count));
    std::iota(sockets.begin(), sockets.end(), SD_LISTEN_FDS_START);
    return sockets;
}

} // namespace viz::runtime::service_manager
