// The other side of bus/tap.hpp: what viz-tap listens with.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/endpoint.hpp"
#include "bus/message.hpp"

namespace viz::bus {

// A message as it came, with the parts of its topic looked at when needed.
struct TapMessage {
    std::string topic;
    Header header;
    Payload payload;
};

// How many messages of one stream a listener that takes all of it has missed, from the numbers in
// the headers: each producer counts its own.
class SequenceGaps {
  public:
    // What was missed just before this message; 0 for a producer's first, or one begun anew.
    std::uint64_t note(std::string_view stream, const Header& header);
    std::uint64_t total() const { return total_; }

  private:
    std::map<std::string, std::uint64_t> last_; // by stream and producer
    std::uint64_t total_{};
};

class TapClient {
  public:
    // `prefixes` of topics: "tx.", "events.TxSeen.", "" for everything. Throws EndpointError when
    // nobody listens at the endpoint or we may not connect.
    TapClient(const Endpoint& endpoint, const std::vector<std::string>& prefixes);
    ~TapClient();
    TapClient(const TapClient&) = delete;
    TapClient& operator=(const TapClient&) = delete;

    // Nothing when none came within `wait`, or a signal came. Messages of another schema version
    // or shape are counted and skipped.
    std::optional<TapMessage> next(std::chrono::milliseconds wait);
    std::uint64_t refused() const { return refused_; }

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::uint64_t refused_{};
};

} // namespace viz::bus
