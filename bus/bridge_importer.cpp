#include <algorithm>
#include <atomic>
#include <thread>

#include "bus/bridge_detail.hpp"

namespace viz::bus {

namespace {

using detail::BridgeSocket;

constexpr int kFairness = 256;
constexpr std::uint64_t kConfirmEvery = 1024;
constexpr std::int64_t kConfirmAfterNs = 5'000'000;
constexpr std::int64_t kCloseTimeoutNs = 1'000'000'000;
constexpr std::chrono::milliseconds kRetry{1};
constexpr std::chrono::milliseconds kUnsettledTurn{5};

class Importer final : public Component {
  public:
    Importer(detail::NetPtr net, BridgePlan plan, Sender to)
        : net_(std::move(net)), plan_(std::move(plan)), to_(std::move(to)),
          socket_(net_, plan_, !spec_of(plan_.stream).producer_binds),
          imported_(net_->given.metrics.counter(
              "bus_imported_total", "Messages received from another process.", labels())),
          refused_(net_->given.metrics.counter(
              "bus_refused_total", "Messages refused by the receiver: schema version or content.",
              labels())) {}

    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            turned();
            socket_.watch_handshakes();
            int taken = 0;
            while (taken < kFairness && !closed_ && take(stop)) ++taken;
            if (taken == 0) forget_silent();
            hello(taken == 0);
            if (taken < kFairness) wait();
        }
        send_close();
    }
    std::int64_t last_turn_ns() const override {
        return last_turn_ns_.load(std::memory_order_relaxed);
    }

  private:
    // The address of an exporter and the numbers reported to it.
    struct Exporter {
        Confirmations confirmations;
        std::uint64_t flow{};
        std::uint64_t confirmed{};
        std::uint64_t arrived{};
        std::uint64_t missing{};
        std::int64_t reported_ns{};
        std::int64_t heard_ns{};
    };
    Metrics::Labels labels() const { return {{"stream", std::string(to_string(plan_.stream))}}; }
    std::int64_t now() const { return net_->given.clock.mono_ns(); }
    void turned() { last_turn_ns_.store(now(), std::memory_order_relaxed); }

    bool take(const std::stop_token& stop) {
        auto message = socket_.receive();
        if (!message) return false;
        if (!message->one_frame)
            socket_.count_refused("shape");
        else if (const auto numbered = detail::unpack(message->frame))
            take_message(message->address, *numbered, stop);
        else
            hear_offer(message->address, message->frame.to_string_view());
        return true;
    }

    void hear_offer(const std::string& address, std::string_view text) {
        const auto offer = parse_offer(text);
        if (!offer) return socket_.count_refused("shape");
        if (offer->schema_version != kSchemaVersion) return socket_.count_refused("schema");
        auto& exporter = exporters_[address];
        exporter.heard_ns = now();
        if (offer->flow != 0 && !inbound_flows_.over(offer->flow)) {
            inbound_flows_.sent(offer->flow, offer->sent);
            follow(exporter, offer->flow);
        }
        send_status(address, exporter);
    }

    void take_message(const std::string& address, const detail::NumberedMessage& numbered,
                      const std::stop_token& stop) {
        // On a bound socket, messages before an offer of this version are ignored.
        if (socket_.routes() && !exporters_.contains(address))
            return socket_.count_refused("shape");
        if (inbound_flows_.over(numbered.flow)) return;
        if (inbound_flows_.fresh(numbered.flow, numbered.number) && !pass_on(numbered, stop)) {
            closed_ = true; // what arrived with it and after it stays unconfirmed
            return;
        }
        inbound_flows_.taken(numbered.flow, numbered.number);
        auto& exporter = exporters_[address];
        follow(exporter, numbered.flow);
        exporter.heard_ns = now();
        if (inbound_flows_.number(numbered.flow) - exporter.arrived >= kConfirmEvery)
            send_status(address, exporter);
    }

    static void follow(Exporter& exporter, std::uint64_t flow) {
        if (exporter.flow == flow) return;
        exporter = {.confirmations = {},
                    .flow = flow,
                    .reported_ns = exporter.reported_ns,
                    .heard_ns = exporter.heard_ns};
    }

