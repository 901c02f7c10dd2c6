// Streams that cross from one process to another. Components always use inproc endpoints. Where a
// stream has consumers in another process, an exporter here forwards it and an importer there
// republishes it with its original header. The state of the other process never slows the streams
// within a process:
//   - messages of a PUB stream are kept for an importer that is absent or slow, within the bounds
//     of a Backlog; beyond them the oldest are dropped, counted as
//     bus_remote_lost_total{stream,reason="absent"|"full"};
//   - messages of a PUSH stream wait in the stream's own bounded queue until an importer has
//     capacity;
//   - messages lost with a process or a connection are counted by the process that sent them, as
//     "unconfirmed" or "cut". A message is confirmed when every consumer of it there has requested
//     its next one (storage: when it is on disk) and the results that it sent to other processes
//     have arrived there. So, at any load, for messages given to a bridge:
//         received + lost >= sent, in order, and none twice.
//     This is an upper bound: a message whose confirmation was still in flight counts as lost.
//     Not counted are: messages that a killed exporter process had not sent yet (the process before
//     it counts them if they came from there); messages that a consumer keeps internally after it
//     has requested the next one (sim's queue, a read model); and results of a message that no
//     consumer received for `patience_ns`.
// A process with another schema version is refused and counted (bus_peers_refused_total); so is, on
// tcp, a process without the service's key.
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

// Which components of other processes have sent hello, by stream. Thread-safe.
class PeerBoard {
  public:
    void set(Stream stream, std::set<std::string> components);
    // False when some of them have not connected within the time limit.
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
    std::optional<CurveKey> key; // required when an endpoint is tcp
    std::uint64_t incarnation;   // of this process: random, not 0
    // A processed message is confirmed only after its results have arrived in other processes. A
    // process that receives nothing for this long is not waited for.
    std::int64_t patience_ns{5'000'000'000};
};

struct BridgePlan {
    Stream stream;
    Endpoint endpoint;
    // Export: components of other processes that receive the stream. Import: components of this
    // process that receive it.
    std::set<std::string> components;
};

// Makes the bridges of a process; they share one ZeroMQ context. Must outlive the bridges it makes.
class BridgeHub {
  public:
    explicit BridgeHub(BridgeContext context);
    ~BridgeHub();
    BridgeHub(const BridgeHub&) = delete;
    BridgeHub& operator=(const BridgeHub&) = delete;

    // The ZAP handler that authenticates connections to tcp endpoints; start it before the bridges.
    // Null without a key.
    std::unique_ptr<Component> gatekeeper();
    // Bind or connect immediately, as the topology defines for the stream. Throw EndpointError,
    // also for tcp without a key.
    std::unique_ptr<Component> exporter(BridgePlan plan, Receiver from);
    std::unique_ptr<Component> importer(BridgePlan plan, Sender to);

    struct Net;

  private:
    std::shared_ptr<Net> net_;
};

} // namespace viz::bus
