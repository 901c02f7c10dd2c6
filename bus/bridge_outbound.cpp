#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

#include "bus/bridge_detail.hpp"

namespace viz::bus::detail {

OutboundStream::OutboundStream() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}
OutboundStream::~OutboundStream() {
    ::close(fd_);
}

// Call before the exporter reads the clock: later requests are served in the next turn.
void OutboundStream::heed() {
    if (!asked_.exchange(false)) return;
    eventfd_t ignored = 0;
    (void)eventfd_read(fd_, &ignored);
}

void OutboundStream::ask() {
    if (!asked_.exchange(true)) (void)eventfd_write(fd_, 1);
}

std::shared_ptr<OutboundStream> OutboundStreams::add() {
    const std::scoped_lock lock(mutex_);
    return streams_.emplace_back(std::make_shared<OutboundStream>());
}

std::int64_t OutboundStreams::clear_until() const {
    const std::scoped_lock lock(mutex_);
    auto until = OutboundStream::kClosed;
    for (const auto& stream : streams_) until = std::min(until, stream->clear_until());
    return until;
}

void OutboundStreams::ask() {
    const std::scoped_lock lock(mutex_);
    for (const auto& stream : streams_) stream->ask();
}

} // namespace viz::bus::detail
