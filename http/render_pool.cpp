#include "http/render_pool.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

namespace viz::http {

namespace {

constexpr std::chrono::milliseconds kTick{500};
// About a tenth of the CPU time of a normal thread on the same core.
constexpr int kNice = 10;

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

} // namespace

RenderPool::RenderPool(std::string name, std::size_t threads, std::size_t most_waiting,
                       bus::Metrics& metrics)
    : name_(std::move(name)), most_waiting_(most_waiting),
      waiting_gauge_(metrics.gauge("http_render_waiting",
                                   "Requests waiting for a thread to make their answer",
                                   {{"pool", name_}})),
      refused_(metrics.counter("http_render_refused_total",
                               "Requests answered 503 because too many were waiting",
                               {{"pool", name_}})),
      turned_ns_(now_ns()) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

RenderPool::~RenderPool() {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
    jobs_.clear();
}

bool RenderPool::submit(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (jobs_.size() >= most_waiting_) {
            refused_.Increment();
            return false;
        }
        jobs_.push_back(std::move(job));
        waiting_gauge_.Set(static_cast<double>(jobs_.size()));
    }
    wake_.notify_one();
    return true;
}

void RenderPool::run(const std::stop_token& stop) {
    ::pthread_setname_np(::pthread_self(), name_.c_str());
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice); // of this thread only
    while (!stop.stop_requested()) {
        turned_ns_.store(now_ns(), std::memory_order_relaxed);
        std::function<void()> job;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait_for(lock, stop, kTick, [&] { return !jobs_.empty(); })) continue;
            job = std::move(jobs_.front());
            jobs_.pop_front();
            waiting_gauge_.Set(static_cast<double>(jobs_.size()));
        }
        job();
    }
}

} // namespace viz::http
