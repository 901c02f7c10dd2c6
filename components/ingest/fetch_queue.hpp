// Bodies to be looked up because the announcement carried only a hash.
#pragma once

#include "components/ingest/batch_queue.hpp"
#include "components/ingest/config.hpp"

namespace viz::ingest {

struct WantedBody {
    eth::Hash hash;
    eth::UnixMs first_wall;
    eth::MonoNs first_mono;
    bool backfilled{};
};

using FetchQueue = BatchQueue<WantedBody>;

inline BatchLimits fetch_limits(const IngestConfig& config) {
    return {.batch_size = config.rpc_batch_size,
            .max_in_flight = config.rpc_max_in_flight,
            .capacity = config.rpc_queue_capacity,
            .retry_attempts = config.rpc_retry_attempts,
            .retry_backoff = config.rpc_retry_backoff,
            .flush = config.rpc_batch_flush};
}

} // namespace viz::ingest
