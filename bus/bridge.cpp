#include "bus/bridge.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "bus/bridge_detail.hpp"
#include "bus/private_endpoint.hpp"

namespace viz::bus {

namespace {

constexpr const char* kZapDomain = "viz";
constexpr int kHandshakeMs = 5000;
constexpr int kLingerMs = 500;
constexpr std::int64_t kLongestFrame = 64 << 20;
constexpr std::size_t kCurveKeyBytes = 32;

// ZAP handler (ZeroMQ RFC 27): accepts a connection only when it presents the service's key.
class Gatekeeper final : public Component {
  public:
    explicit Gatekeeper(detail::NetPtr net)
        : net_(std::move(net)), requests_(net_->context, zmq::socket_type::rep) {
        requests_.set(zmq::sockopt::linger, 0);
        requests_.bind("inproc://zeromq.zap.01");
        if (zmq_z85_decode(key_.data(), net_->given.key->public_z85.c_str()) == nullptr)
            throw CurveError("the service's public key is not valid");
    }

    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            std::array<zmq::pollitem_t, 1> items{{{requests_.handle(), 0, ZMQ_POLLIN, 0}}};
            zmq::poll(items, detail::kBridgeTurn);
            last_turn_ns_.store(net_->given.clock.mono_ns(), std::memory_order_relaxed);
            while (answer()) {
            }
        }
    }
    std::int64_t last_turn_ns() const override {
        return last_turn_ns_.load(std::memory_order_relaxed);
    }

