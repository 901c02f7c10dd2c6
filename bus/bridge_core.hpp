// The delivery protocol between two processes, without sockets or clock. For each importer an
// exporter sends a stream's messages numbered in a separate flow, and reports in offers the last
// number sent. The importer sends hello messages periodically: its identity, the last number that
// arrived, how many are missing, and the last number processed. So the exporter always knows which
// importers are connected, how many messages are in flight, and, when an importer disappears, how
// many messages at most were lost with it. Only the exporter counts losses: counts of a process
// that ends would be lost.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bus/codec.hpp"
#include "bus/message.hpp"

namespace viz::bus {

// Messages sent to an importer and not yet confirmed; at this number the importer is full.
inline constexpr std::uint64_t kBridgeWindow = 8192;
// An importer that has sent nothing for this long is treated as gone.
inline constexpr std::int64_t kBridgeSilenceNs = 2'000'000'000;

struct Hello {
    std::uint16_t schema_version{};
    std::uint64_t incarnation{};         // of the importer: a new one after each start
    std::uint64_t flow{};                // of the numbers below; 0: none yet
    std::uint64_t number{};              // all messages up to here are processed or missing
    std::uint64_t arrived{};             // the last message that arrived or should have arrived
    std::uint64_t missing{};             // how many of those never arrived
    std::vector<std::string> components; // of the importer's process that receive the stream
};
std::string encode(const Hello& hello);
std::optional<Hello> parse_hello(std::string_view text);

// The first message of an exporter that connects, so that the importer knows where to answer. Every
// exporter repeats it periodically while messages are in flight: messages sent before it that have
// not arrived by then are lost.
struct Offer {
    std::uint16_t schema_version{};
    std::uint64_t flow{}; // begun for the importer; 0: none yet
    std::uint64_t sent{}; // last number sent
};
std::string encode(const Offer& offer);
std::optional<Offer> parse_offer(std::string_view text);

// A queued message that could not be sent yet. Shared between the queues of all importers that lack
// it.
struct QueuedMessage {
    std::string topic;
    std::array<std::uint8_t, kHeaderSize> header;
    Payload payload;
    std::uint64_t place{}; // in the stream: messages received so far, this one included

    std::size_t bytes() const { return sizeof(QueuedMessage) + topic.size() + payload.size(); }
};
using QueuedMessagePtr = std::shared_ptr<const QueuedMessage>;

// Queued messages of one importer, oldest first and bounded: the oldest are dropped.
class Backlog {
  public:
    static constexpr std::size_t kMaxQueuedMessages = 65'536;
    static constexpr std::size_t kMostBytes = 64u << 20;

    // Returns how many were dropped.
    std::uint64_t push(QueuedMessagePtr queued);
    const QueuedMessage& front() const { return *queued_.front(); }
    void pop();
    bool empty() const { return queued_.empty(); }
    std::size_t size() const { return queued_.size(); }

  private:
    std::deque<QueuedMessagePtr> queued_;
    std::size_t bytes_{};
};

// The exporter's state of its importers.
class Importers {
  public:
    struct Importer {
        std::string address; // the socket's routing address
        std::set<std::string> components;
        std::uint64_t flow{};
        std::uint64_t sent{};
        std::uint64_t arrived{};
        std::uint64_t missing{};
        std::uint64_t confirmed{};
        std::int64_t heard_ns{};
        std::int64_t offered_ns{};
        Backlog waiting;                     // of a PUB/SUB stream: sent before anything new
        std::deque<std::uint64_t> under_way; // not arrived: their places in the stream

        void has_been_sent(std::uint64_t place) {
            ++sent;
            under_way.push_back(place);
        }
        bool has_room() const { return sent - confirmed < kBridgeWindow; }
    };

    // `first_flow`: first flow number; not reused by another run of this process. `each_to_one`:
    // any number of importers share the messages. Otherwise each importer receives all of them, and
    // a component is in one process at a time: in the one that sent hello last, since the one
    // before may have died silently.
    Importers(std::uint64_t first_flow, bool each_to_one)
        : next_flow_(first_flow), each_to_one_(each_to_one) {}

    struct Heard {
        bool welcome{true};   // false: its components have moved to a later process
        std::uint64_t lost{}; // in flight to the importers it superseded
        std::uint64_t cut{};  // now known to be lost with a broken connection
    };
    // A new importer receives the messages queued for its components. It supersedes the importer
    // that had these components, and any importer with the same address.
    Heard hear(const std::string& address, const Hello& hello, std::int64_t now_ns);
    // Both remove importers and return how many unconfirmed messages were lost with them: let_go
    // one that cannot be reached, expire all that are silent. Unsent messages stay queued for their
    // components.
    std::uint64_t let_go(const Importer& importer);
    std::uint64_t expire(std::int64_t now_ns);
    // Removes all importers and drops all queued messages.
    struct Left {
        std::uint64_t unconfirmed{};
        std::uint64_t waiting{};
    };
    Left close();

