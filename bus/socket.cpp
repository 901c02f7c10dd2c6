#include "bus/socket.hpp"

#include <cassert>
#include <cstring>

#include <zmq.hpp>

#include "bus/bus_state.hpp"
#include "bus/tap.hpp"

namespace viz::bus {

namespace {

// A blocked send checks this often whether the bus has stopped.
constexpr int kSendSliceMs = 50;
// Enough for messages to other processes to leave at shutdown; in-process queues are drained by the
// ordered stop before the sockets close.
constexpr int kLingerMs = 500;
// Queued messages of one sender for the tap's thread.
constexpr int kTapQueue = 2048;

zmq::message_t copy_of(PayloadView bytes) {
    return zmq::message_t(bytes.data(), bytes.size());
}

PayloadView view_of(const zmq::message_t& message) {
    return {static_cast<const std::uint8_t*>(message.data()), message.size()};
}

} // namespace

// ------------------------------------------------------------------------------- Sender

Sender::Sender(std::shared_ptr<detail::BusState> bus, Stream stream, std::string_view producer,
               zmq::socket_t socket)
    : bus_(std::move(bus)), stream_(stream),
      socket_(std::make_unique<zmq::socket_t>(std::move(socket))) {
    std::memcpy(producer_.data(), producer.data(), std::min(producer.size(), producer_.size()));
}
Sender::Sender(Sender&&) noexcept = default;
Sender& Sender::operator=(Sender&&) noexcept = default;
Sender::~Sender() = default;

bool Sender::try_send(std::string_view topic, PayloadView payload, const Header* forwarded) {
    const auto flags = spec_of(stream_).when_full == WhenFull::back_pressure
                           ? zmq::send_flags::sndmore
                           : zmq::send_flags::sndmore | zmq::send_flags::dontwait;
    zmq::message_t first(topic.data(), topic.size());
    if (!socket_->send(first, flags)) return false;

    const auto header_bytes =
        encode_header(forwarded != nullptr ? *forwarded
                                           : Header{.producer = producer_,
                                                    .sequence = ++sequence_,
                                                    .wall_unix_ns = bus_->clock.wall_unix_ns(),
                                                    .mono_ns = bus_->clock.mono_ns()});
    auto second = copy_of(header_bytes);
    auto third = copy_of(payload);
    detail::handing_over(&bus_->stats_of(stream_));
    // After the first frame, ZeroMQ accepts the rest of the message.
    socket_->send(second, zmq::send_flags::sndmore);
    socket_->send(third, zmq::send_flags::none);
    if (bus_->tap.wants(stream_)) copy_to_tap(topic, header_bytes, payload);
    return true;
}

// Runs on the sender's thread and never waits; a copy that does not fit is counted as lost for the
// tap.
void Sender::copy_to_tap(std::string_view topic, PayloadView header, PayloadView payload) {
    if (!tap_socket_) {
        tap_socket_ = std::make_unique<zmq::socket_t>(bus_->context, zmq::socket_type::push);
        tap_socket_->set(zmq::sockopt::linger, 0);
        tap_socket_->set(zmq::sockopt::sndhwm, kTapQueue);
        tap_socket_->connect(detail::kTapInbox);
    }
    zmq::message_t first(topic.data(), topic.size());
    detail::handing_over(&bus_->tap);
    if (!tap_socket_->send(first, zmq::send_flags::sndmore | zmq::send_flags::dontwait)) {
        bus_->tap.lost.Increment();
        return;
    }
    auto second = copy_of(header);
    auto third = copy_of(payload);
    tap_socket_->send(second, zmq::send_flags::sndmore);
    tap_socket_->send(third, zmq::send_flags::none);
}

SendStatus Sender::send(std::string_view topic, PayloadView payload) {
    auto& stats = bus_->stats_of(stream_);
    const auto policy = spec_of(stream_).when_full;
    try {
        while (!bus_->stopping.load(std::memory_order_relaxed)) {
            if (!over_bound() && try_send(topic, payload)) {
                stats.sent(payload.size());
                return SendStatus::sent;
            }
            if (policy != WhenFull::back_pressure) {
                stats.dropped();
                return SendStatus::full;
            }
        }
    } catch (const zmq::error_t& error) {
        if (error.num() != ETERM) throw;
    }
    stats.dropped();
    return SendStatus::closed;
}

SendStatus Sender::forward(std::string_view topic, const Header& header, PayloadView payload) {
    if (bus_->stopping.load(std::memory_order_relaxed)) return SendStatus::closed;
    try {
        if (over_bound() || !try_send(topic, payload, &header)) return SendStatus::full;
    } catch (const zmq::error_t& error) {
        if (error.num() != ETERM) throw;
        return SendStatus::closed;
    }
    auto& stats = bus_->stats_of(stream_);
    stats.sent(payload.size());
    stats.due(bus_->subscriptions_of(stream_).matching(topic));
    return SendStatus::sent;
}

// For an endpoint outside this process only ZeroMQ's high-water mark limits the queue: messages
// received by the other process are not counted here.
bool Sender::over_bound() const {
    return spec_of(stream_).when_full == WhenFull::drop_counted &&
           bus_->endpoints.of(stream_).in_process() &&
           (depth() >= capacity() || bus_->stats_of(stream_).queued_bytes() >= kMostQueuedBytes);
}

std::uint64_t Sender::lag() const {
    return bus_->stats_of(stream_).lag();
}
std::int64_t Sender::depth() const {
    return bus_->stats_of(stream_).depth();
}
std::int64_t Sender::capacity() const {
    return bus_->capacity_of(stream_);
}

// ------------------------------------------------------------------------------- Receiver

struct Received::Frames {
    zmq::message_t topic;
    zmq::message_t header;
    zmq::message_t payload;
};

Received::Received() : frames_(std::make_unique<Frames>()) {}
Received::Received(Received&&) noexcept = default;
Received& Received::operator=(Received&&) noexcept = default;
Received::~Received() = default;

std::string_view Received::topic() const {
    return {static_cast<const char*>(frames_->topic.data()), frames_->topic.size()};
}
std::span<std::uint8_t> Received::payload() {
    return {static_cast<std::uint8_t*>(frames_->payload.data()), frames_->payload.size()};
}
PayloadView Received::payload() const {
    return view_of(frames_->payload);
}

Receiver::Receiver(std::shared_ptr<detail::BusState> bus, Stream stream, zmq::socket_t socket)
    : bus_(std::move(bus)), stream_(stream),
      socket_(std::make_unique<zmq::socket_t>(std::move(socket))) {}
Receiver::Receiver(Receiver&&) noexcept = default;
Receiver& Receiver::operator=(Receiver&&) noexcept = default;
Receiver::~Receiver() = default;

bool Receiver::try_receive(Received& into) {
    auto& frames = *into.frames_;
    for (;;) {
        if (!by_hand_) settle();
        if (!socket_->recv(frames.topic, zmq::recv_flags::dontwait)) return false;
        ++in_hand_;
        bool whole = frames.topic.more();
        if (whole) (void)socket_->recv(frames.header);
        whole = whole && frames.header.more();
        if (whole) (void)socket_->recv(frames.payload);
        bool more = whole ? frames.payload.more() : (frames.topic.more() && frames.header.more());
        whole = whole && !more;
        const auto number = bus_->stats_of(stream_).received(whole ? frames.payload.size() : 0);
        while (more) {
            zmq::message_t extra;
            (void)socket_->recv(extra);
            more = extra.more();
        }
        if (whole) {
            detail::taken_over(&bus_->stats_of(stream_));
            const auto header = decode_header(view_of(frames.header));
            if (header && header->schema_version == kSchemaVersion) {
                into.header_ = *header;
                if (number % StreamStats::kHopSample == 1) note_hop(*header);
                return true;
            }
        }
        count_refused();
    }
}

void Receiver::settle() {
    if (in_hand_ == 0) return;
    bus_->stats_of(stream_).settled(in_hand_);
    in_hand_ = 0;
}

// A time stamp in the future comes from another machine's clock.
void Receiver::note_hop(const Header& header) {
    const auto took = bus_->clock.mono_ns() - header.mono_ns;
    if (took >= 0) bus_->stats_of(stream_).hop(took);
}

std::int64_t Receiver::depth() const {
    return bus_->stats_of(stream_).depth();
}
int Receiver::event_fd() const {
    return socket_->get(zmq::sockopt::fd);
}
void Receiver::count_refused() {
    bus_->stats_of(stream_).refused();
}

// ------------------------------------------------------------------------------- Bus

Bus::Bus(Metrics& metrics, const Clock& clock, EndpointTable endpoints)
    : state_(std::make_shared<detail::BusState>(metrics, clock, std::move(endpoints))) {}
Bus::~Bus() = default;

Sender Bus::sender(Stream stream, std::string_view producer, unsigned instance) {
    const auto& spec = spec_of(stream);
    const bool publish = spec.pattern == Pattern::pub_sub;
    zmq::socket_t socket(state_->context, publish ? zmq::socket_type::pub : zmq::socket_type::push);
    socket.set(zmq::sockopt::linger, kLingerMs);
    socket.set(zmq::sockopt::sndhwm, static_cast<int>(state_->capacity_of(stream)));
    socket.set(zmq::sockopt::sndtimeo, kSendSliceMs);
    if (publish && spec.when_full == WhenFull::back_pressure)
        socket.set(zmq::sockopt::xpub_nodrop, true);
    const auto endpoint = state_->endpoints.of(stream).instance(instance);
    if (spec.producer_binds)
        socket.bind(endpoint.address);
    else
        socket.connect(endpoint.address);
    return Sender(state_, stream, producer, std::move(socket));
}

Receiver Bus::receiver(Stream stream, const std::vector<std::string>& topics, unsigned producers) {
    const auto& spec = spec_of(stream);
    const bool subscribe = spec.pattern == Pattern::pub_sub;
    zmq::socket_t socket(state_->context,
                         subscribe ? zmq::socket_type::sub : zmq::socket_type::pull);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvhwm, static_cast<int>(state_->capacity_of(stream)));
    if (subscribe) {
        for (const auto& topic : topics) socket.set(zmq::sockopt::subscribe, topic);
        if (topics.empty()) socket.set(zmq::sockopt::subscribe, "");
    }
    state_->subscriptions_of(stream).add(topics);
    const auto& endpoint = state_->endpoints.of(stream);
    if (spec.producer_binds)
        for (unsigned i = 0; i < producers; ++i) socket.connect(endpoint.instance(i).address);
    else
        socket.bind(endpoint.address);
    return Receiver(state_, stream, std::move(socket));
}

