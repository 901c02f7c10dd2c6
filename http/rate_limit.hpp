// A token bucket per API key. Thread-safe; the caller passes the time.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::http {

class RateLimiter {
  public:
    // A key may use `per_minute` requests at once and regains them evenly over a minute. 0: no
    // limit.
    RateLimiter(std::size_t keys, std::uint32_t per_minute);

    // 0 when the request may pass; otherwise the seconds until the next attempt (at least 1).
    std::uint32_t take(std::size_t key, eth::MonoNs now);

  private:
    struct Bucket {
        std::int64_t credit_ns; // accumulated time; a request costs cost_ns_
        eth::MonoNs filled_at;
        bool used{};
    };

    std::int64_t cost_ns_;
    std::mutex mutex_;
    std::vector<Bucket> buckets_;
};

} // namespace viz::http
