// The client of bus/tap.hpp, used by viz-tap.
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

// A received message; the parts of its topic are parsed on demand.
struct TapMessage {
    std::string topic;
    Header header;
    Payload payload;
};

// Counts the messages of one stream that a client subscribed to all of it has missed, from the
// headers' numbers: each producer counts separately.
class SequenceGaps {
  public:
    // The number missed just before this message; 0 for a producer's first message or a restarted
    // sequence.
    std::uint64_t note(std::string_view stream, const Header& header);
    std::uint64_t total() const { return total_; }

  private:
    std::map<std::string, std::uint64_t> last_; // by stream and producer
    std::uint64_t total_{};
};

class TapClient {
  public:
    // `prefixes` of topics: "tx.", "events.TxSeen.", "" for all. Throws EndpointError when no
    // process listens at the endpoint or permission is denied.
    TapClient(const Endpoint& endpoint, const std::vector<std::string>& prefixes);
    ~TapClient();
    TapClient(const TapClient&) = delete;
    TapClient& operator=(const TapClient&) = delete;

    // std::nullopt when no message arrives within `wait`, or on a signal. Messages with another
    // schema version or format are counted and skipped.
    std::optional<TapMessage> next(std::chrono::milliseconds wait);
    std::uint64_t refused() const { return refused_; }

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::uint64_t refused_{};
};

} // namespace viz::bus
