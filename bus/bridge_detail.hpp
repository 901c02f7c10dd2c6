// What exporter and importer share. Private to bus/.
//
// On the wire, after the address where a ROUTER routes by one:
//   "hello2 …" or "offer2 …"                                   bus/bridge_core.hpp
//   0 (one byte), flow, number, length of the topic (8, 8 and 2 bytes, little-endian), topic,
//   header, payload                                            a message
// Each is one frame: libzmq's fair queue aborts the process when connections come and go between
// two frames of a message (seen with 4.3.4 when the other process is killed under load).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "bus/bridge.hpp"
#include "bus/bridge_core.hpp"

namespace viz::bus {

namespace detail {

// One stream's way out of the process: how far its exporter is, for the importers' threads.
class OutboundStream {
  public:
    OutboundStream();
    ~OutboundStream();
    OutboundStream(const OutboundStream&) = delete;
    OutboundStream& operator=(const OutboundStream&) = delete;

    // The exporter's side: `fd` becomes readable when somebody waits for its next turn.
    int fd() const { return fd_; }
    void heed();
    void clear_until(std::int64_t mono_ns) { clear_until_ns_.store(mono_ns); }
    void close() { clear_until(kClosed); }

    void ask();
    std::int64_t clear_until() const { return clear_until_ns_.load(); }

    static constexpr std::int64_t kClosed = std::numeric_limits<std::int64_t>::max();

  private:
    int fd_;
    std::atomic<bool> asked_{false};
    std::atomic<std::int64_t> clear_until_ns_{0};
};

// All of a process. Thread-safe.
class OutboundStreams {
  public:
    std::shared_ptr<OutboundStream> add();
    // All that was sent in this process before that time has left it, where it is to leave it.
    std::int64_t clear_until() const;
    // Has the exporters look soon.
    void ask();

  private:
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<OutboundStream>> streams_;
};

} // namespace detail

struct BridgeHub::Net {
    explicit Net(BridgeContext context_in) : given(std::move(context_in)), context(1) {}

    BridgeContext given;
    zmq::context_t context;
    detail::OutboundStreams outbound_streams;
};

namespace detail {

using NetPtr = std::shared_ptr<BridgeHub::Net>;

inline constexpr std::chrono::milliseconds kBridgeTurn{50};
inline constexpr std::int64_t kHelloEveryNs = 200'000'000;

// A message on its way. Views into the frame it was taken from.
struct NumberedMessage {
    std::uint64_t flow{};
    std::uint64_t number{};
    std::string_view topic;
    PayloadView header;
    PayloadView payload;
};
zmq::message_t pack(const NumberedMessage& freight);
// Nothing when it is no message, or too short for what it says.
std::optional<NumberedMessage> unpack(const zmq::message_t& frame);

// A bound or connected socket of a stream that leaves the process, and who was turned away.
class BridgeSocket {
  public:
    BridgeSocket(NetPtr net, const BridgePlan& plan, bool binds);

    zmq::socket_t& socket() { return socket_; }
    bool routes() const { return binds_; } // a ROUTER: messages carry the other's address

    struct Message {
        std::string address;
        zmq::message_t frame;
        bool one_frame{}; // else it is no message of ours
    };
    // One that waits; nothing when none does.
    std::optional<Message> receive();
    // False when the other side cannot be reached now.
    bool send(const std::string& address, zmq::message_t frame);
    bool send(const std::string& address, const std::string& greeting) {
        return send(address, zmq::message_t(greeting.data(), greeting.size()));
    }

    void count_refused(const char* reason);
    // Connections that came to nothing since last asked, counted.
    void watch_handshakes();

  private:
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
