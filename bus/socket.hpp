// Sockets of the streams. A Bus makes them; a component owns them and uses them on one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/message.hpp"
#include "bus/stream_stats.hpp"

namespace zmq {
class context_t;
class message_t;
class socket_t;
} // namespace zmq

namespace viz::bus {

enum class SendStatus : std::uint8_t {
    sent,
    full,   // queue full: the caller counts the drop with its own reason
    closed, // the bus has stopped, or there will be no receiver
};

namespace detail {
struct BusState;
}

// The sending end of a stream.
class Sender {
  public:
    Sender(std::shared_ptr<detail::BusState> bus, Stream stream, std::string_view producer,
           zmq::socket_t socket);
    Sender(Sender&&) noexcept;
    Sender& operator=(Sender&&) noexcept;
    ~Sender();

    // WhenFull of the stream defines the behaviour at a full queue. A back_pressure send blocks
    // this thread until there is capacity or the bus stops.
    SendStatus send(std::string_view topic, PayloadView payload);

    // Sends a message of another process unchanged. One attempt: `full` when the queue is full,
    // which is not counted as a drop.
    SendStatus forward(std::string_view topic, const Header& header, PayloadView payload);

    Stream stream() const { return stream_; }
    // Upper bound of the forwarded messages that some receiver has not settled.
    std::uint64_t lag() const;
    // Messages queued in this stream now, and the limit at which it is full.
    std::int64_t depth() const;
    std::int64_t capacity() const;

  private:
    bool try_send(std::string_view topic, PayloadView payload, const Header* forwarded = nullptr);
    bool over_bound() const;
    void copy_to_tap(std::string_view topic, PayloadView header, PayloadView payload);

    std::shared_ptr<detail::BusState> bus_;
    Stream stream_;
    std::array<char, 14> producer_{};
    std::uint64_t sequence_{};
    std::unique_ptr<zmq::socket_t> socket_;
    std::unique_ptr<zmq::socket_t> tap_socket_; // made when the stream is first tapped
};

// A received message; `payload` is writable and lives as long as the object.
class Received {
  public:
    Received();
    Received(Received&&) noexcept;
    Received& operator=(Received&&) noexcept;
    ~Received();

    std::string_view topic() const;
    const Header& header() const { return header_; }
    std::span<std::uint8_t> payload();
    PayloadView payload() const;

  private:
    friend class Receiver;
    struct Frames;
    std::unique_ptr<Frames> frames_;
    Header header_;
};

// The receiving end of a stream.
class Receiver {
  public:
    Receiver(std::shared_ptr<detail::BusState> bus, Stream stream, zmq::socket_t socket);
    Receiver(Receiver&&) noexcept;
    Receiver& operator=(Receiver&&) noexcept;
    ~Receiver();

    // Does not block. False when the queue is empty. A message with another schema version or
    // format is counted as refused and skipped. A call settles the previous message: it is
    // processed, and may be confirmed to another process that sent it.
    bool try_receive(Received& into);
    // From now on only settle() settles received messages: for receivers that finish processing
    // later.
    void settle_by_hand() { by_hand_ = true; }
    void settle();

    Stream stream() const { return stream_; }
    std::int64_t depth() const;
    // For the reactor: becomes readable when there may be something to receive.
    int event_fd() const;
    // Counts a message whose payload the typed decoder refused.
    void count_refused();

  private:
    void note_hop(const Header& header);

    std::shared_ptr<detail::BusState> bus_;
    Stream stream_;
    std::unique_ptr<zmq::socket_t> socket_;
    bool by_hand_{};
    std::uint64_t in_hand_{};
};

// All sockets of this process: the ZeroMQ context, the endpoint table, the counters.
class Bus {
  public:
    Bus(Metrics& metrics, const Clock& clock, EndpointTable endpoints = {});
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // `instance` distinguishes several producers of one PUB stream; the topology defines the
    // binding side. Throws zmq::error_t when an endpoint cannot be bound (start-up failure).
    Sender sender(Stream stream, std::string_view producer, unsigned instance = 0);
    // `topics`: prefixes for pub_sub streams (empty: all); `producers`: how many instances to
    // connect to.
    Receiver receiver(Stream stream, const std::vector<std::string>& topics = {},
                      unsigned producers = 1);