    // False when this process's streams were closed before the message could be passed on.
    bool pass_on(const detail::NumberedMessage& numbered, const std::stop_token& stop) {
        const auto parts = split_topic(numbered.topic);
        const auto header = decode_header(numbered.header);
        if (!parts || parts->stream != to_string(plan_.stream) || !header ||
            header->schema_version != kSchemaVersion) {
            refused_.Increment();
            return true;
        }
        for (;;) {
            const auto status = to_.forward(numbered.topic, *header, numbered.payload);
            if (status == SendStatus::sent) break;
            if (status == SendStatus::closed || stop.stop_requested()) return false;
            turned();
            hello(false);
            std::this_thread::sleep_for(kRetry);
        }
        imported_.Increment();
        return true;
    }

    // Runs periodically, and soon after a message arrived: unconfirmed messages would count as
    // lost.
    void hello(bool at_rest) {
        const auto time = now();
        if (!socket_.routes() && exporters_.empty()) exporters_[""].heard_ns = time;
        for (auto& [address, exporter] : exporters_) {
            const auto since = time - exporter.reported_ns;
            const bool due = since > detail::kHelloEveryNs ||
                             ((at_rest || since > kConfirmAfterNs) && has_news(exporter));
            if (due) send_status(address, exporter);
        }
    }
    // Called only when the socket has been read completely: an exporter whose messages wait behind
    // a full queue is not silent.
    void forget_silent() {
        if (!socket_.routes()) return;
        std::erase_if(exporters_, [time = now()](const auto& each) {
            return time - each.second.heard_ns > kBridgeSilenceNs;
        });
    }
    bool has_news(Exporter& exporter) {
        return inbound_flows_.number(exporter.flow) != exporter.arrived ||
               inbound_flows_.missing(exporter.flow) != exporter.missing ||
               confirmable(exporter) != exporter.confirmed;
    }

    // The last number that the consumers processed and whose results have left the process. Queued
    // messages would be lost with this process.
    std::uint64_t confirmable(Exporter& exporter) {
        const auto number = inbound_flows_.number(exporter.flow);
        const auto lag = to_.lag();
        const auto time = now(); // read after the consumers' state
        if (exporter.confirmations.dealt_with(number - std::min(number, lag), time))
            net_->outbound_streams.ask();
        return exporter.confirmations.confirmable(net_->outbound_streams.clear_until());
    }
    bool anything_unconfirmed() const {
        return std::ranges::any_of(exporters_, [&](const auto& each) {
            return inbound_flows_.number(each.second.flow) != each.second.confirmed;
        });
    }

    void send_status(const std::string& address, Exporter& exporter) {
        const Hello hello{.schema_version = kSchemaVersion,
                          .incarnation = net_->given.incarnation,
                          .flow = exporter.flow,
                          .number = confirmable(exporter),
                          .arrived = inbound_flows_.number(exporter.flow),
                          .missing = inbound_flows_.missing(exporter.flow),
                          .components = {plan_.components.begin(), plan_.components.end()}};
        exporter.reported_ns = now();
        if (!socket_.send(address, encode(hello))) return;
        exporter.confirmed = hello.number;
        exporter.arrived = hello.arrived;
        exporter.missing = hello.missing;
    }

    // Receives nothing more; confirms received messages when that is allowed.
    void send_close() {
        const auto end = now() + kCloseTimeoutNs;
        for (; anything_unconfirmed() && !closed_ && now() < end;
             std::this_thread::sleep_for(kUnsettledTurn)) {
            turned();
            hello(true);
        }
        hello(true);
    }

    void wait() {
        if (closed_) return std::this_thread::sleep_for(detail::kBridgeTurn);
        std::array<zmq::pollitem_t, 1> items{{{socket_.socket().handle(), 0, ZMQ_POLLIN, 0}}};
        zmq::poll(items, anything_unconfirmed() ? kUnsettledTurn : detail::kBridgeTurn);
    }

    detail::NetPtr net_;
    BridgePlan plan_;
    Sender to_;
    BridgeSocket socket_;
    Counter& imported_;
    Counter& refused_;
    InboundFlows inbound_flows_;
    bool closed_{};
    std::map<std::string, Exporter>
        exporters_; // by address; a single one, "", when this side connects
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace

std::unique_ptr<Component> BridgeHub::importer(BridgePlan plan, Sender to) {
    return std::make_unique<Importer>(net_, std::move(plan), std::move(to));
}

} // namespace viz::bus
