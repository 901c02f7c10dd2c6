#include "http/connection.hpp"

#include <algorithm>
#include <utility>

namespace viz::http {

Connection::Connection(Shared& shared, UniqueFd fd, bool reserved)
    : shared_(shared), outbox_(std::make_shared<Outbox>(shared.writer, std::move(fd))),
      reserved_(reserved) {}

Connection::~Connection() {
    owe(false);
}

void Connection::on_resume(std::function<void()> resume) {
    resume_ = std::move(resume);
    outbox_->on_sent([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->sent();
    });
}

bool Connection::may_read(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (finished_) return false;
    if (!answering_ && kept_.empty() && outbox_->idle()) return true;
    if (kept_.size() + bytes.size() > shared_.config.max_request_bytes) {
        // it sends requests without reading; a response could not be delivered either
        finished_ = true;
        outbox_->shut();
        return false;
    }
    kept_ += bytes;
    // The answer may have been sent since the check above.
    if (!answering_ && outbox_->idle()) resume_();
    return false;
}

std::string Connection::read_on() {
    const std::lock_guard lock(mutex_);
    if (finished_ || answering_ || !outbox_->idle()) return {};
    return std::exchange(kept_, {});
}

void Connection::begin() {
    const std::lock_guard lock(mutex_);
    begun_ = true;
    since_ = Clock::now();
    owe(true);
}

void Connection::end() {
    const std::lock_guard lock(mutex_);
    begun_ = false;
    answering_ = false;
    since_ = Clock::now();
    owe(false);
    if (!kept_.empty() && outbox_->idle()) resume_();
}

bool Connection::begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
}

bool Connection::finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
}

bool Connection::overdue() const {
    constexpr std::chrono::milliseconds kReserved{1'000};
    const std::lock_guard lock(mutex_);
    const auto limit = shared_.config.request_timeout;
    return !answering_ && Clock::now() - since_ >= (reserved_ ? std::min(limit, kReserved) : limit);
}

void Connection::owe(bool owed) {
    if (std::exchange(owed_, owed) != owed) owed ? ++shared_.owed : --shared_.owed;
}

void Connection::finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
}

void Connection::sent() {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty() && !answering_) resume_();
}

void Connection::answer(Request request, const RequestHead& head) {
    const auto work = Api::work_of(request);
    if (reserved_ && work != Work::probe && work != Work::scrape)
        return refuse(503, "too many connections");
    if (work == Work::large) return hand_over(shared_.answers, std::move(request), head);
    if (work == Work::scrape) return hand_over(shared_.scrapes, std::move(request), head);
    const auto response = shared_.api.handle_from_memory(request);
    if (!response) return hand_over(shared_.answers, std::move(request), head);
    send(*response, head);
    end();
}

void Connection::hand_over(RenderPool& pool, Request request, const RequestHead& head) {
    {
        const std::lock_guard lock(mutex_);
        answering_ = true;
    }
    const bool taken = pool.submit([self = shared_from_this(), request = std::move(request), head] {
        if (!self->outbox_->gone()) self->send(self->shared_.api.handle(request), head);
        self->end();
    });
    if (taken) return;
    auto busy = shared_.api.refuse(503, "too many requests are waiting for an answer");
    busy.headers.emplace_back("Retry-After", "1");
    send(busy, head);
    end();
}

void Connection::send(const Response& response, const RequestHead& head) {
    if (response.stream && head.method != Method::head) return become_stream(response, head);
    if (!head.keep_alive) finish();
    if (outbox_->send(serialize(response, head), !head.keep_alive)) return;
    finish();
    outbox_->shut();
}

void Connection::become_stream(const Response& response, const RequestHead& head) {
    if (!shared_.hub.claim_place()) {
        auto full = error_response(503, "too many streams");
        full.headers.emplace_back("Retry-After", "5");
        return send(full, head);
    }
    finish();
    shared_.hub.adopt(outbox_->release(), stream_head(response, head), *response.stream,
                      head.http11);
}

void Connection::refuse(int status, std::string_view message) {
    send(shared_.api.refuse(status, message),
         RequestHead{.method = Method::other, .keep_alive = false});
    end();
}

} // namespace viz::http