void Bus::set_capacity(Stream stream, std::int64_t messages) {
    state_->capacity[static_cast<std::size_t>(stream)] = messages;
}
std::int64_t Bus::capacity(Stream stream) const {
    return state_->capacity_of(stream);
}
StreamStats& Bus::stats(Stream stream) {
    return state_->stats_of(stream);
}
std::uint64_t Bus::unsettled(Stream stream, std::string_view topic) const {
    const auto receivers = spec_of(stream).pattern == Pattern::push_pull
                               ? 1
                               : state_->subscriptions_of(stream).matching(topic);
    return state_->stats_of(stream).unsettled(receivers);
}
std::unique_ptr<Component> Bus::tap(const Endpoint& endpoint) {
    return make_tap(state_, endpoint);
}
void Bus::stop_sending() {
    state_->stopping = true;
}

// ------------------------------------------------------------------------------- JournalOut

namespace {
Counter& storage_drop(Metrics& metrics, std::string_view component, const char* reason) {
    return metrics.counter("ingest_drops_total", "Observations and events lost, by reason.",
                           {{"reason", reason}, {"component", std::string(component)}});
}
} // namespace

JournalOut::JournalOut(Sender sender, std::string_view component, Metrics& metrics)
    : sender_(std::move(sender)),
      dropped_full_(storage_drop(metrics, component, "storage_queue_full")),
      dropped_closed_(storage_drop(metrics, component, "storage_queue_closed")) {}

SendStatus JournalOut::try_enqueue(const Envelope& entry) {
    assert(entry.seq_id == 0);
    const auto status = sender_.send(
        make_topic(Stream::journal, to_string(type_of(entry.data)), entry.chain_id), encode(entry));
    if (status == SendStatus::full) dropped_full_.Increment();
    if (status == SendStatus::closed) dropped_closed_.Increment();
    return status;
}

} // namespace viz::bus
