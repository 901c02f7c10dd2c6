// Where a chain's session puts what it finds. The shell implements it with sockets and metrics,
// tests with lists.
#pragma once

#include <cstdint>
#include <string_view>

#include "bus/messages.hpp"
#include "components/ingest/reasons.hpp"

namespace viz::ingest {

enum class Delivery : std::uint8_t { sent, full, closed };

// How an observation ended. received = fresh + duplicate + dropped + bodies being fetched.
enum class Outcome : std::uint8_t {
    fresh,     // went on to decode
    duplicate, // its body had gone on already
    dropped,   // counted by its DropReason
};
std::string_view to_string(Outcome outcome); // "new", "duplicate", "dropped"

class ChainSink {
  public:
    virtual ~ChainSink() = default;

    virtual Delivery deliver(const bus::PendingTx& transaction) = 0;
    // Backfill waits while decode is busy: it is not urgent, what comes live is.
    virtual bool room_for_backfill() const = 0;
    virtual void record(const bus::Envelope& entry) = 0;
    virtual void publish(const bus::Head& head) = 0;
    virtual void publish(const bus::Reorg& reorg) = 0;
    virtual void publish(const bus::EndpointStatus& status) = 0;
    virtual void publish(const bus::AccountNonce& nonce) = 0;
    virtual void publish(const bus::TxPresence& presence) = 0;

    virtual void count_received() = 0;
    virtual void count(Outcome outcome) = 0;
    virtual void count(DropReason reason) = 0;
    // Anything else a node did wrong, by a stable text: "not_json", "http_429", "null_block", …
    virtual void count_fault(std::string_view kind) = 0;
    // Bodies being fetched changed to so many.
    virtual void fetching(std::size_t unfinished) = 0;
};

} // namespace viz::ingest
