// What http asks of the record beyond the read model's window. The runtime gives it an
// implementation over storage's read-only connections; http never links storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/messages.hpp"

namespace viz::http {

struct EventQuery {
    std::uint64_t after{};
    std::vector<bus::EventType> types; // empty: all
    std::optional<bus::ChainId> chain_id;
    std::size_t limit{1000};
};

// All recorded about one transaction, folded.
struct TransactionRecord {
    struct Source {
        std::string source_id;
        bus::UnixMs first_seen_unix_ms;
    };
    bus::Hash hash;
    bus::ChainId chain_id;
    bus::UnixMs first_seen_unix_ms;
    std::vector<Source> sources; // in order of first seen
    std::optional<bus::TxDecoded> decoded;
    std::optional<bus::Feature> feature;
    std::string lifecycle_status{"pending"};
    std::string lifecycle_reason;
    bus::UnixMs lifecycle_updated_unix_ms;
    std::optional<bus::BlockNumber> included_block;
    std::optional<std::int64_t> inclusion_delay_ms;
};

// Thread-safe. Answers from committed data only.
class History {
  public:
    virtual ~History() = default;
    // Ascending, seq_id > after, at most `limit`.
    virtual std::vector<bus::Envelope> events(const EventQuery& query) = 0;
    virtual std::optional<TransactionRecord> transaction(const bus::Hash& hash) = 0;
    virtual std::uint64_t latest_seq_id() = 0;
    virtual std::uint64_t oldest_seq_id() = 0; // 0: the log is empty
};

} // namespace viz::http
