// What exporter and importer share. Private to bus/.
//
// On the wire, after the address where a ROUTER routes by one:
//   "hello …" or "offer …"      one frame, bus/bridge_core.hpp
//   flow and number (16 bytes, little-endian), topic, header, payload: a message
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "bus/bridge.hpp"
#include "bus/bridge_core.hpp"

namespace viz::bus {

struct BridgeHub::Net {
    explicit Net(BridgeContext context_in) : given(std::move(context_in)), context(1) {}

    BridgeContext given;
    zmq::context_t context;
};

namespace detail {

using NetPtr = std::shared_ptr<BridgeHub::Net>;

inline constexpr std::chrono::milliseconds kBridgeTurn{50};
inline constexpr std::int64_t kHelloEveryNs = 200'000'000;

using Placed = std::array<std::uint8_t, 16>; // flow and number
Placed place(std::uint64_t flow, std::uint64_t number);
struct Place {
    std::uint64_t flow{};
    std::uint64_t number{};
};
Place place_of(const zmq::message_t& frame); // of 16 bytes

// A bound or connected socket of a stream that leaves the process, and who was turned away.
class BridgeSocket {
  public:
    BridgeSocket(NetPtr net, const BridgePlan& plan, bool binds);

    zmq::socket_t& socket() { return socket_; }
    bool routes() const { return binds_; } // a ROUTER: messages carry the other's address

    struct Message {
        std::string address;
        std::vector<zmq::message_t> frames;
    };
    // One that waits; nothing when none does.
    std::optional<Message> receive();
    // False when the other side cannot be reached now.
    bool send_text(const std::string& address, const std::string& text);
    bool send_message(const std::string& address, const Placed& where, std::string_view topic,
                      PayloadView header, PayloadView payload);

    void count_refused(const char* reason);
    // Connections that came to nothing since last asked, counted.
    void watch_handshakes();

  private:
    bool send_address(const std::string& address);
    void secure(const BridgePlan& plan);
    void start_monitor();

    NetPtr net_;
    std::string stream_;
    bool binds_;
    zmq::socket_t socket_;
    zmq::socket_t monitor_;
    int unfinished_{}; // connections accepted whose handshake is neither done nor failed
};

} // namespace detail

} // namespace viz::bus
