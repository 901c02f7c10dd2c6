// Exporter and importer over a wire that cuts, delays, reorders and dies at random: every message
// is taken once and in order, or is counted by the exporter.
#include <random>

#include <gmock/gmock.h>

#include "bus/bridge_core.hpp"

namespace viz::bus {
namespace {

constexpr auto kComponent = "features";

class Model {
  public:
    explicit Model(std::uint64_t seed) : random_(seed), exporter_(random_(), false) {}

    void step() {
        now_ += kBridgeSilenceNs / 16;
        if (chance(50)) send();
        flush(80);
        if (chance(20)) offer();
        arrive(60);
        if (chance(70)) consume();
        if (chance(30)) greet();
        if (chance(5)) cut();
        if (chance(3)) die();
        hear_greetings(70);
        lost_ += exporter_.expire(now_);
    }
    // All that still goes through does.
    void end() {
        for (int i = 0; i < 3; ++i) {
            greet();
            hear_greetings(100);
            flush(100);
            offer();
            arrive(100);
            while (!queue_.empty()) consume();
        }
        greet();
        hear_greetings(100);
    }
    void expect_balance() const {
        EXPECT_GE(taken_.size() + lost_, last_message_);
        EXPECT_EQ(std::ranges::adjacent_find(taken_, std::greater_equal<>()), taken_.end());
        EXPECT_FALSE(taken_.empty());
        ASSERT_EQ(exporter_.oldest_not_arrived(), std::nullopt) << "the exporter knows it all";
    }

  private:
    struct OnTheWire {
        std::string connection;
        Offer offer;            // when of number 0
        std::uint64_t number{}; // in the flow
        std::uint64_t message{};
    };

    bool chance(unsigned percent) { return random_() % 100 < percent; }
    std::string connection() const { return std::to_string(connection_); }

    void send() {
        const auto queued = std::make_shared<QueuedMessage>(
            QueuedMessage{std::to_string(++last_message_), {}, {}, last_message_});
        for (auto& [key, importer] : exporter_.all()) lost_ += importer.waiting.push(queued);
        if (exporter_.all().empty()) lost_ += exporter_.keep({kComponent}, queued);
    }
    // A message for a connection that is gone is swallowed, or refused.
    void flush(unsigned percent) {
        for (auto at = exporter_.all().begin(); at != exporter_.all().end();) {
            auto& importer = (at++)->second;
            while (!importer.waiting.empty() && importer.has_room() && chance(percent)) {
                if (importer.address != connection() && chance(50)) {
                    lost_ += exporter_.let_go(importer);
                    break;
                }
                const auto& queued = importer.waiting.front();
                importer.has_been_sent(queued.place);
                if (importer.address == connection())
                    wire_.push_back({connection(),
                                     {.flow = importer.flow},
                                     importer.sent,
                                     std::stoull(queued.topic)});
                importer.waiting.pop();
            }
        }
    }
    void offer() {
        for (const auto& [key, importer] : exporter_.all())
            if (importer.address == connection())
                wire_.push_back(
                    {connection(), {.flow = importer.flow, .sent = importer.sent}, 0, 0});
    }
    // Of several connections in any order, in each in its own.
    void arrive(unsigned percent) {
        while (!wire_.empty() && chance(percent)) {
            auto next = wire_.begin();
            if (chance(30))
                next = std::ranges::find(wire_, wire_.back().connection, &OnTheWire::connection);
            const auto came = *next;
            wire_.erase(next);
            if (inbound_flows_.over(came.offer.flow)) continue;
            flow_ = came.offer.flow;
            if (came.number == 0) {
                inbound_flows_.sent(flow_, came.offer.sent);
            } else {
                if (inbound_flows_.fresh(flow_, came.number)) queue_.push_back(came.message);
                inbound_flows_.taken(flow_, came.number);
            }
        }
    }
    void consume() {
        if (queue_.empty()) return;
        taken_.push_back(queue_.front());
        queue_.pop_front();
    }
    void greet() {
        const auto arrived = inbound_flows_.number(flow_);
        greetings_.emplace_back(
            connection(), Hello{.schema_version = 1,
                                .incarnation = incarnation_,
                                .flow = flow_,
                                .number = arrived - std::min<std::uint64_t>(arrived, queue_.size()),
                                .arrived = arrived,
                                .missing = inbound_flows_.missing(flow_),
                                .components = {kComponent}});
    }
    void hear_greetings(unsigned percent) {
        for (; !greetings_.empty() && chance(percent); greetings_.pop_front()) {
            const auto& [address, hello] = greetings_.front();
            const auto heard = exporter_.hear(address, hello, now_);
            lost_ += heard.lost + heard.cut;
        }
    }
    // Some of what was on its way still comes.
    void cut() {
        ++connection_;
        while (!wire_.empty() && chance(70)) wire_.pop_back();
        while (!greetings_.empty() && chance(70)) greetings_.pop_back();
    }
    // The importer's process ends with all it had; it is noticed at once or later.
    void die() {
        const auto known = exporter_.all().find(incarnation_);
        if (known != exporter_.all().end() && chance(50)) lost_ += exporter_.let_go(known->second);
        cut();
        wire_.clear();
        queue_.clear();
        inbound_flows_ = {};
        flow_ = 0;
        ++incarnation_;
    }

    std::mt19937_64 random_;
    Importers exporter_;
    std::int64_t now_{};
    std::deque<OnTheWire> wire_;
    std::deque<std::pair<std::string, Hello>> greetings_;
    std::uint64_t connection_{1};
    std::uint64_t lost_{};
    std::uint64_t last_message_{};
    // The importer's process.
    std::uint64_t incarnation_{1};
    InboundFlows inbound_flows_;
    std::uint64_t flow_{};
    std::deque<std::uint64_t> queue_;
    std::vector<std::uint64_t> taken_;
};

TEST(BridgeModel, EveryMessageIsTakenOnceAndInOrderOrCounted) {
    const auto seed = std::random_device{}();
    for (std::uint64_t round = 0; round < 300; ++round) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << " + " << round);
        Model model(seed + round);
        for (int step = 0; step < 300; ++step) model.step();
        model.end();
        model.expect_balance();
        if (testing::Test::HasFailure()) break;
    }
}

} // namespace
} // namespace viz::bus