    // Queues a message for each of `components` that is not connected; returns how many older
    // messages were dropped.
    std::uint64_t keep(const std::set<std::string>& components, const QueuedMessagePtr& queued);

    // For streams that send each message to one importer: the next one in turn with capacity, or
    // null.
    Importer* next();
    std::map<std::uint64_t, Importer>& all() { return importers_; } // by incarnation
    bool any_room() const;
    // The oldest place in the stream that has not arrived at all its importers; std::nullopt: all
    // have arrived.
    std::optional<std::uint64_t> oldest_not_arrived() const;
    // Components of connected importers.
    std::set<std::string> present() const;

  private:
    bool welcome(const Hello& hello);
    std::uint64_t supersede(const std::string& address, const Hello& hello);
    Backlog take_what_waits_for(const std::vector<std::string>& components);
    static std::uint64_t note(Importer& importer, const Hello& hello);
    std::uint64_t part_with(std::map<std::uint64_t, Importer>::iterator importer);

    std::map<std::uint64_t, Importer> importers_;
    std::map<std::string, Backlog> kept_; // by component
    std::set<std::uint64_t> superseded_;
    std::uint64_t next_flow_;
    bool each_to_one_;
    std::uint64_t last_turn_{};
};

// The importer's state: the position in each flow.
class InboundFlows {
  public:
    // True when a newer flow replaced this one. An exporter begins a new flow after it removed this
    // importer and counted its in-flight messages as lost; later messages of the old flow are
    // ignored to keep the order.
    bool over(std::uint64_t flow) const;
    // True when the message has to be passed on: it was neither passed on before nor counted as
    // missing.
    bool fresh(std::uint64_t flow, std::uint64_t number) const;
    // Records a message as passed on, which makes it arrived. Numbers before it that were not seen
    // are missing.
    void taken(std::uint64_t flow, std::uint64_t number);
    // All numbers up to `number` were sent before now: those not seen are missing.
    void sent(std::uint64_t flow, std::uint64_t number);
    // The last number that arrived or is missing; 0: none.
    std::uint64_t number(std::uint64_t flow) const;
    std::uint64_t missing(std::uint64_t flow) const;

  private:
    struct InboundFlow {
        std::uint64_t flow{};
        std::uint64_t number{};
        std::uint64_t missing{};
    };
    const InboundFlow* find(std::uint64_t flow) const;
    InboundFlow& at(std::uint64_t flow);

    // Most recently used last. Flows end with the exporter or the connection, and neither is
    // reported.
    std::vector<InboundFlow> flows_;
};

// The time up to which all messages sent within the process have left it. A message has left when
// the other process acknowledged it or it was counted as lost. An importer that receives nothing
// for longer than the patience is not waited for until it has received everything: a stuck process
// must not block the processes that feed this one.
class UnacknowledgedTracker {
  public:
    explicit UnacknowledgedTracker(std::int64_t patience_ns) : patience_ns_(patience_ns) {}

    // Records one look at the stream's queue at `now_ns` or later: whether it was empty, and how
    // many messages it had carried in all. `oldest` is the place of the oldest of those that has
    // not arrived; std::nullopt: all have. Returns the time.
    std::int64_t look(std::int64_t now_ns, bool empty, std::uint64_t messages,
                      std::optional<std::uint64_t> oldest);

  private:
    // The queue was empty between the two times, after this many messages.
    struct Seen {
        std::int64_t since_ns{};
        std::int64_t until_ns{};
        std::uint64_t messages{};
    };
    void note(std::int64_t now_ns, std::uint64_t messages);
    bool late(std::int64_t now_ns) const;

    std::int64_t patience_ns_;
    std::deque<Seen> seen_;
    std::optional<std::int64_t> not_empty_since_ns_;
    std::int64_t clear_until_ns_{};
    bool waits_no_more_{};
};

// Decides which messages an importer may confirm: those processed by its consumers whose results
// have left the process. Earlier confirmation would lose them, uncounted, with the process.
class Confirmations {
  public:
    // All up to `number` were processed at `now_ns`. Returns true when this is new.
    bool dealt_with(std::uint64_t number, std::int64_t now_ns);
    // The highest number that may be confirmed when everything sent before that time has left.
    std::uint64_t confirmable(std::int64_t clear_until_ns);

  private:
    struct Done {
        std::uint64_t number{};
        std::int64_t at_ns{};
    };
    std::deque<Done> done_;
    std::uint64_t confirmed_{};
};

} // namespace viz::bus
