#include "http/poller.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace viz::http {

namespace {

epoll_event interest(std::uint64_t id, bool writes) {
    epoll_event event{};
    event.events = EPOLLRDHUP;
    if (writes) event.events |= EPOLLOUT;
    event.data.u64 = id;
    return event;
}

} // namespace

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeId;
    if (!epoll_ || !wake_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll");
}

bool Poller::add(int fd, std::uint64_t id, bool writes) {
    auto event = interest(id, writes);
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::add_writes(int fd, std::uint64_t id) {
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.u64 = id;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::want_writes(int fd, std::uint64_t id, bool writes) {
    auto event = interest(id, writes);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Poller::remove(int fd) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

const std::vector<Poller::Event>& Poller::wait(std::chrono::milliseconds limit) {
    std::array<epoll_event, 256> ready;
    const int n = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()),
                               static_cast<int>(limit.count()));
    events_.clear();
    for (int i = 0; i < n; ++i) {
        const auto& event = ready[static_cast<std::size_t>(i)];
        if (event.data.u64 == kWakeId) {
            // Read before the flag is cleared: in the other order, a wake-up between the two would
            // be consumed while its flag stays set, and all later ones would be skipped. Work done
            // before a wake-up that finds the flag still set is seen after this point.
            std::uint64_t count = 0;
            [[maybe_unused]] const auto ignored = ::read(wake_.get(), &count, sizeof count);
            woken_.exchange(false, std::memory_order_seq_cst);
            continue;
        }
        events_.push_back({.id = event.data.u64,
                           .writable = (event.events & EPOLLOUT) != 0,
                           .gone = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
    }
    return events_;
}

void Poller::wake() {
    if (woken_.exchange(true, std::memory_order_seq_cst)) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(wake_.get(), &one, sizeof one);
}

} // namespace viz::http
