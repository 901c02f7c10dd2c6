#include <algorithm>
#include <atomic>

#include "bus/bridge_detail.hpp"

namespace viz::bus {

namespace {

using detail::BridgeSocket;

constexpr int kFairness = 256;
constexpr std::int64_t kCloseTimeoutNs = 1'000'000'000;

class Exporter final : public Component {
  public:
    Exporter(detail::NetPtr net, BridgePlan plan, Receiver from)
        : net_(std::move(net)), plan_(std::move(plan)), from_(std::move(from)),
          each_to_one_(spec_of(plan_.stream).pattern == Pattern::push_pull),
          socket_(net_, plan_, spec_of(plan_.stream).producer_binds),
          outbound_(net_->outbound_streams.add()),
          importers_(net_->given.incarnation, each_to_one_),
          exported_(counter("bus_exported_total")), absent_(lost("absent")), full_(lost("full")),
          unconfirmed_(lost("unconfirmed")), cut_(lost("cut")),
          peers_(net_->given.metrics.gauge("bus_peers",
                                           "Other processes that receive the stream from this one.",
                                           {{"stream", std::string(to_string(plan_.stream))}})) {}

    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            const bool busy = turn();
            if (!busy) wait();
        }
        send_close();
        outbound_->close();
    }
    std::int64_t last_turn_ns() const override {
        return last_turn_ns_.load(std::memory_order_relaxed);
    }

  private:
    Counter& counter(const char* name) {
        return net_->given.metrics.counter(name, "Messages sent to another process.",
                                           {{"stream", std::string(to_string(plan_.stream))}});
    }
    Counter& lost(const char* reason) {
        return net_->given.metrics.counter(
            "bus_remote_lost_total", "Messages that did not reach another process, by reason.",
            {{"stream", std::string(to_string(plan_.stream))}, {"reason", reason}});
    }

    bool turn() {
        outbound_->heed();
        const auto now = net_->given.clock.mono_ns();
        last_turn_ns_.store(now, std::memory_order_relaxed);
        hear(now);
        count(unconfirmed_, importers_.expire(now));
        offer(now);
        socket_.watch_handshakes();
        announce();
        send_what_waits();
        const auto end = pass_on();
        outbound_->clear_until(unacknowledged_.look(now, end == QueueEnd::empty, taken_,
                                                    importers_.oldest_not_arrived()));
        return end == QueueEnd::has_more;
    }

    static void count(Counter& counter, std::uint64_t n) {
        if (n != 0) counter.Increment(static_cast<double>(n));
    }

    void hear(std::int64_t now) {
        while (const auto message = socket_.receive()) {
            const auto hello =
                message->one_frame ? parse_hello(message->frame.to_string_view()) : std::nullopt;
            if (!hello)
                socket_.count_refused("shape");
            else if (hello->schema_version != kSchemaVersion)
                socket_.count_refused("schema");
            else
                welcome(importers_.hear(message->address, *hello, now));
        }
    }
    void welcome(const Importers::Heard& heard) {
        if (!heard.welcome) socket_.count_refused("superseded");
        count(unconfirmed_, heard.lost);
        count(cut_, heard.cut);
    }

    void offer(std::int64_t now) {
        if (socket_.routes())
            offer_what_is_under_way(now);
        else
            offer_ourselves(now);
    }
    // When this side connects, the importer learns its address only from a message.
    void offer_ourselves(std::int64_t now) {
        if (now - offered_ns_ < detail::kHelloEveryNs) return;
        offered_ns_ = now;
        const auto& all = importers_.all();
        (void)offer_to("", all.empty() ? Importers::Importer{} : all.begin()->second);
    }
    void offer_what_is_under_way(std::int64_t now) {
        for (auto at = importers_.all().begin(); at != importers_.all().end();) {
            auto& importer = (at++)->second; // the call below may remove it
            if (importer.under_way.empty() || now - importer.offered_ns < detail::kHelloEveryNs)
                continue;
            importer.offered_ns = now;
            if (!offer_to(importer.address, importer))
                count(unconfirmed_, importers_.let_go(importer));
        }
    }
    bool offer_to(const std::string& address, const Importers::Importer& importer) {
        return socket_.send(address, encode(Offer{.schema_version = kSchemaVersion,
                                                  .flow = importer.flow,
                                                  .sent = importer.sent}));
    }

    void announce() {
        auto present = importers_.present();
        if (present == announced_) return;
        missing_.clear();
        std::ranges::set_difference(plan_.components, present,
                                    std::inserter(missing_, missing_.end()));
        announced_ = present;
        net_->given.board.set(plan_.stream, std::move(present));
        peers_.Set(static_cast<double>(importers_.all().size()));
    }

