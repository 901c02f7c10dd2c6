// How two processes agree on what has arrived, without sockets or clock. An exporter sends a
// stream's messages numbered in a flow of its own for each importer, and says in offers how far it
// has sent; the importer says hello now and then: who it is, how far messages have arrived, how
// many of them never did, and up to where they have been dealt with. So the exporter knows at any
// time who is there, how much is under way, and, when one goes, how many messages at most went
// with it. It alone counts: what a process that ends had counted would be gone.
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

// Messages sent to an importer and not yet confirmed; beyond it the importer is full.
inline constexpr std::uint64_t kBridgeWindow = 8192;
// An importer that has not been heard of for so long is gone.
inline constexpr std::int64_t kBridgeSilenceNs = 2'000'000'000;

struct Hello {
    std::uint16_t schema_version{};
    std::uint64_t incarnation{};         // of the importer: another one after each start
    std::uint64_t flow{};                // the one that the numbers are of; 0: none yet
    std::uint64_t number{};              // up to here all are dealt with, or missing
    std::uint64_t arrived{};             // the last message that has come, or should have
    std::uint64_t missing{};             // of those, how many never came
    std::vector<std::string> components; // that take the stream there
};
std::string encode(const Hello& hello);
std::optional<Hello> parse_hello(std::string_view text);

// What an exporter that connects says first, so that the importer knows where to answer; and what
// every exporter says now and then while something is under way: whatever it has sent before and
// has not come by then never will.
struct Offer {
    std::uint16_t schema_version{};
    std::uint64_t flow{}; // that it has begun for the importer; 0: none yet
    std::uint64_t sent{}; // its last number
};
std::string encode(const Offer& offer);
std::optional<Offer> parse_offer(std::string_view text);

// A message kept for whom it could not be sent yet. Shared between all who wait for it.
struct QueuedMessage {
    std::string topic;
    std::array<std::uint8_t, kHeaderSize> header;
    Payload payload;
    std::uint64_t place{}; // in the stream: how many messages have come, this one included

    std::size_t bytes() const { return sizeof(QueuedMessage) + topic.size() + payload.size(); }
};
using QueuedMessagePtr = std::shared_ptr<const QueuedMessage>;

// What waits for one importer, oldest first and bounded: the oldest give way.
class Backlog {
  public:
    static constexpr std::size_t kMaxQueuedMessages = 65'536;
    static constexpr std::size_t kMostBytes = 64u << 20;

    // Answers how many gave way.
    std::uint64_t push(QueuedMessagePtr parcel);
    const QueuedMessage& front() const { return *queued_.front(); }
    void pop();
    bool empty() const { return queued_.empty(); }
    std::size_t size() const { return queued_.size(); }

  private:
    std::deque<QueuedMessagePtr> queued_;
    std::size_t bytes_{};
};

// The exporter's view.
class Importers {
  public:
    struct Importer {
        std::string address; // whatever the socket routes by
        std::set<std::string> components;
        std::uint64_t flow{};
        std::uint64_t sent{};
        std::uint64_t arrived{};
        std::uint64_t missing{};
        std::uint64_t confirmed{};
        std::int64_t heard_ns{};
        std::int64_t offered_ns{};
        Backlog waiting; // of a stream that goes to all: sent before anything new
        std::deque<std::uint64_t> under_way; // not arrived: their places in the stream

        void has_been_sent(std::uint64_t place) {
            ++sent;
            under_way.push_back(place);
        }
        bool has_room() const { return sent - confirmed < kBridgeWindow; }
    };

    // `first_flow`: flows are numbered from here; never reused by another life of this process.
    // `each_to_one`: any number of importers share the messages. Else all get all of them, and a
    // component is in one process at a time: the last to say hello of it, since the one before may
    // have died without a word.
    Importers(std::uint64_t first_flow, bool each_to_one)
        : next_flow_(first_flow), each_to_one_(each_to_one) {}

    struct Heard {
        bool welcome{true};   // false: its components have moved to a later process
        std::uint64_t lost{}; // under way to those that it has superseded
        std::uint64_t cut{};  // now known to have been swallowed by a broken connection
    };
    // An importer that is new gets what has waited for its components. It supersedes the one that
    // had them before, and whoever had its address.
    Heard hear(const std::string& address, const Hello& hello, std::int64_t now_ns);
    // Both let go and answer how many messages went along unconfirmed: who cannot be sent to any
    // more, and all who are silent. What had not been sent waits for their components.
    std::uint64_t let_go(const Importer& importer);
    std::uint64_t expire(std::int64_t now_ns);
    // All go, and what waits for anybody is given up.
    struct Left {
        std::uint64_t unconfirmed{};
        std::uint64_t waiting{};
    };
    Left close();

    // Keeps a message for each of `components` that is not there; answers how many older ones
    // gave way.
    std::uint64_t keep(const std::set<std::string>& components, const QueuedMessagePtr& parcel);

    // For streams of which each message goes to one: the next in turn that has room, or null.
    Importer* next();
    std::map<std::uint64_t, Importer>& all() { return importers_; } // by incarnation
    bool any_room() const;
    // The oldest place in the stream that has not arrived with all who are to have it; none: all.
    std::optional<std::uint64_t> oldest_not_arrived() const;
    // Components of importers that are there.
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

// The importer's view: how far it has come in each flow.
class InboundFlows {
  public:
    // An exporter begins a new flow for us when it has let us go, and has counted what was under
    // way in the one before: of that nothing is taken any more, so that what comes stays in order.
    bool over(std::uint64_t flow) const;
    // Whether it is to be passed on: it has not been already, and has not been counted as missing.
    bool fresh(std::uint64_t flow, std::uint64_t number) const;
    // It has been handed on: only from then on has it arrived. What lacks before it is missing.
    void taken(std::uint64_t flow, std::uint64_t number);
    // All up to `number` had been sent before: what lacks is missing.
    void sent(std::uint64_t flow, std::uint64_t number);
    // The last that arrived or is missing; 0: none.
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

    // Last used last: flows end with the exporter or the connection, of which nobody tells.
    std::vector<InboundFlow> flows_;
};

// What an exporter knows of its stream's past: up to which time all that was sent within the
// process has left it. Has left what has arrived in the other process or was counted as lost. Who
// takes nothing for longer than our patience is not waited for until it has taken all: a stuck
// process may not hold up those that feed this one.
class UnacknowledgedTracker {
  public:
    explicit UnacknowledgedTracker(std::int64_t patience_ns) : patience_ns_(patience_ns) {}

    // At `now_ns` or later the stream's queue was found empty, or not, after so many messages in
    // all; `oldest` is the place of the oldest of those that has not arrived; none: all have.
    // Answers the time.
    std::int64_t look(std::int64_t now_ns, bool empty, std::uint64_t messages,
                      std::optional<std::uint64_t> oldest);

  private:
    // The queue was empty from the one time to the other, after so many messages.
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

// What an importer may confirm: a message that its consumers have dealt with, once what they made
// of it has left the process. Else it would be lost with the process and nobody would count it.
class Confirmations {
  public:
    // All up to `number` were dealt with at `now_ns`. True when that is news.
    bool dealt_with(std::uint64_t number, std::int64_t now_ns);
    // The number that may be confirmed when all that was sent until then has left.
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
