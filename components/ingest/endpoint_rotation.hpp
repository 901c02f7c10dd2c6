// Which endpoint of a chain is in use, in what state, and when to try the next one. One machine
// drives one connection; in fanout mode each endpoint has a machine of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bus/messages.hpp"
#include "components/ingest/node_link.hpp"
#include "components/ingest/reasons.hpp"
#include "components/ingest/time_source.hpp"

namespace viz::ingest {

class EndpointRotation {
  public:
    struct Limits {
        std::uint32_t endpoint_count{1};
        Millis silence{20'000};
        Millis backoff{250};
        Millis backoff_max{30'000};
        Millis healthy_after{10'000};
    };
    EndpointRotation(Limits limits, Random random, Mono start);

    void connecting();
    // Subscriptions acknowledged.
    void subscribed(Mono now);
    // Any message from the node.
    void heard(Mono now) { last_heard_ = now; }
    void heard_pending(eth::UnixMs wall) { last_pending_ = wall; }

    // The connection ended or was never made. Returns how long to wait before connecting again. The
    // delays are reset by a session that lived long enough.
    Millis failed(LinkError error, Mono now);
    // Moves to the next endpoint; with only one, nothing changes.
    void rotate();

    // True when a subscribed endpoint was silent for the limit: call failed(silent).
    bool silent(Mono now) const;

    bus::EndpointState state() const { return state_; }
    std::uint32_t index() const { return index_; }
    bool live() const { return state_ == bus::EndpointState::subscribed; }
    std::string last_error() const;
    std::uint64_t rotations() const { return rotations_; }
    std::uint64_t disconnects() const { return disconnects_; }
    eth::UnixMs last_pending() const { return last_pending_; }
    // Time without a live subscription since start, the present outage included.
    Millis blind(Mono now) const;
    // Length of the outage that ended with the last subscribed().
    Millis last_outage() const { return last_outage_; }

  private:
    Limits limits_;
    Random random_;
    bus::EndpointState state_{bus::EndpointState::booting};
    std::uint32_t index_{};
    std::uint32_t failures_{}; // in a row
    std::optional<LinkError> last_error_;
    std::uint64_t rotations_{};
    std::uint64_t disconnects_{};
    eth::UnixMs last_pending_{};
    Mono last_heard_{};
    Mono live_since_{};
    Mono blind_since_{};
    Mono blind_before_{};
    Millis last_outage_{};
};

} // namespace viz::ingest
