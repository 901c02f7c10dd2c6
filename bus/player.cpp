#include "bus/player.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include <zmq.hpp>

#include "bus/private_endpoint.hpp"

namespace viz::bus {

namespace {

constexpr int kInboxMark = 1024;
constexpr std::chrono::milliseconds kTurn{100};
constexpr std::chrono::milliseconds kRetry{1};
constexpr std::int64_t kLongestMessage = 64 << 20;
constexpr std::int64_t kStuckNs = 1'000'000'000;

class Player final : public Component {
  public:
    Player(Bus& bus, Metrics& metrics, const Clock& clock, const Endpoint& endpoint)
        : bus_(bus), clock_(clock), context_(1), inbox_(context_, zmq::socket_type::pull),
          pending_(bus.sender(Stream::pending, "play", kPlayerInstance)),
          chain_(bus.sender(Stream::chain, "play", kPlayerInstance)),
          journal_(bus.sender(Stream::journal, "play")),
          played_(metrics.counter("bus_played_total", "Recorded messages played.")),
          refused_(metrics.counter(
              "bus_play_refused_total",
              "Messages to play that were refused: wrong format, version or stream.")) {
        inbox_.set(zmq::sockopt::linger, 0);
        inbox_.set(zmq::sockopt::rcvhwm, kInboxMark);
        inbox_.set(zmq::sockopt::maxmsgsize, kLongestMessage);
        bind_private(inbox_, endpoint);
    }

    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            std::array<zmq::pollitem_t, 1> items{{{inbox_.handle(), 0, ZMQ_POLLIN, 0}}};
            zmq::poll(items, kTurn);
            turned();
            while (!stop.stop_requested() && take(stop)) turned();
        }
    }
    std::int64_t last_turn_ns() const override {
        return last_turn_ns_.load(std::memory_order_relaxed);
    }

  private:
    void turned() { last_turn_ns_.store(clock_.mono_ns(), std::memory_order_relaxed); }

    bool take(const std::stop_token& stop) {
        std::array<zmq::message_t, 3> frames;
        if (!inbox_.recv(frames[0], zmq::recv_flags::dontwait)) return false;
        std::size_t count = 1;
        for (bool more = frames[0].more(); more; ++count) {
            auto& frame = frames[std::min(count, frames.size() - 1)];
            (void)inbox_.recv(frame);
            more = frame.more();
        }
        if (count == frames.size() && play(frames, stop))
            played_.Increment();
        else
            refused_.Increment();
        return true;
    }

    // Each message gets a new header: numbers and times are those of the playback.
    bool play(const std::array<zmq::message_t, 3>& frames, const std::stop_token& stop) {
        const auto topic = frames[0].to_string_view();
        const auto parts = split_topic(topic);
        const auto header =
            decode_header({static_cast<const std::uint8_t*>(frames[1].data()), frames[1].size()});
        auto* sender = parts ? sender_of(parts->stream) : nullptr;
        if (sender == nullptr || !header || header->schema_version != kSchemaVersion) return false;
        const PayloadView payload{static_cast<const std::uint8_t*>(frames[2].data()),
                                  frames[2].size()};
        if (sender == &chain_) let_settle(stop);
        const bool queue = spec_of(sender->stream()).pattern == Pattern::push_pull;
        while (queue && sender->depth() >= sender->capacity() / 2 && !stop.stop_requested()) {
            turned();
            std::this_thread::sleep_for(kRetry);
        }
        return sender->send(topic, payload) == SendStatus::sent;
    }

    // At any speed, messages before a block are processed before it: by decode, then by decode's
    // consumers. A consumer that receives nothing for long is not waited for.
    void let_settle(const std::stop_token& stop) {
        for (const auto& [stream, topic] :
             {std::pair{Stream::pending, "pending.tx."}, std::pair{Stream::tx, "tx.decoded."}}) {
            auto since = clock_.mono_ns();
            for (auto left = bus_.unsettled(stream, topic);
                 left != 0 && clock_.mono_ns() - since < kStuckNs && !stop.stop_requested();) {
                turned();
                std::this_thread::sleep_for(kRetry);
                const auto before = std::exchange(left, bus_.unsettled(stream, topic));
                if (left != before) since = clock_.mono_ns();
            }
        }
    }

    Sender* sender_of(std::string_view stream) {
        for (auto* sender : {&pending_, &chain_, &journal_})
            if (stream == to_string(sender->stream()) && is_playable(sender->stream()))
                return sender;
        return nullptr;
    }

    Bus& bus_;
    const Clock& clock_;
    zmq::context_t context_;
    zmq::socket_t inbox_;
    Sender pending_;
    Sender chain_;
    Sender journal_;
    Counter& played_;
    Counter& refused_;
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace

bool is_playable(Stream stream) {
    return stream == Stream::pending || stream == Stream::chain || stream == Stream::journal;
}

std::unique_ptr<Component> make_player(Bus& bus, Metrics& metrics, const Clock& clock,
                                       const Endpoint& endpoint) {
    return std::make_unique<Player>(bus, metrics, clock, endpoint);
}

} // namespace viz::bus
