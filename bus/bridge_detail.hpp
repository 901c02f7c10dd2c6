// Shared by exporter and importer. Private to bus/.
//
// Frames, after the address where a ROUTER adds one:
//   "hello2 …" or "offer2 …"                                   bus/bridge_core.hpp
//   0 (one byte), flow, number, length of the topic (8, 8 and 2 bytes, little-endian), topic,
//   header, payload                                            a message
// Each message is one frame: libzmq's fair queue aborts the process when connections open and close
// between two frames of a message (seen with 4.3.4 when the other process is killed under load).
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

// An exporter's progress, read by the importers' threads.
class OutboundStream {
  public:
    OutboundStream();
    ~OutboundStream();
    OutboundStream(const OutboundStream&) = delete;
    OutboundStream& operator=(const OutboundStream&) = delete;

    // For the exporter: `fd` becomes readable when an importer waits for the exporter's next turn.
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

// All exporters of a process. Thread-safe.
class OutboundStreams {
  public:
    std::shared_ptr<OutboundStream> add();
    // Every message sent in this process before this time has left it, where it has to.
    std::int64_t clear_until() const;
    // Wakes the exporters.
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

// A numbered message. Views into the frame that it was read from.
struct NumberedMessage {
    std::uint64_t flow{};
    std::uint64_t number{};
    std::string_view topic;
    PayloadView header;
    PayloadView payload;
};
zmq::message_t pack(const NumberedMessage& numbered);
// std::nullopt when the frame is not a message or is shorter than its length fields say.
std::optional<NumberedMessage> unpack(const zmq::message_t& frame);

// A bound or connected socket of a stream that leaves the process, and its count of refused
// connections.
class BridgeSocket {
  public:
    BridgeSocket(NetPtr net, const BridgePlan& plan, bool binds);

    zmq::socket_t& socket() { return socket_; }
    bool routes() const { return binds_; } // a ROUTER: messages carry the peer's address

    struct Message {
        std::string address;
        zmq::message_t frame;
        bool one_frame{}; // false: not a message of this protocol
    };
    // The next queued message; std::nullopt when there is none.
    std::optional<Message> receive();
    // False when the peer cannot be reached now.
    bool send(const std::string& address, zmq::message_t frame);
    bool send(const std::string& address, const std::string& greeting) {
        return send(address, zmq::message_t(greeting.data(), greeting.size()));
    }

    void count_refused(const char* reason);
    // Counts the handshakes that failed since the last call.
    void watch_handshakes();

  private:
    void secure(const BridgePlan& plan);
    void start_monitor();

    NetPtr net_;
    std::string stream_;
    bool binds_;
    zmq::socket_t socket_;
    zmq::socket_t monitor_;
    int unfinished_{}; // accepted connections whose handshake is neither complete nor failed
};

} // namespace detail

} // namespace viz::bus