    // A stream that sends each message to one importer keeps its queue until an importer has
    // capacity; in a stream for all importers those without capacity lose the message.
    enum class QueueEnd : std::uint8_t { empty, no_room, has_more };
    QueueEnd pass_on() {
        for (int turn = 0; turn < kFairness; ++turn) {
            if (each_to_one_ && !importers_.any_room()) return QueueEnd::no_room;
            if (!from_.try_receive(received_)) return QueueEnd::empty;
            ++taken_;
            const auto header = encode_header(received_.header());
            if (each_to_one_)
                send_to_one(header);
            else
                send_to_all(header);
        }
        return QueueEnd::has_more;
    }

    void send_to_one(PayloadView header) {
        while (auto* importer = importers_.next())
            if (send(*importer, header)) return;
        absent_.Increment(); // the last importer was removed just now
    }

    // Importers that are absent or without capacity receive it later.
    void send_to_all(PayloadView header) {
        QueuedMessagePtr queued;
        const auto kept = [&]() -> const QueuedMessagePtr& {
            if (!queued) queued = keep(header);
            return queued;
        };
        if (!missing_.empty()) count(absent_, importers_.keep(missing_, kept()));
        for (auto at = importers_.all().begin(); at != importers_.all().end();) {
            auto& importer = (at++)->second; // sending may remove it
            if (importer.waiting.empty() && importer.has_room())
                (void)send(importer, header);
            else
                count(full_, importer.waiting.push(kept()));
        }
    }

    QueuedMessagePtr keep(PayloadView header) const {
        const auto payload = std::as_const(received_).payload();
        auto queued = std::make_shared<QueuedMessage>(QueuedMessage{
            std::string(received_.topic()), {}, Payload(payload.begin(), payload.end()), taken_});
        std::ranges::copy(header, queued->header.begin());
        return queued;
    }

    void send_what_waits() {
        for (auto at = importers_.all().begin(); at != importers_.all().end();) {
            auto& importer = (at++)->second;
            while (!importer.waiting.empty() && importer.has_room()) {
                const auto& queued = importer.waiting.front();
                if (!send(importer, queued.topic, queued.header, queued.payload, queued.place))
                    break;
                importer.waiting.pop();
            }
        }
    }

    bool send(Importers::Importer& importer, PayloadView header) {
        return send(importer, received_.topic(), header, std::as_const(received_).payload(),
                    taken_);
    }

    // False when the importer cannot be reached: it is then removed, and the message of a PUB/SUB
    // stream is kept for its components with the queued ones.
    bool send(Importers::Importer& importer, std::string_view topic, PayloadView header,
              PayloadView payload, std::uint64_t place) {
        if (socket_.send(importer.address, detail::pack({.flow = importer.flow,
                                                         .number = importer.sent + 1,
                                                         .topic = topic,
                                                         .header = header,
                                                         .payload = payload}))) {
            importer.has_been_sent(place);
            exported_.Increment();
            return true;
        }
        if (!each_to_one_ && importer.waiting.empty())
            count(full_, importer.waiting.push(keep(header)));
        count(unconfirmed_, importers_.let_go(importer));
        announce();
        return false;
    }

    void wait() {
        std::array<zmq::pollitem_t, 3> items{{{socket_.socket().handle(), 0, ZMQ_POLLIN, 0},
                                              {nullptr, outbound_->fd(), ZMQ_POLLIN, 0},
                                              {nullptr, from_.event_fd(), ZMQ_POLLIN, 0}}};
        // Without capacity the queue is not read; its descriptor would only report new messages.
        const bool looking = !each_to_one_ || importers_.any_room();
        zmq::poll(items.data(), looking ? 3 : 2, detail::kBridgeTurn);
    }

    // In an orderly stop queued messages are still delivered and confirmed.
    void send_close() {
        const auto end = net_->given.clock.mono_ns() + kCloseTimeoutNs;
        const auto under_way = [&] {
            return std::ranges::any_of(importers_.all(), [](const auto& each) {
                return each.second.sent != each.second.confirmed || !each.second.waiting.empty();
            });
        };
        while ((turn() || under_way()) && net_->given.clock.mono_ns() < end) wait();
        const auto left = importers_.close();
        count(unconfirmed_, left.unconfirmed);
        count(absent_, left.waiting);
        while (from_.try_receive(received_)) absent_.Increment();
    }

    detail::NetPtr net_;
    BridgePlan plan_;
    Receiver from_;
    bool each_to_one_;
    BridgeSocket socket_;
    std::shared_ptr<detail::OutboundStream> outbound_;
    UnacknowledgedTracker unacknowledged_{net_->given.patience_ns};
    std::uint64_t taken_{}; // from the stream's queue
    Importers importers_;
    Counter& exported_;
    Counter& absent_;
    Counter& full_;
    Counter& unconfirmed_;
    Counter& cut_;
    Gauge& peers_;
    Received received_;
    std::set<std::string> announced_;
    std::set<std::string> missing_{plan_.components};
    std::int64_t offered_ns_{};
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace

std::unique_ptr<Component> BridgeHub::exporter(BridgePlan plan, Receiver from) {
    return std::make_unique<Exporter>(net_, std::move(plan), std::move(from));
}

} // namespace viz::bus
