// Configuration of ingest: plain values that the runtime fills at start.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::ingest {

struct EndpointConfig {
    std::string ws_url;    // ws:// or wss://
    std::string http_url;  // http:// or https://
    std::string source_id; // fanout only; empty: the chain's source_id, "#", the endpoint's index
};

enum class ChainMode : std::uint8_t {
    rotate, // one endpoint at a time, the next one when it fails
    fanout, // all endpoints at once, each a source of its own; heads from the first live one
};

struct ChainConfig {
    std::string chain_key;
    eth::ChainId chain_id;
    std::string source_id;
    std::vector<EndpointConfig> endpoints;
    ChainMode mode{ChainMode::rotate};
};

struct IngestConfig {
    std::vector<ChainConfig> chains;

    // Hashes remembered per chain to recognise repeats.
    std::size_t max_seen_hashes{10'000};

    // Lookups of bodies and answers to queries over HTTP.
    std::size_t rpc_batch_size{32};
    std::size_t rpc_max_in_flight{4}; // batches
    std::uint32_t rpc_retry_attempts{2};
    std::chrono::milliseconds rpc_retry_backoff{100};
    std::chrono::milliseconds rpc_batch_flush{40};
    std::size_t rpc_queue_capacity{8192}; // hashes waiting, per endpoint slot

    // After this long without any message the endpoint is abandoned.
    std::chrono::milliseconds silence_limit{20'000};

    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds request_timeout{15'000};
    // Of one WebSocket message and of one HTTP body. geth's own limit is 32 MiB.
    std::size_t max_message_bytes{32u << 20};

    // Delay before connecting again: doubled per failed round over all endpoints, jittered,
    // reset by a session that lived for `healthy_after`.
    std::chrono::milliseconds reconnect_backoff{250};
    std::chrono::milliseconds reconnect_backoff_max{30'000};
    std::chrono::milliseconds healthy_after{10'000};

    // This many unreadable messages within the window and the endpoint is abandoned.
    std::uint32_t malformed_limit{20};
    std::chrono::milliseconds malformed_window{10'000};

    // Recent canonical headers kept: the deepest reorg that can be followed.
    std::size_t head_window{128};
    // The longest gap in block numbers that is filled after an outage.
    std::size_t catch_up_limit{256};

    // A PEM file of further trusted authorities, besides the system's.
    std::string tls_ca_file;
};

// The first error of the configuration as one line that names the key; nothing when it is valid.
std::optional<std::string> validate(const IngestConfig& config);

// The source id of an endpoint, as in every record.
std::string source_id_of(const ChainConfig& chain, std::size_t endpoint_index);

// The previous run's state, so that a restart neither forgets nor repeats.
struct SeenSeed {
    eth::Hash hash;
    eth::UnixMs first_seen_unix_ms;
    std::vector<std::string> source_ids; // whose TxSeen is recorded already
};
struct HeadSeed {
    eth::BlockNumber number;
    eth::Hash hash;
    eth::Hash parent_hash;
};
struct ChainRecovery {
    eth::ChainId chain_id;
    std::vector<SeenSeed> seen;  // oldest first
    std::vector<HeadSeed> heads; // canonical, consecutive, oldest first
};

} // namespace viz::ingest
