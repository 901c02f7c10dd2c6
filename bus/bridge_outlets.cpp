#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

#include "bus/bridge_detail.hpp"

namespace viz::bus::detail {

Outlet::Outlet() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}
Outlet::~Outlet() {
    ::close(fd_);
}

// Before the exporter reads the clock: who asks from then on is heeded in another turn.
void Outlet::heed() {
    if (!asked_.exchange(false)) return;
    eventfd_t ignored = 0;
    (void)eventfd_read(fd_, &ignored);
}

void Outlet::ask() {
    if (!asked_.exchange(true)) (void)eventfd_write(fd_, 1);
}

std::shared_ptr<Outlet> Outlets::add() {
    const std::scoped_lock lock(mutex_);
    return outlets_.emplace_back(std::make_shared<Outlet>());
}

std::int64_t Outlets::clear_until() const {
    const std::scoped_lock lock(mutex_);
    auto until = Outlet::kClosed;
    for (const auto& outlet : outlets_) until = std::min(until, outlet->clear_until());
    return until;
}

void Outlets::ask() {
    const std::scoped_lock lock(mutex_);
    for (const auto& outlet : outlets_) outlet->ask();
}

} // namespace viz::bus::detail
