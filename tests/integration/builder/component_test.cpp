// The shell over a real bus and with relays on loopback: candidates in, decisions and dry runs on
// record, whatever relays do.
#include "components/builder/component.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "components/eth/hex.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/builder/scene.hpp"

namespace viz::test {
namespace {

using namespace std::chrono_literals;
using bus::Stream;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

FakeHttpAnswer taken() {
    return {.body = R"({"jsonrpc":"2.0","id":1,"result":{"results":[]}})"};
}

class BuilderOnTheBus : public testing::Test {
  protected:
    BuilderOnTheBus() {
        options_.retry = {.attempts = 2, .backoff = 1ms, .backoff_max = 5ms};
        options_.link.request_timeout = 2'000ms;
        options_.random = [] { return std::uint64_t{7}; };
    }
    ~BuilderOnTheBus() override { stop(); }

    builder::Relay relay_at(const FakeNode& node) const {
        return {bus::ChainId{31337}, *node::parse_url(node.http_url() + "/secret-path")};
    }
    void start() {
        component_ =
            std::make_unique<builder::BuilderComponent>(ports_, clock_, metrics_, options_);
        thread_ = std::jthread([this](const std::stop_token& stop) { component_->run(stop); });
        send_head(head());
    }
    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }
    void send_head(const bus::Head& head) { ASSERT_EQ(chain_.send(head), bus::SendStatus::sent); }
    void send(const bus::Simulated& one) { ASSERT_EQ(simulated_.send(one), bus::SendStatus::sent); }

    // The next event of that kind on record; others are passed over.
    template <class Event> std::optional<Event> next(std::chrono::milliseconds limit = kDeadline) {
        std::optional<Event> found;
        eventually(
            [&] {
                bus::Received received;
                while (!found && journal_.try_receive(received)) {
                    const auto entry = bus::decode<bus::Envelope>(received.payload());
                    if (!entry) continue;
                    EXPECT_EQ(entry->source_id, "builder");
                    EXPECT_EQ(entry->chain_id, bus::ChainId{31337});
                    if (const auto* event = std::get_if<Event>(&entry->data)) found = *event;
                }
                return found.has_value();
            },
            limit);
        return found;
    }
    auto decision() { return next<bus::AssemblyDecisionApplied>(); }
    auto submission() { return next<bus::BundleSubmitted>(); }
    bool shows(const std::string& line) {
        return eventually([&] { return metrics_.text().find(line) != std::string::npos; });
    }
    double filtered(const std::string& reason) {
        return metrics_.counter("relay_bundle_filtered_total", "", {{"reason", reason}}).Value();
    }

    bus::SystemClock clock_;
    bus::Metrics metrics_;
    bus::Bus bus_{metrics_, clock_};
    bus::Receiver journal_{bus_.receiver(Stream::journal)};
    builder::Ports ports_{
        .simulated = bus::SimulatedIn(bus_.receiver(Stream::simulated)),
        .chain = bus::ChainIn(bus_.receiver(Stream::chain, {"chain.head.", "chain.reorg."})),
        .journal = bus::JournalOut(bus_.sender(Stream::journal, "builder"), "builder", metrics_)};
    bus::SimulatedOut simulated_{bus_.sender(Stream::simulated, "sim")};
    bus::ChainOut chain_{bus_.sender(Stream::chain, "ingest")};
    builder::Options options_;
    std::unique_ptr<builder::BuilderComponent> component_;
    std::jthread thread_;
};

TEST_F(BuilderOnTheBus, RecordsItsDecisions) {
    start();
    send(simulated({.id = 1, .net = 5, .writes = {1}, .members = {7}}));
    auto one = decision();
    ASSERT_TRUE(one);
    EXPECT_EQ(one->decision, "included");
    EXPECT_EQ(one->target_block, bus::BlockNumber{101});
    send(simulated({.id = 2, .net = 50, .writes = {1}, .members = {8}}));
    one = decision();
    ASSERT_TRUE(one);
    EXPECT_EQ(one->decision, "displaced");
    EXPECT_EQ(one->in_favour_of, hash_of(2));
    ASSERT_TRUE(decision());
    send_head(head(101));
    one = decision();
    ASSERT_TRUE(one);
    EXPECT_EQ(one->candidate_id, hash_of(2));
    EXPECT_EQ(one->reason, "new_head");
    EXPECT_TRUE(
        shows(R"(viz_api_builder_decisions_total{decision="included",reason="profitable"} 2)"));
    EXPECT_THAT(metrics_.text(), Not(HasSubstr("relay_success_rate")))
        << "without a relay there is no rate";
}

TEST_F(BuilderOnTheBus, ARelayIsAskedAboutEachIncludedCandidate) {
    FakeNode relay;
    std::mutex mutex;
    std::string asked;
    relay.answer_http([&](const std::string& body) {
        const std::scoped_lock lock(mutex);
        asked = body;
        return taken();
    });
    options_.relays = {relay_at(relay)};
    start();
    send(simulated({.id = 1, .net = 5, .members = {7}}));
    const auto done = submission();
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->accepted);
    EXPECT_EQ(done->final_state, "accepted");
    EXPECT_EQ(done->method, "eth_callBundle");
    EXPECT_THAT(done->candidate_ids, ElementsAre(hash_of(1)));
    EXPECT_THAT(done->tx_hashes, ElementsAre(hash_of(7)));
    EXPECT_EQ(done->relay_url, relay.http_url().substr(0, done->relay_url.size()));
    EXPECT_THAT(done->relay_url, Not(HasSubstr("secret")));
    ASSERT_EQ(done->attempts.size(), 1u);
    EXPECT_EQ(done->attempts[0].http_status, 200u);
    EXPECT_TRUE(shows("viz_api_relay_success_rate 1"));
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(json::parse(asked)["method"], "eth_callBundle");
    EXPECT_EQ(json::parse(asked)["params"][0]["txs"], json::array({"0x0207"}));
}

