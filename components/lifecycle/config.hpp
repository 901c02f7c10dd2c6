// Settings for tracking transactions, with defaults and their reasons.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace viz::lifecycle {

struct Config {
    // Number of blocks after the including block until a confirmation is reported as final.
    // Ethereum's proof of stake finalises after two to three epochs of 32 slots.
    std::uint64_t finality_depth{64};
    // Number of newest blocks kept, so that a reorganisation can be reverted exactly. Not below
    // finality_depth.
    std::uint64_t reorg_window{128};

    // Minimum increase, in 1/10000, of both fees with which a transaction replaces another of the
    // same sender and nonce, as in the nodes' pools. The second value is for blob transactions,
    // whose blob fee must also rise by it.
    std::uint32_t fee_bump_bps{1'000};
    std::uint32_t blob_fee_bump_bps{10'000};

    // Maximum transactions tracked and not yet settled by a block. Beyond the limit some are
    // evicted, with an event each.
    std::size_t max_per_sender{64};
    std::size_t max_transactions{200'000};
    // Maximum remembered hashes of final, evicted transactions, so that a late rebroadcast is not
    // tracked again.
    std::size_t max_remembered_final{100'000};

    // The node is queried about a transaction without news for this long.
    std::chrono::milliseconds absence_check_after{180'000};
    // A transaction is dropped when the node reports it as absent for this long.
    std::chrono::milliseconds drop_after{180'000};
    // Upper limit of the growing interval between presence queries that are answered with
    // "pending".
    std::chrono::milliseconds max_check_interval{1'800'000};

    // Queries to the node.
    std::size_t query_batch{100};       // addresses or hashes per message
    std::size_t max_outstanding{1'000}; // addresses, and separately hashes, without an answer
    std::chrono::milliseconds retry_first{2'000}; // until an unanswered query is repeated
    std::chrono::milliseconds retry_max{60'000};  // upper limit of the doubling interval
    // Interval for querying the nonce of a sender with blocked transactions again: it can change
    // without a transaction from that sender that we saw (EIP-7702, a delegated account creating a
    // contract).
    std::chrono::milliseconds blocked_nonce_refresh{30'000};
};

enum class ConfigError : std::uint8_t {
    finality_exceeds_window,
    zero_limit,
    zero_interval,
};
std::string_view to_string(ConfigError error);

// Returns nullopt when the configuration is valid.
std::optional<ConfigError> check(const Config& config);

} // namespace viz::lifecycle
