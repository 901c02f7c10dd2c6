// State shared by the sockets of one Bus. Private to bus/.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <zmq.hpp>

#include "bus/clock.hpp"
#include "bus/stream_stats.hpp"
#include "bus/topology.hpp"

// libzmq is not instrumented: without these annotations the thread sanitizer reports its transfer
// of a message between threads as a race on the bytes.
#if defined(__SANITIZE_THREAD__)
#define VIZ_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define VIZ_TSAN 1
#endif
#endif
#ifdef VIZ_TSAN
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace viz::bus::detail {

inline void handing_over([[maybe_unused]] void* channel) {
#ifdef VIZ_TSAN
    __tsan_release(channel);
#endif
}
inline void taken_over([[maybe_unused]] void* channel) {
#ifdef VIZ_TSAN
    __tsan_acquire(channel);
#endif
}

// Senders put their copies for the tap's thread here.
inline constexpr const char* kTapInbox = "inproc://viz.tap.inbox";

// Which streams are tapped. An untapped stream costs its sender one relaxed load.
struct TapSwitch {
    explicit TapSwitch(Metrics& metrics)
        : lost(metrics.counter("bus_tap_drops_total",
                               "Copies for the tap not made because its queue was full.")) {}

    bool wants(Stream stream) const {
        return (streams.load(std::memory_order_relaxed) >> static_cast<unsigned>(stream) & 1u) != 0;
    }

    std::atomic<std::uint32_t> streams{0}; // bit n: the stream of that number
    Counter& lost;
};

// The subscriptions of a PUB/SUB stream's receivers in this process. A closed receiver still
// counts: no other receiver gets its messages. Thread-safe.
class Subscriptions {
  public:
    void add(std::vector<std::string> topics) {
        const std::scoped_lock lock(mutex_);
        receivers_.push_back(std::move(topics));
    }
    // How many receivers a message of the topic goes to.
    std::uint64_t matching(std::string_view topic) const {
        const std::scoped_lock lock(mutex_);
        return static_cast<std::uint64_t>(std::ranges::count_if(receivers_, [&](const auto& each) {
            return each.empty() || std::ranges::any_of(each, [&](const auto& prefix) {
                       return topic.starts_with(prefix);
                   });
        }));
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::vector<std::string>> receivers_;
};

struct BusState {
    BusState(Metrics& metrics_in, const Clock& clock_in, EndpointTable endpoints_in)
        : metrics(metrics_in), clock(clock_in), endpoints(std::move(endpoints_in)), context(1),
          tap(metrics_in) {
        context.set(zmq::ctxopt::max_sockets, 4096);
        for (const auto& spec : kTopology) {
            const auto i = static_cast<std::size_t>(spec.stream);
            stats[i] = std::make_unique<StreamStats>(metrics, spec);
            capacity[i] = spec.high_water_mark;
        }
    }

    Subscriptions& subscriptions_of(Stream s) { return subscriptions[static_cast<std::size_t>(s)]; }
    StreamStats& stats_of(Stream s) { return *stats[static_cast<std::size_t>(s)]; }
    std::int64_t capacity_of(Stream s) const {
        return capacity[static_cast<std::size_t>(s)].load(std::memory_order_relaxed);
    }

    Metrics& metrics;
    const Clock& clock;
    EndpointTable endpoints;
    zmq::context_t context;
    std::array<std::unique_ptr<StreamStats>, kStreamCount> stats;
    std::array<std::atomic<std::int64_t>, kStreamCount> capacity{};
    std::array<Subscriptions, kStreamCount> subscriptions;
    std::atomic<bool> stopping{false};
    TapSwitch tap;
};

} // namespace viz::bus::detail
