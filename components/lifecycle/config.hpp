// What an operator may set about following transactions, with the defaults and their reasons.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace viz::lifecycle {

struct Config {
    // Blocks on top of the including one (itself not counted) until a confirmation is called
    // final. Ethereum's proof of stake finalises after two to three epochs of 32 slots.
    std::uint64_t finality_depth{64};
    // Newest blocks kept so that a reorganisation can be undone exactly. Not below finality_depth.
    std::uint64_t reorg_window{128};

    // Smallest increase, in 1/10000, of both fees with which a transaction displaces another of
    // the same sender and nonce; the rule of the nodes' pools. The second is for blob
    // transactions, where the blob fee must rise by it too.
    std::uint32_t fee_bump_bps{1'000};
    std::uint32_t blob_fee_bump_bps{10'000};

    // Transactions followed at once and not yet settled by a block. Beyond the limit some are
    // given up, with an event each.
    std::size_t max_per_sender{64};
    std::size_t max_transactions{200'000};
    // Hashes of transactions that became final and were forgotten, remembered so that a late
    // rebroadcast does not start a second life.
    std::size_t max_remembered_final{100'000};

    // A transaction not heard of for this long is asked for at the node.
    std::chrono::milliseconds absence_check_after{180'000};
    // A transaction the node denies during all of this time is dropped.
    std::chrono::milliseconds drop_after{180'000};
    // Upper bound of the growing pause between presence questions that keep getting "pending".
    std::chrono::milliseconds max_check_interval{1'800'000};

    // Questions to the node.
    std::size_t query_batch{100};       // addresses or hashes in one message
    std::size_t max_outstanding{1'000}; // addresses, and likewise hashes, not yet answered
    std::chrono::milliseconds retry_first{2'000}; // until an unanswered question is put again
    std::chrono::milliseconds retry_max{60'000};  // the pause doubles up to this
    // A sender with blocked transactions is asked again: its nonce can move without a
    // transaction of its own that we saw (EIP-7702, a delegated account creating a contract).
    std::chrono::milliseconds blocked_nonce_refresh{30'000};
};

enum class ConfigError : std::uint8_t {
    finality_exceeds_window,
    zero_limit,
    zero_interval,
};
std::string_view to_string(ConfigError error);

// Nothing when the configuration can work.
std::optional<ConfigError> check(const Config& config);

} // namespace viz::lifecycle