    // Limit of a drop_counted stream within this process, in messages.
    void set_capacity(Stream stream, std::int64_t messages);
    std::int64_t capacity(Stream stream) const;
    StreamStats& stats(Stream stream);
    // Messages sent in this process that some receiver here has not settled. All messages of the
    // stream must match the topic. An estimate while messages are in flight.
    std::uint64_t unsettled(Stream stream, std::string_view topic) const;

    // The endpoint for viz-tap, see bus/tap.hpp. Throws EndpointError when it cannot be bound.
    std::unique_ptr<Component> tap(const Endpoint& endpoint);

    // From now on every send returns `closed`, including blocked ones.
    void stop_sending();

  private:
    std::shared_ptr<detail::BusState> state_;
};

// Typed ends of streams: a component's Ports consist of these.
template <class... Ts> class Publisher {
  public:
    explicit Publisher(Sender sender) : sender_(std::move(sender)) {}

    template <class T> SendStatus send(const T& message) {
        static_assert((std::is_same_v<T, Ts> || ...), "not a message of this stream");
        return sender_.send(
            make_topic(MessageTraits<T>::stream, MessageTraits<T>::kind, message.chain_id),
            encode(message));
    }
    Sender& sender() { return sender_; }

  private:
    Sender sender_;
};

template <class... Ts> class Subscriber {
  public:
    explicit Subscriber(Receiver receiver) : receiver_(std::move(receiver)) {}
    Receiver& receiver() { return receiver_; }

    // The message as the one of Ts that its topic names; std::nullopt (and counted) when it is none
    // of them or fails verification.
    std::optional<std::variant<Ts...>> decode(const Received& received) {
        std::optional<std::variant<Ts...>> out;
        const auto parts = split_topic(received.topic());
        const bool known =
            parts &&
            ((parts->kind == MessageTraits<Ts>::kind && decode_as<Ts>(received, out)) || ...);
        if (!known) receiver_.count_refused();
        return out;
    }

  private:
    template <class T>
    bool decode_as(const Received& received, std::optional<std::variant<Ts...>>& out) {
        auto value = bus::decode<T>(received.payload());
        if (value) out.emplace(std::in_place_type<T>, std::move(*value));
        return value.has_value();
    }

    Receiver receiver_;
};

using PendingOut = Publisher<PendingTx>;
using PendingIn = Subscriber<PendingTx>;
using TxOut = Publisher<DecodedTx>;
using TxIn = Subscriber<DecodedTx>;
using ChainOut = Publisher<Head, Reorg, EndpointStatus, AccountNonce, TxPresence>;
using ChainIn = Subscriber<Head, Reorg, EndpointStatus, AccountNonce, TxPresence>;
using QueryOut = Publisher<ChainQuery, BodyRefused>;
using QueryIn = Subscriber<ChainQuery, BodyRefused>;
using FeatureOut = Publisher<Feature>;
using FeatureIn = Subscriber<Feature>;
using CandidateOut = Publisher<Candidate>;
using CandidateIn = Subscriber<Candidate>;
using SimulatedOut = Publisher<Simulated>;
using SimulatedIn = Subscriber<Simulated>;
using VerdictOut = Publisher<Verdict>;
using VerdictIn = Subscriber<Verdict>;

// The producing side of the record; storage assigns the numbers.
class JournalOut {
  public:
    JournalOut(Sender sender, std::string_view component, Metrics& metrics);

    // Never blocks. Drops are counted as ingest_drops_total{reason="storage_queue_full" or
    // "storage_queue_closed"}. The envelope's seq_id must be 0.
    SendStatus try_enqueue(const Envelope& entry);
    Sender& sender() { return sender_; }

  private:
    Sender sender_;
    Counter& dropped_full_;
    Counter& dropped_closed_;
};

} // namespace viz::bus
