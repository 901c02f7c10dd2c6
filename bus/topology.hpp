// The single table of streams: producer, consumers, and what happens when a queue is full. The
// runtime makes every socket from it; a component moves to another process by giving its streams
// another endpoint.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "bus/endpoint.hpp"

namespace viz::bus {

enum class Stream : std::uint8_t {
    pending,
    tx,
    chain,
    query,
    feature,
    candidate,
    simulated,
    journal,
    events,
    verdict,
};
inline constexpr std::size_t kStreamCount = 10;

enum class Pattern : std::uint8_t {
    push_pull, // each message to one receiver
    pub_sub,   // each message to every receiver
};

enum class WhenFull : std::uint8_t {
    drop_counted,  // send returns at once; the caller counts the drop with its reason
    back_pressure, // send waits until there is capacity or the bus stops
    lossy,         // a slow subscriber loses messages and sees it in the sequence numbers
};

struct StreamSpec {
    Stream stream;
    std::string_view name;
    Pattern pattern;
    bool producer_binds; // the side with a single process binds; the other connects
    WhenFull when_full;
    int high_water_mark; // messages per connection and side
    std::string_view from;
    std::string_view to;
};

// `query` carries lifecycle's queries to the node (account nonces, presence of a transaction),
// answered on `chain`; and the bodies that decode rejected, so that ingest penalizes the source and
// asks another. Only ingest talks to nodes. `verdict` carries lifecycle's replaced and dropped
// transactions directly, without the delay of the record that `events` has.
inline constexpr std::array<StreamSpec, kStreamCount> kTopology{{
    {Stream::pending, "pending", Pattern::push_pull, true, WhenFull::drop_counted, 16384, "ingest",
     "decode"},
    {Stream::tx, "tx", Pattern::pub_sub, true, WhenFull::back_pressure, 8192, "decode",
     "lifecycle,features,search,sim"},
    {Stream::chain, "chain", Pattern::pub_sub, true, WhenFull::back_pressure, 8192, "ingest",
     "lifecycle,features,search,sim,builder,http"},
    {Stream::query, "query", Pattern::push_pull, false, WhenFull::drop_counted, 4096,
     "lifecycle,decode", "ingest"},
    {Stream::feature, "feature", Pattern::pub_sub, true, WhenFull::back_pressure, 8192, "features",
     "search,sim"},
    {Stream::candidate, "candidate", Pattern::push_pull, true, WhenFull::drop_counted, 4096,
     "search", "sim"},
    {Stream::simulated, "simulated", Pattern::pub_sub, true, WhenFull::back_pressure, 8192, "sim",
     "builder,search"},
    {Stream::journal, "journal", Pattern::push_pull, false, WhenFull::drop_counted, 65536,
     "every component", "storage"},
    {Stream::events, "events", Pattern::pub_sub, true, WhenFull::lossy, 65536, "storage",
     "http,tap"},
    {Stream::verdict, "verdict", Pattern::pub_sub, true, WhenFull::back_pressure, 8192, "lifecycle",
     "search"},
}};

// Within one process a queue that drops is full also at this many bytes of payloads.
inline constexpr std::int64_t kMostQueuedBytes = std::int64_t{128} << 20;

constexpr const StreamSpec& spec_of(Stream stream) {
    return kTopology[static_cast<std::size_t>(stream)];
}
constexpr std::string_view to_string(Stream stream) {
    return spec_of(stream).name;
}
std::optional<Stream> stream_from_string(std::string_view name);

// Endpoint of every stream; `inproc://viz.<name>` unless configured otherwise.
class EndpointTable {
  public:
    const Endpoint& of(Stream stream) const { return endpoints_[static_cast<std::size_t>(stream)]; }
    void set(Stream stream, Endpoint endpoint) {
        endpoints_[static_cast<std::size_t>(stream)] = std::move(endpoint);
    }
    EndpointTable();

  private:
    std::array<Endpoint, kStreamCount> endpoints_;
};

} // namespace viz::bus
