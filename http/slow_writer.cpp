#include "http/slow_writer.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace viz::http {

namespace {

constexpr std::chrono::milliseconds kTick{500};

std::int64_t mono_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

} // namespace

Outbox::Progress Outbox::write_some(int fd) {
    while (at_ < rest_.size()) {
        const auto sent =
            ::send(fd, rest_.data() + at_, rest_.size() - at_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::blocked : Progress::failed;
        }
        at_ += static_cast<std::size_t>(sent);
        progress_ns_ = mono_ns();
    }
    if (close_after_) ::shutdown(fd, SHUT_WR);
    return Progress::done;
}

bool Outbox::send(int fd, std::string bytes, bool close_after) {
    const std::lock_guard lock(mutex_);
    if (fd_) { // an earlier response is still under way: a client that pipelines
        if (!writer_.reserve(bytes.size())) return false;
        rest_ += bytes;
        close_after_ = close_after_ || close_after;
        return true;
    }
    rest_ = std::move(bytes);
    at_ = 0;
    close_after_ = close_after;
    const auto progress = write_some(fd);
    if (progress == Progress::blocked) {
        const auto unsent = rest_.size() - at_;
        if (!writer_.reserve(unsent)) return false;
        rest_.erase(0, at_);
        at_ = 0;
        if (writer_.take_over(shared_from_this(), fd)) return true;
        writer_.release(unsent);
        return false;
    }
    rest_ = {};
    return progress == Progress::done;
}

SlowWriter::SlowWriter(Limits limits)
    : limits_(limits), thread_([this](std::stop_token stop) { run(stop); }) {}

SlowWriter::~SlowWriter() {
    thread_.request_stop();
    poller_.wake();
}

bool SlowWriter::reserve(std::size_t bytes) {
    if (bytes_.fetch_add(bytes) + bytes <= limits_.total_bytes) return true;
    bytes_ -= bytes;
    return false;
}

bool SlowWriter::take_over(const std::shared_ptr<Outbox>& outbox, int fd) {
    UniqueFd own(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!own) return false;
    const std::lock_guard lock(mutex_);
    const auto id = next_id_++;
    if (!poller_.add(own.get(), id, true)) return false;
    outbox->fd_ = std::move(own);
    boxes_.emplace(id, outbox);
    ++pending_;
    return true;
}

void SlowWriter::give_up(Outbox& outbox) {
    release(outbox.rest_.size());
    poller_.remove(outbox.fd_.get());
    outbox.fd_.reset();
    outbox.rest_ = {};
    outbox.at_ = 0;
}

bool SlowWriter::advance(Outbox& outbox) {
    const auto progress = outbox.write_some(outbox.fd_.get());
    const bool stalled =
        mono_ns() - outbox.progress_ns_ > std::chrono::nanoseconds(limits_.stalled).count();
    if (progress == Outbox::Progress::blocked && !stalled) return false;
    if (progress != Outbox::Progress::done) ::shutdown(outbox.fd_.get(), SHUT_RDWR);
    give_up(outbox);
    return true;
}

void SlowWriter::run(std::stop_token stop) {
    ::pthread_setname_np(::pthread_self(), "viz-http-out");
    auto next_sweep = mono_ns();
    while (!stop.stop_requested()) {
        std::vector<std::uint64_t> due;
        for (const auto& event : poller_.wait(kTick)) due.push_back(event.id);
        std::vector<std::pair<std::uint64_t, std::shared_ptr<Outbox>>> boxes;
        {
            const std::lock_guard lock(mutex_);
            if (mono_ns() >= next_sweep) { // all of them, for those that are stalled
                next_sweep = mono_ns() + std::chrono::nanoseconds(kTick).count();
                for (const auto& [id, box] : boxes_) boxes.emplace_back(id, box);
            } else {
                for (const auto id : due)
                    if (const auto box = boxes_.find(id); box != boxes_.end())
                        boxes.emplace_back(id, box->second);
            }
        }
        for (const auto& [id, box] : boxes) {
            const std::lock_guard box_lock(box->mutex_);
            if (!advance(*box)) continue;
            const std::lock_guard lock(mutex_);
            boxes_.erase(id);
            --pending_;
        }
    }
    decltype(boxes_) left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(boxes_);
    }
    for (const auto& [id, box] : left) {
        const std::lock_guard box_lock(box->mutex_);
        ::shutdown(box->fd_.get(), SHUT_RDWR);
        give_up(*box);
    }
    pending_ = 0;
}

} // namespace viz::http
