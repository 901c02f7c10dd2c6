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
constexpr std::chrono::milliseconds kRetry{1};
constexpr std::chrono::milliseconds kUnsettledTurn{5};

class Importer final : public Component {
  public:
    Importer(detail::NetPtr net, BridgePlan plan, Sender to)
        : net_(std::move(net)), plan_(std::move(plan)), to_(std::move(to)),
          socket_(net_, plan_, !spec_of(plan_.stream).producer_binds),
          imported_(net_->given.metrics.counter("bus_imported_total",
                                                "Messages taken from another process.", labels())),
          refused_(net_->given.metrics.counter(
              "bus_refused_total", "Messages refused by the receiver: schema version or content.",
              labels())),
          cut_(net_->given.metrics.counter(
              "bus_remote_lost_total", "Messages that did not reach another process, by reason.",
              {{"stream", std::string(to_string(plan_.stream))}, {"reason", "cut"}})) {}

    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            turned();
            socket_.watch_handshakes();
            int taken = 0;
            while (taken < kFairness && !closed_ && take(stop)) ++taken;
            hello(taken == 0);
            if (taken < kFairness) wait();
        }
        hello(true);
    }
    std::int64_t last_turn_ns() const override {
        return last_turn_ns_.load(std::memory_order_relaxed);
    }

  private:
    // Where an exporter can be answered, and how far it is.
    struct Exporter {
        std::uint64_t flow{};
        std::uint64_t confirmed{};
        std::int64_t told_ns{};
        std::int64_t heard_ns{};
    };

    Metrics::Labels labels() const { return {{"stream", std::string(to_string(plan_.stream))}}; }
    std::int64_t now() const { return net_->given.clock.mono_ns(); }
    void turned() { last_turn_ns_.store(now(), std::memory_order_relaxed); }

    bool take(const std::stop_token& stop) {
        auto message = socket_.receive();
        if (!message) return false;
        auto& frames = message->frames;
        if (frames.size() == 1) {
            hear_offer(message->address, frames[0].to_string_view());
        } else if (frames.size() == 4 && frames[0].size() == sizeof(detail::Placed)) {
            take_message(message->address, frames, stop);
        } else {
            socket_.count_refused("shape");
        }
        return true;
    }

    void hear_offer(const std::string& address, std::string_view text) {
        const auto offer = parse_offer(text);
        if (!offer) return socket_.count_refused("shape");
        if (offer->schema_version != kSchemaVersion) return socket_.count_refused("schema");
        auto& exporter = exporters_[address];
        exporter.heard_ns = now();
        if (offer->flow != 0) follow(exporter, offer->flow);
        tell(address, exporter);
    }

    void take_message(const std::string& address, const std::vector<zmq::message_t>& frames,
                      const std::stop_token& stop) {
        // Where we listen nobody has a word before an offer of our version.
        if (socket_.routes() && !exporters_.contains(address))
            return socket_.count_refused("shape");
        const auto place = detail::place_of(frames[0]);
        const auto verdict = inflows_.judge(place.flow, place.number);
        if (verdict.fresh && !pass_on(frames, stop)) {
            closed_ = true; // what came with it and after it stays unconfirmed
            return;
        }
        inflows_.taken(place.flow, place.number);
        if (verdict.lost != 0) cut_.Increment(static_cast<double>(verdict.lost));
        auto& exporter = exporters_[address];
        follow(exporter, place.flow);
        exporter.heard_ns = now();
        if (settled(exporter) - exporter.confirmed >= kConfirmEvery) tell(address, exporter);
    }

    static void follow(Exporter& exporter, std::uint64_t flow) {
        if (exporter.flow == flow) return;
        exporter.flow = flow;
        exporter.confirmed = 0;
    }

    // False when our own streams have been closed before it could be handed over.
    bool pass_on(const std::vector<zmq::message_t>& frames, const std::stop_token& stop) {
        const auto topic = frames[1].to_string_view();
        const auto parts = split_topic(topic);
        const auto header = decode_header(view(frames[2]));
        if (!parts || parts->stream != to_string(plan_.stream) || !header ||
            header->schema_version != kSchemaVersion) {
            refused_.Increment();
            return true;
        }
        for (;;) {
            const auto status = to_.forward(topic, *header, view(frames[3]));
            if (status == SendStatus::sent) break;
            if (status == SendStatus::closed || stop.stop_requested()) return false;
            turned();
            hello(false);
            std::this_thread::sleep_for(kRetry);
        }
        imported_.Increment();
        return true;
    }
    static PayloadView view(const zmq::message_t& frame) {
        return {static_cast<const std::uint8_t*>(frame.data()), frame.size()};
    }

    // Now and then, and soon after something was taken: what is not confirmed would count as lost.
    void hello(bool at_rest) {
        const auto time = now();
        if (!socket_.routes() && exporters_.empty()) exporters_[""].heard_ns = time;
        for (auto at = exporters_.begin(); at != exporters_.end();) {
            auto& [address, exporter] = *at;
            const bool behind = settled(exporter) != exporter.confirmed;
            const auto since = time - exporter.told_ns;
            const bool due =
                since > detail::kHelloEveryNs || (behind && (at_rest || since > kConfirmAfterNs));
            const bool gone = socket_.routes() && time - exporter.heard_ns > kBridgeSilenceNs;
            if (due && !gone) tell(address, exporter);
            at = gone ? exporters_.erase(at) : std::next(at);
        }
    }

    // Confirmed is what our consumers have taken: what only waits for them would be lost with us.
    std::uint64_t settled(const Exporter& exporter) const {
        const auto number = inflows_.number(exporter.flow);
        const auto lag = to_.lag(receivers_);
        return std::max(number - std::min(number, lag), exporter.confirmed);
    }
    bool anything_unsettled() const {
        return std::ranges::any_of(exporters_, [&](const auto& each) {
            return inflows_.number(each.second.flow) != each.second.confirmed;
        });
    }

    void tell(const std::string& address, Exporter& exporter) {
        Hello hello{.schema_version = kSchemaVersion,
                    .incarnation = net_->given.incarnation,
                    .flow = exporter.flow,
                    .number = settled(exporter),
                    .components = {plan_.components.begin(), plan_.components.end()}};
        exporter.told_ns = now();
        if (socket_.send_text(address, encode(hello))) exporter.confirmed = hello.number;
    }

    void wait() {
        if (closed_) return std::this_thread::sleep_for(detail::kBridgeTurn);
        std::array<zmq::pollitem_t, 1> items{{{socket_.socket().handle(), 0, ZMQ_POLLIN, 0}}};
        zmq::poll(items, anything_unsettled() ? kUnsettledTurn : detail::kBridgeTurn);
    }

    detail::NetPtr net_;
    BridgePlan plan_;
    Sender to_;
    // That take every message; 0: they do not, and handing over has to be enough. (Of `chain`
    // each takes the kinds it is interested in.)
    std::uint64_t receivers_{plan_.stream == Stream::chain ? 0
                             : spec_of(plan_.stream).pattern == Pattern::pub_sub
                                 ? plan_.components.size()
                                 : 1};
    BridgeSocket socket_;
    Counter& imported_;
    Counter& refused_;
    Counter& cut_;
    Inflows inflows_;
    bool closed_{};
    std::map<std::string, Exporter> exporters_; // by address; one, "", where we connect
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace

std::unique_ptr<Component> BridgeHub::importer(BridgePlan plan, Sender to) {
    return std::make_unique<Importer>(net_, std::move(plan), std::move(to));
}

} // namespace viz::bus
