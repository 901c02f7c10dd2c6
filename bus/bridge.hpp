// Streams that cross from one process to another. Components always speak inproc; where a stream
// has consumers in another process, an exporter takes it here and an importer there sends it on,
// header and all. What the other side is, does, or suffers can not slow the streams within a
// process:
//   - messages of a PUB stream are kept for the importer that is absent or does not keep up, within
//     the bounds of a Backlog; beyond them the oldest give way, counted as
//     bus_remote_lost_total{stream,reason="absent"|"full"};
//   - messages of a PUSH stream wait in the stream's own bounded queue until somebody has room;
//   - what goes down with a process or a connection is counted by the process that had sent it, as
//     "unconfirmed" or "cut". A message is confirmed when every consumer of it there has asked for
//     its next one (storage: when it is on the disk) and what they sent on to other processes has
//     arrived there. So, at any load, of what was given to a bridge:
//         taken + lost >= sent,    in order, and none twice.
//     It is an upper bound: a message whose confirmation was still under way counts as lost.
//     Not seen by it are: an exporter's own process that is killed, with what it had not sent (the
//     one before it counts that, if it took it from another process); what a consumer keeps for
//     itself after it has asked for the next (sim's queue, a read model); and what was made of a
//     message but was taken by nobody for `patience_ns`.
// Who speaks another schema version is refused and counted (bus_peers_refused_total), as is on tcp
// who does not hold the service's key.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bus/component.hpp"
#include "bus/curve.hpp"
#include "bus/socket.hpp"

namespace viz::bus {

// Which components of other processes have said hello, stream by stream. Thread-safe.
class PeerBoard {
  public:
    void set(Stream stream, std::set<std::string> components);
    // False when not all of them are there in time.
    bool wait_for(Stream stream, const std::set<std::string>& components,
                  std::chrono::milliseconds time);
    std::set<std::string> of(Stream stream) const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Stream, std::set<std::string>> present_;
};

struct BridgeContext {
    Metrics& metrics;
    const Clock& clock;
    PeerBoard& board;
    std::optional<CurveKey> key; // needed where an endpoint is tcp
    std::uint64_t incarnation;   // of this process: random, not 0
    // A message that was dealt with is not confirmed before what was made of it has arrived in
    // other processes. One that takes nothing for so long is not waited for.
    std::int64_t patience_ns{5'000'000'000};
};

struct BridgePlan {
    Stream stream;
    Endpoint endpoint;
    // Export: components of other processes that take the stream. Import: ours that take it.
    std::set<std::string> components;
};

// Makes the bridges of a process; they share one ZeroMQ context. Outlives what it made.
class BridgeHub {
  public:
    explicit BridgeHub(BridgeContext context);
    ~BridgeHub();
    BridgeHub(const BridgeHub&) = delete;
    BridgeHub& operator=(const BridgeHub&) = delete;

    // Tells who may connect to tcp endpoints; runs before any of the others. Null without a key.
    std::unique_ptr<Component> gatekeeper();
    // Bind or connect at once, as the topology says of the stream. Throw EndpointError, also for
    // tcp without a key.
    std::unique_ptr<Component> exporter(BridgePlan plan, Receiver from);
    std::unique_ptr<Component> importer(BridgePlan plan, Sender to);

    struct Net;

  private:
    std::shared_ptr<Net> net_;
};

} // namespace viz::bus
