#include "http/rate_limit.hpp"

#include <algorithm>

namespace viz::http {

namespace {
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kMinuteNs = 60 * kSecondNs;
} // namespace

RateLimiter::RateLimiter(std::size_t keys, std::uint32_t per_minute)
    : cost_ns_(per_minute == 0 ? 0 : kMinuteNs / per_minute),
      buckets_(keys, Bucket{.credit_ns = cost_ns_ * per_minute, .filled_at = {}}) {}

std::uint32_t RateLimiter::take(std::size_t key, eth::MonoNs now) {
    if (cost_ns_ == 0) return 0;
    const std::lock_guard lock(mutex_);
    auto& bucket = buckets_.at(key);
    if (bucket.used) {
        const auto passed = std::max<std::int64_t>(0, now.value - bucket.filled_at.value);
        const auto full = kMinuteNs / cost_ns_ * cost_ns_;
        bucket.credit_ns = std::min(full, bucket.credit_ns + std::min(passed, kMinuteNs));
    }
    bucket.used = true;
    bucket.filled_at = now;
    if (bucket.credit_ns >= cost_ns_) {
        bucket.credit_ns -= cost_ns_;
        return 0;
    }
    const auto missing = cost_ns_ - bucket.credit_ns;
    return static_cast<std::uint32_t>((missing + kSecondNs - 1) / kSecondNs);
}

} // namespace viz::http
