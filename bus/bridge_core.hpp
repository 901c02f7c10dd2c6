// How two processes agree on what has arrived, without sockets or clock. An exporter sends a
// stream's messages numbered in a flow of its own for each importer; the importer says hello now
// and then: who it is, and how far it has come. So the exporter knows at any time who is there,
// how much is under way, and, when one goes, how many messages at most went with it.
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
    std::uint64_t flow{};                // the one that `number` is of; 0: none yet
    std::uint64_t number{};              // of the last message taken
    std::vector<std::string> components; // that take the stream there
};
std::string encode(const Hello& hello);
std::optional<Hello> parse_hello(std::string_view text);

// What an exporter that connects says first, so that the importer knows where to answer.
struct Offer {
    std::uint16_t schema_version{};
    std::uint64_t flow{}; // that it has begun for the importer; 0: none yet
};
std::string encode(const Offer& offer);
std::optional<Offer> parse_offer(std::string_view text);

// A message kept for whom it could not be sent yet. Shared between all who wait for it.
struct Parcel {
    std::string topic;
    std::array<std::uint8_t, kHeaderSize> header;
    Payload payload;

    std::size_t bytes() const { return sizeof(Parcel) + topic.size() + payload.size(); }
};
using ParcelPtr = std::shared_ptr<const Parcel>;

// What waits for one importer, oldest first and bounded: the oldest give way.
class Backlog {
  public:
    static constexpr std::size_t kMostParcels = 65'536;
    static constexpr std::size_t kMostBytes = 64u << 20;

    // Answers how many gave way.
    std::uint64_t push(ParcelPtr parcel);
    const Parcel& front() const { return *parcels_.front(); }
    void pop();
    bool empty() const { return parcels_.empty(); }
    std::size_t size() const { return parcels_.size(); }

  private:
    std::deque<ParcelPtr> parcels_;
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
        std::uint64_t confirmed{};
        std::int64_t heard_ns{};
        Backlog waiting; // of a stream that goes to all: sent before anything new

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
    };
    // An importer that is new gets what has waited for its components.
    Heard hear(const std::string& address, const Hello& hello, std::int64_t now_ns);
    // Both let go and answer how many messages went along unconfirmed: who cannot be sent to any
    // more, and all who are silent. What had not been sent waits for their components.
    std::uint64_t let_go(const Importer& importer);
    std::uint64_t expire(std::int64_t now_ns);

    // Keeps a message for each of `components` that is not there; answers how many older ones
    // gave way.
    std::uint64_t keep(const std::set<std::string>& components, const ParcelPtr& parcel);

    // For streams of which each message goes to one: the next in turn that has room, or null.
    Importer* next();
    std::map<std::uint64_t, Importer>& all() { return importers_; } // by incarnation
    bool any_room() const;
    // Components of importers that are there.
    std::set<std::string> present() const;

  private:
    bool welcome(const Hello& hello);
    std::uint64_t supersede(const Hello& hello);
    Backlog take_what_waits_for(const std::vector<std::string>& components);
    std::uint64_t part_with(std::map<std::uint64_t, Importer>::iterator importer);

    std::map<std::uint64_t, Importer> importers_;
    std::map<std::string, Backlog> kept_; // by component
    std::set<std::uint64_t> superseded_;
    std::uint64_t next_flow_;
    bool each_to_one_;
    std::uint64_t last_turn_{};
};

// The importer's view: how far it has come in each flow.
class Inflows {
  public:
    struct Verdict {
        bool fresh{};         // to be passed on; else it has been already
        std::uint64_t lost{}; // missing just before it
    };
    Verdict judge(std::uint64_t flow, std::uint64_t number) const;
    // It has been handed on: only from then on is it confirmed.
    void taken(std::uint64_t flow, std::uint64_t number);
    // Of the last message taken of a flow; 0: none.
    std::uint64_t number(std::uint64_t flow) const;

  private:
    // Newest last: flows end with the exporter or the connection, of which nobody tells.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> flows_;
};

} // namespace viz::bus