TEST_F(BuilderOnTheBus, BundlesThatComeTrueAreCounted) {
    FakeNode relay;
    relay.answer_http([](const std::string&) { return taken(); });
    options_.relays = {relay_at(relay)};
    start();
    send(simulated({.id = 1, .net = 5, .members = {7, 8}}));
    ASSERT_TRUE(submission());
    auto mined = head(101);
    mined.transactions = {{.hash = hash_of(7)}, {.hash = hash_of(9)}, {.hash = hash_of(8)}};
    send_head(mined);
    EXPECT_TRUE(shows("viz_api_relay_bundle_included_total 1"));
}

TEST_F(BuilderOnTheBus, WhatNobodySignedIsNotSent) {
    FakeNode relay;
    options_.relays = {relay_at(relay)};
    start();
    send(simulated({.id = 1, .net = 5}));
    ASSERT_TRUE(decision());
    EXPECT_TRUE(eventually([&] { return filtered("nothing_signed") == 1; }));
    EXPECT_EQ(relay.http_requests(), 0u);
}

TEST_F(BuilderOnTheBus, EndsOfEveryKindAreRecorded) {
    const std::vector<std::tuple<FakeHttpAnswer, std::string, std::string>> rows{
        {{.body = R"({"id":1,"error":{"code":-1,"message":"no"}})"}, "rejected", "-1: no"},
        {{.status = 403, .body = "sign it"}, "rejected", "http_403"},
        {{.status = 500, .body = "busy"}, "unreachable", "http_5xx"},
        {{.body = "<html>"}, "unreachable", "not a JSON object"},
        {{.silent = true}, "unreachable", "timed_out"},
        {{.body = taken().body, .close_midway = true}, "unreachable", "closed_by_peer"},
    };
    options_.link.request_timeout = 200ms;
    options_.breaker.failures = 1'000; // here each is to be asked
    FakeNode relay;
    options_.relays = {relay_at(relay)};
    start();
    std::uint64_t id = 0;
    for (const auto& [answer, state, error] : rows) {
        relay.answer_http([answer = answer](const std::string&) { return answer; });
        ++id;
        send(simulated({.id = id, .net = 5, .members = {1000 + id}}));
        const auto done = submission();
        ASSERT_TRUE(done) << error;
        EXPECT_FALSE(done->accepted);
        EXPECT_EQ(done->final_state, state) << error;
        EXPECT_EQ(done->attempts.back().error, error);
        EXPECT_EQ(done->attempts.size(), state == "rejected" ? 1u : 2u) << error;
    }
    EXPECT_TRUE(shows("viz_api_relay_success_rate 0"));
}

TEST_F(BuilderOnTheBus, ARelayThatIsDownIsLeftAloneAndAskedAgainLater) {
    FakeNode relay;
    relay.answer_http([](const std::string&) { return taken(); });
    options_.relays = {relay_at(relay)};
    options_.breaker = {.failures = 2, .open_for = 300ms};
    relay.stop();
    start();
    std::uint64_t id = 0;
    const auto next_state = [&] {
        ++id; // each better than those before: there is room for it
        send(simulated({.id = id, .net = static_cast<std::int64_t>(id), .members = {1000 + id}}));
        const auto done = submission();
        return done ? done->final_state : "nothing";
    };
    EXPECT_EQ(next_state(), "unreachable");
    EXPECT_EQ(next_state(), "unreachable");
    EXPECT_EQ(next_state(), "circuit_open");
    EXPECT_TRUE(eventually([&] { return filtered("circuit_open") == 1; }));
    relay.start();
    EXPECT_TRUE(eventually([&] { return next_state() == "accepted"; }));
}

TEST_F(BuilderOnTheBus, ASilentRelayKeepsNeitherTheStreamsNorTheOtherRelayWaiting) {
    FakeNode silent;
    FakeNode quick;
    silent.answer_http([](const std::string&) { return FakeHttpAnswer{.silent = true}; });
    quick.answer_http([](const std::string&) { return taken(); });
    options_.relays = {relay_at(silent), relay_at(quick)};
    options_.link.request_timeout = 30'000ms;
    start();
    for (std::uint64_t id = 1; id <= 3; ++id) {
        send(simulated({.id = id, .net = 5, .members = {1000 + id}}));
        const auto done = submission();
        ASSERT_TRUE(done);
        EXPECT_EQ(done->final_state, "accepted");
    }
    // Two wait for the silent one still, one is with it.
    send_head(head(101));
    EXPECT_TRUE(eventually([&] { return filtered("expired") == 2; }));
    silent.drop_connections();
}

TEST_F(BuilderOnTheBus, BundlesOfOtherChainsAreNotTheRelays) {
    FakeNode relay;
    options_.relays = {{bus::ChainId{1}, *node::parse_url(relay.http_url())}};
    start();
    send(simulated({.id = 1, .net = 5, .members = {7}}));
    ASSERT_TRUE(decision());
    stop();
    EXPECT_EQ(relay.http_requests(), 0u);
}

} // namespace
} // namespace viz::test