  private:
    // version, request id, domain, address, identity, mechanism, key
    bool answer() {
        std::vector<zmq::message_t> frames;
        do {
            zmq::message_t frame;
            if (!requests_.recv(frame, zmq::recv_flags::dontwait)) return false;
            frames.push_back(std::move(frame));
        } while (frames.back().more());
        const bool good = frames.size() == 7 && frames[5].to_string_view() == "CURVE" &&
                          frames[6].size() == kCurveKeyBytes &&
                          std::memcmp(frames[6].data(), key_.data(), kCurveKeyBytes) == 0;
        const std::string id = frames.size() > 1 ? frames[1].to_string() : "";
        const std::array<std::string, 6> reply{
            "1.0", id, good ? "200" : "400", good ? "" : "another key", "", ""};
        for (std::size_t i = 0; i < reply.size(); ++i)
            requests_.send(zmq::buffer(reply[i]),
                           i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
        return true;
    }

    detail::NetPtr net_;
    zmq::socket_t requests_;
    std::array<std::uint8_t, kCurveKeyBytes> key_{};
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace

namespace detail {

namespace {

constexpr std::uint8_t kIsNumbered = 0;
constexpr std::size_t kNumberedStart = 1 + 8 + 8 + 2;

template <class Number> void put(std::uint8_t*& at, Number number) {
    for (std::size_t i = 0; i < sizeof number; ++i)
        *at++ = static_cast<std::uint8_t>(number >> (8 * i));
}
template <class Number> Number get(const std::uint8_t*& at) {
    Number number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number = static_cast<Number>(number | Number{*at++} << (8 * i));
    return number;
}

} // namespace

zmq::message_t pack(const NumberedMessage& numbered) {
    zmq::message_t frame(kNumberedStart + numbered.topic.size() + numbered.header.size() +
                         numbered.payload.size());
    auto* at = static_cast<std::uint8_t*>(frame.data());
    *at++ = kIsNumbered;
    put(at, numbered.flow);
    put(at, numbered.number);
    put(at, static_cast<std::uint16_t>(numbered.topic.size()));
    at = std::ranges::copy(numbered.topic, at).out;
    at = std::ranges::copy(numbered.header, at).out;
    std::ranges::copy(numbered.payload, at);
    return frame;
}

std::optional<NumberedMessage> unpack(const zmq::message_t& frame) {
    const auto* at = static_cast<const std::uint8_t*>(frame.data());
    if (frame.size() < kNumberedStart || *at++ != kIsNumbered) return std::nullopt;
    NumberedMessage numbered;
    numbered.flow = get<std::uint64_t>(at);
    numbered.number = get<std::uint64_t>(at);
    const std::size_t topic = get<std::uint16_t>(at);
    if (frame.size() < kNumberedStart + topic + kHeaderSize) return std::nullopt;
    const auto rest = PayloadView(at, frame.size() - kNumberedStart).subspan(topic);
    numbered.topic = {reinterpret_cast<const char*>(at), topic};
    numbered.header = rest.first(kHeaderSize);
    numbered.payload = rest.subspan(kHeaderSize);
    return numbered;
}

BridgeSocket::BridgeSocket(NetPtr net, const BridgePlan& plan, bool binds)
    : net_(std::move(net)), stream_(to_string(plan.stream)), binds_(binds),
      socket_(net_->context, binds ? zmq::socket_type::router : zmq::socket_type::dealer) {
    socket_.set(zmq::sockopt::linger, kLingerMs);
    // The bridge window limits the messages in flight.
    socket_.set(zmq::sockopt::sndhwm, 0);
    socket_.set(zmq::sockopt::rcvhwm, 0);
    socket_.set(zmq::sockopt::maxmsgsize, kLongestFrame);
    socket_.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
    socket_.set(zmq::sockopt::reconnect_ivl, 50);
    socket_.set(zmq::sockopt::reconnect_ivl_max, 1000);
    if (binds_)
        socket_.set(zmq::sockopt::router_mandatory, true);
    else
        socket_.set(zmq::sockopt::immediate, true); // queues nothing for a broken connection
    const bool tcp = plan.endpoint.address.starts_with("tcp://");
    if (tcp) secure(plan);
    if (binds_) start_monitor();
    try {
        if (!binds_)
            socket_.connect(plan.endpoint.address);
        else if (tcp)
            socket_.bind(plan.endpoint.address);
        else
            bind_private(socket_, plan.endpoint);
    } catch (const zmq::error_t& error) {
        throw EndpointError("endpoint " + plan.endpoint.address + ": " + error.what());
    }
}

void BridgeSocket::secure(const BridgePlan& plan) {
    const auto& key = net_->given.key;
    if (!key)
        throw EndpointError("endpoint " + plan.endpoint.address +
                            ": tcp needs a key (curve-key-path)");
    socket_.set(zmq::sockopt::curve_publickey, key->public_z85);
    socket_.set(zmq::sockopt::curve_secretkey, key->secret_z85);
    if (binds_) {
        socket_.set(zmq::sockopt::curve_server, true);
        socket_.set(zmq::sockopt::zap_domain, std::string(kZapDomain));
    } else {
        socket_.set(zmq::sockopt::curve_serverkey, key->public_z85);
    }
}

void BridgeSocket::start_monitor() {
    const auto name = "inproc://monitor." + stream_;
    constexpr int kEvents = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED |
                            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                            ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    if (zmq_socket_monitor(socket_.handle(), name.c_str(), kEvents) != 0) throw zmq::error_t();
    monitor_ = zmq::socket_t(net_->context, zmq::socket_type::pair);
    monitor_.set(zmq::sockopt::linger, 0);
    monitor_.connect(name);
}

void BridgeSocket::watch_handshakes() {
    if (!binds_) return;
    zmq::message_t event;
    zmq::message_t address;
    while (monitor_.recv(event, zmq::recv_flags::dontwait)) {
        (void)monitor_.recv(address);
        std::uint16_t number = 0;
        std::memcpy(&number, event.data(), sizeof number);
        if (number == ZMQ_EVENT_ACCEPTED) {
            ++unfinished_;
        } else if (number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            --unfinished_;
        } else if (number == ZMQ_EVENT_DISCONNECTED) {
            continue;
        } else {
            --unfinished_;
            count_refused(number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ? "key" : "handshake");
        }
    }
}

void BridgeSocket::count_refused(const char* reason) {
    net_->given.metrics
        .counter("bus_peers_refused_total",
                 "Connections and hello messages of other processes that were refused.",
                 {{"stream", stream_}, {"reason", reason}})
        .Increment();
}

std::optional<BridgeSocket::Message> BridgeSocket::receive() {
    Message message;
    if (!socket_.recv(message.frame, zmq::recv_flags::dontwait)) return std::nullopt;
    if (binds_) {
        message.address = message.frame.to_string();
        if (!message.frame.more()) return message;
        (void)socket_.recv(message.frame);
    }
    message.one_frame = !message.frame.more();
    zmq::message_t rest;
    for (bool more = !message.one_frame; more; more = rest.more()) (void)socket_.recv(rest);
    return message;
}

bool BridgeSocket::send(const std::string& address, zmq::message_t frame) {
    try {
        if (binds_ && !socket_.send(zmq::buffer(address),
                                    zmq::send_flags::sndmore | zmq::send_flags::dontwait))
            return false;
        return socket_.send(frame, zmq::send_flags::dontwait).has_value();
    } catch (const zmq::error_t& error) {
        if (error.num() == EHOSTUNREACH) return false;
        throw;
    }
}

} // namespace detail

void PeerBoard::set(Stream stream, std::set<std::string> components) {
    const std::scoped_lock lock(mutex_);
    present_[stream] = std::move(components);
    changed_.notify_all();
}

bool PeerBoard::wait_for(Stream stream, const std::set<std::string>& components,
                         std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] {
        const auto& present = present_[stream];
        return std::includes(present.begin(), present.end(), components.begin(), components.end());
    });
}

std::set<std::string> PeerBoard::of(Stream stream) const {
    const std::scoped_lock lock(mutex_);
    const auto found = present_.find(stream);
    return found == present_.end() ? std::set<std::string>{} : found->second;
}

BridgeHub::BridgeHub(BridgeContext context) : net_(std::make_shared<Net>(std::move(context))) {}
BridgeHub::~BridgeHub() = default;

std::unique_ptr<Component> BridgeHub::gatekeeper() {
    return net_->given.key ? std::make_unique<Gatekeeper>(net_) : nullptr;
}

} // namespace viz::bus
