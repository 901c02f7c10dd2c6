// A token bucket per API key. Thread-safe; time comes in.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::http {

class RateLimiter {
  public:
    // A key may spend `per_minute` requests at once and gets them back evenly over a minute.
    // 0: no limit.
    RateLimiter(std::size_t keys, std::uint32_t per_minute);

    // 0 when the request may pass; else after how many seconds to try again (at least 1).
    std::uint32_t take(std::size_t key, eth::MonoNs now);

  private:
    struct Bucket {
        std::int64_t credit_ns; // time saved up; a request costs cost_ns_
        eth::MonoNs filled_at;
        bool used{};
    };

    std::int64_t cost_ns_;
    std::mutex mutex_;
    std::vector<Bucket> buckets_;
};

} // namespace viz::http
