// Receives what a chain's session finds. The component implements it with sockets and metrics,
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
    fresh,     // forwarded to decode
    duplicate, // its body was already forwarded
    dropped,   // counted by its DropReason
};
std::string_view to_string(Outcome outcome); // "new", "duplicate", "dropped"

class ChainSink {
  public:
    virtual ~ChainSink() = default;

    virtual Delivery deliver(const bus::PendingTx& transaction) = 0;
    // Backfill waits while decode is busy: live transactions come first.
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
    // Any other fault of a node, by a stable text: "not_json", "http_429", "null_block", …
    virtual void count_fault(std::string_view kind) = 0;
    // The number of bodies being fetched changed.
    virtual void fetching(std::size_t unfinished) = 0;
};

} // namespace viz::ingest
