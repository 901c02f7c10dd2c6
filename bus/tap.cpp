#include "bus/tap.hpp"

#include <array>
#include <cassert>

#include <zmq.hpp>

#include "bus/bus_state.hpp"
#include "bus/message.hpp"
#include "bus/private_endpoint.hpp"
#include "bus/tap_report.hpp"

namespace viz::bus {

namespace {

constexpr int kInboxMark = 4096;  // messages per sender, on the tap's side
constexpr int kClientMark = 4096; // messages per client
// Subscriptions are short; a client that sends a longer one is disconnected.
constexpr std::int64_t kLongestSubscription = 256;
// A client that does not answer for this long is disconnected and its queued messages are dropped.
constexpr int kHeartbeatMs = 5000;
constexpr int kHeartbeatTimeoutMs = 15000;
constexpr std::chrono::milliseconds kTurn{100};
constexpr std::int64_t kReportEveryNs = 1'000'000'000;
constexpr int kFairness = 256;

class Tap final : public Component {
  public:
    Tap(std::shared_ptr<detail::BusState> bus, const Endpoint& endpoint)
        : bus_(std::move(bus)), inbox_(bus_->context, zmq::socket_type::pull),
          clients_(bus_->context, zmq::socket_type::xpub),
          messages_(bus_->metrics.counter("bus_tap_messages_total",
                                          "Copies of messages made for the tap.")),
          lagged_(bus_->metrics.counter(
              "bus_tap_lagged_total", "Times a client of the tap fell behind and lost messages.")) {
        inbox_.set(zmq::sockopt::linger, 0);
        inbox_.set(zmq::sockopt::rcvhwm, kInboxMark);
        clients_.set(zmq::sockopt::linger, 0);
        clients_.set(zmq::sockopt::sndhwm, kClientMark);
        clients_.set(zmq::sockopt::maxmsgsize, kLongestSubscription);
        clients_.set(zmq::sockopt::heartbeat_ivl, kHeartbeatMs);
        clients_.set(zmq::sockopt::heartbeat_timeout, kHeartbeatTimeoutMs);
        clients_.set(zmq::sockopt::xpub_nodrop, true);
        bind_private(clients_, endpoint);
        inbox_.bind(detail::kTapInbox);
    }
    // The inbox's name is available again only some time after closing.
    ~Tap() override {
        bus_->tap.streams = 0;
        try {
            inbox_.unbind(detail::kTapInbox);
        } catch (const zmq::error_t&) {
            assert(false && "the inbox was bound by the constructor");
        }
    }
    Tap(const Tap&) = delete;
    Tap& operator=(const Tap&) = delete;

    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            std::array<zmq::pollitem_t, 2> items{
                {{inbox_.handle(), 0, ZMQ_POLLIN, 0}, {clients_.handle(), 0, ZMQ_POLLIN, 0}}};
            zmq::poll(items, kTurn);
            last_turn_ns_.store(bus_->clock.mono_ns(), std::memory_order_relaxed);
            take_subscriptions();
            for (int i = 0; i < kFairness && pass_on(); ++i) {
            }
            report();
        }
        bus_->tap.streams = 0;
    }

    std::int64_t last_turn_ns() const override {
        return last_turn_ns_.load(std::memory_order_relaxed);
    }

  private:
    void take_subscriptions() {
        zmq::message_t message;
        while (clients_.recv(message, zmq::recv_flags::dontwait)) {
            if (message.empty()) continue;
            const auto text = message.to_string();
            const auto prefix = text.substr(1);
            if (text[0] == 1) {
                prefixes_.insert(prefix);
            } else if (const auto found = prefixes_.find(prefix); found != prefixes_.end()) {
                prefixes_.erase(found);
            }
        }
        bus_->tap.streams.store(tapped_streams(prefixes_), std::memory_order_relaxed);
    }

    bool pass_on() {
        if (!inbox_.recv(frames_[0], zmq::recv_flags::dontwait)) return false;
        for (std::size_t i = 1; i < frames_.size(); ++i) (void)inbox_.recv(frames_[i]);
        detail::taken_over(&bus_->tap);
        messages_.Increment();
        publish();
        return true;
    }

    // With NODROP the first message that a client has no capacity for is refused; without it, the
    // message goes to the other clients and this client is skipped until it has read.
    void publish() {
        if (!clients_.send(frames_[0], zmq::send_flags::sndmore | zmq::send_flags::dontwait)) {
            lagged_.Increment();
            clients_.set(zmq::sockopt::xpub_nodrop, false);
            clients_.send(frames_[0], zmq::send_flags::sndmore);
            clients_.set(zmq::sockopt::xpub_nodrop, true);
        }
        clients_.send(frames_[1], zmq::send_flags::sndmore);
        clients_.send(frames_[2], zmq::send_flags::none);
    }

    void report() {
        const auto now = bus_->clock.mono_ns();
        if (now - reported_ns_ < kReportEveryNs) return;
        reported_ns_ = now;
        TapReport report{.streams = {},
                         .tap_lost = static_cast<std::uint64_t>(bus_->tap.lost.Value()),
                         .tap_lagged = static_cast<std::uint64_t>(lagged_.Value())};
        for (const auto& spec : kTopology) {
            const auto& stats = bus_->stats_of(spec.stream);
            const bool queue = spec.pattern == Pattern::push_pull;
            report.streams.push_back({.name = std::string(spec.name),
                                      .sent = stats.sent_total(),
                                      .dropped = stats.dropped_total(),
                                      .refused = stats.refused_total(),
                                      .depth = queue ? stats.depth() : 0,
                                      .capacity = bus_->capacity_of(spec.stream)});
        }
        const Header header{.producer = {'t', 'a', 'p'},
                            .sequence = ++sequence_,
                            .wall_unix_ns = bus_->clock.wall_unix_ns(),
                            .mono_ns = now};
        const auto header_bytes = encode_header(header);
        const auto payload = encode(report);
        frames_[0].rebuild(kTapReportTopic.data(), kTapReportTopic.size());
        frames_[1].rebuild(header_bytes.data(), header_bytes.size());
        frames_[2].rebuild(payload.data(), payload.size());
        publish();
    }

    std::shared_ptr<detail::BusState> bus_;
    zmq::socket_t inbox_;
    zmq::socket_t clients_;
    Counter& messages_;
    Counter& lagged_;
    std::multiset<std::string> prefixes_;
    std::array<zmq::message_t, 3> frames_;
    std::int64_t reported_ns_{};
    std::uint64_t sequence_{};
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace

std::uint32_t tapped_streams(const std::multiset<std::string>& prefixes) {
    std::uint32_t streams = 0;
    for (const auto& prefix : prefixes)
        for (const auto& spec : kTopology) {
            const auto topic = std::string(spec.name) + ".";
            if (topic.starts_with(prefix) || prefix.starts_with(topic))
                streams |= 1u << static_cast<unsigned>(spec.stream);
        }
    return streams;
}

std::unique_ptr<Component> make_tap(std::shared_ptr<detail::BusState> bus,
                                    const Endpoint& endpoint) {
    return std::make_unique<Tap>(std::move(bus), endpoint);
}

} // namespace viz::bus
