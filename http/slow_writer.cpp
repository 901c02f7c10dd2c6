#include "http/slow_writer.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace viz::http {

namespace {

constexpr std::chrono::milliseconds kTick{500};
// A socket buffers megabytes of an answer. Only the part of its queue beyond this counts as unsent.
constexpr std::size_t kUncounted = std::size_t{64} * 1024;

std::int64_t mono_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

} // namespace

void abort_connection(int fd) {
    const linger none{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    ::shutdown(fd, SHUT_RDWR);
}

std::size_t queued_in(int fd) {
    int queued = 0;
    return ::ioctl(fd, SIOCOUTQ, &queued) == 0 && queued > 0 ? static_cast<std::size_t>(queued) : 0;
}

Outbox::Progress Outbox::write_some() {
    while (at_ < rest_.size()) {
        const auto sent =
            ::send(fd_.get(), rest_.data() + at_, rest_.size() - at_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::blocked : Progress::failed;
        }
        at_ += static_cast<std::size_t>(sent);
        progress_ns_ = mono_ns();
    }
    if (close_after_) ::shutdown(fd_.get(), SHUT_WR);
    return Progress::done;
}

bool Outbox::send(std::string bytes, bool close_after) {
    const std::lock_guard lock(mutex_);
    if (waits_ || !fd_) return false;
    writer_.forget(*this); // a client that sends the next request has read the previous answer
    const auto size = bytes.size();
    rest_ = std::move(bytes);
    at_ = 0;
    close_after_ = close_after;
    const auto progress = write_some();
    if (progress != Progress::blocked) rest_ = {};
    if (progress == Progress::failed) return false;
    queued_ = size > kUncounted ? queued_in(fd_.get()) : 0;
    if (progress == Progress::done && queued_ <= kUncounted) return true;
    // The string keeps all its memory until it is sent completely.
    const auto wanted = rest_.capacity() + queued_;
    if (!writer_.reserve(wanted)) {
        writer_.unsent().count_over_limit();
        rest_ = {};
        return false;
    }
    reserved_ = wanted;
    waits_ = progress == Progress::blocked;
    if (writer_.watch(*this)) return true;
    writer_.unsent().release(std::exchange(reserved_, 0));
    waits_ = false;
    rest_ = {};
    return false;
}

bool Outbox::gone() const {
    const std::lock_guard lock(mutex_);
    pollfd state{.fd = fd_.get(), .events = 0, .revents = 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

void Outbox::shut() {
    const std::lock_guard lock(mutex_);
    if (fd_) abort_connection(fd_.get());
}

UniqueFd Outbox::release() {
    const std::lock_guard lock(mutex_);
    writer_.forget(*this);
    return std::move(fd_);
}

SlowWriter::SlowWriter(UnsentBytes& unsent, std::chrono::milliseconds stalled)
    : unsent_(unsent), stalled_(stalled), thread_([this](std::stop_token stop) { run(stop); }) {}

SlowWriter::~SlowWriter() {
    thread_.request_stop();
    poller_.wake();
}

bool SlowWriter::reserve(std::size_t bytes) {
    while (!unsent_.reserve(bytes))
        if (!cut_slowest()) return false;
    return true;
}

// The caller's own outbox is not a candidate: it is registered after it has reserved.
bool SlowWriter::cut_slowest() {
    std::shared_ptr<Outbox> slowest;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, box] : boxes_)
            if (!slowest || box->progress_ns_ < slowest->progress_ns_) slowest = box;
        if (!slowest) return false;
        std::erase_if(boxes_, [&](const auto& one) { return one.second == slowest; });
    }
    const std::lock_guard lock(slowest->mutex_);
    if (!slowest->watched_) return true; // it has just finished
    unsent_.count_over_limit();
    abort_connection(slowest->fd_.get());
    forget(*slowest);
    return true;
}

// Its mutex is locked, here and below.
bool SlowWriter::watch(Outbox& outbox) {
    const std::lock_guard lock(mutex_);
    outbox.id_ = next_id_++;
    if (outbox.waits_ && !poller_.add_writes(outbox.fd_.get(), outbox.id_)) return false;
    outbox.watched_ = true;
    boxes_.emplace(outbox.id_, outbox.shared_from_this());
    return true;
}

void SlowWriter::forget(Outbox& outbox) {
    if (!std::exchange(outbox.watched_, false)) return;
    poller_.remove(outbox.fd_.get());
    unsent_.release(std::exchange(outbox.reserved_, 0));
    outbox.rest_ = {};
    outbox.at_ = 0;
    outbox.waits_ = false;
    const std::lock_guard lock(mutex_);
    boxes_.erase(outbox.id_);
}

void SlowWriter::advance(Outbox& outbox) {
    if (!outbox.watched_) return; // disconnected or used again meanwhile
    if (outbox.waits_) {
        const auto progress = outbox.write_some();
        if (progress == Outbox::Progress::failed) {
            abort_connection(outbox.fd_.get());
            return forget(outbox);
        }
        if (progress == Outbox::Progress::done) {
            outbox.waits_ = false;
            poller_.remove(outbox.fd_.get());
        }
    }
    const auto queued = queued_in(outbox.fd_.get());
    if (!outbox.waits_ && queued <= kUncounted) return forget(outbox);
    if (queued != std::exchange(outbox.queued_, queued)) outbox.progress_ns_ = mono_ns();
    if (mono_ns() - outbox.progress_ns_ <= stalled_.count()) return;
    unsent_.count_stalled();
    abort_connection(outbox.fd_.get());
    forget(outbox);
}

void SlowWriter::run(std::stop_token stop) {
    ::pthread_setname_np(::pthread_self(), "viz-http-out");
    auto next_sweep = mono_ns();
    while (!stop.stop_requested()) {
        std::vector<std::uint64_t> due;
        for (const auto& event : poller_.wait(kTick)) due.push_back(event.id);
        std::vector<std::shared_ptr<Outbox>> boxes;
        {
            const std::lock_guard lock(mutex_);
            if (mono_ns() >= next_sweep) { // check all for stalled or completed ones
                next_sweep = mono_ns() + std::chrono::nanoseconds(kTick).count();
                for (const auto& [id, box] : boxes_) boxes.push_back(box);
            } else {
                for (const auto id : due)
                    if (const auto box = boxes_.find(id); box != boxes_.end())
                        boxes.push_back(box->second);
            }
        }
        for (const auto& box : boxes) {
            const bool waited = !box->idle();
            {
                const std::lock_guard box_lock(box->mutex_);
                advance(*box);
            }
            if (waited && box->idle() && box->on_sent_) box->on_sent_();
        }
    }
    decltype(boxes_) left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(boxes_);
    }
    for (const auto& [id, box] : left) {
        const std::lock_guard box_lock(box->mutex_);
        if (!box->watched_) continue;
        abort_connection(box->fd_.get());
        forget(*box);
    }
}

} // namespace viz::http
