// The shell over a real bus, with a node that is away: what cannot be searched is counted, and
// nothing waits for it.
#include "components/search/component.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "components/eth/transaction_rlp.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {
namespace {

using bus::Stream;

constexpr eth::ChainId kChain{31337};

struct Bench {
    FakeClock clock;
    bus::Metrics metrics;
    bus::Bus bus{metrics, clock};
    bus::Receiver journal_in{bus.receiver(Stream::journal)};
    bus::CandidateIn candidate_in{bus.receiver(Stream::candidate)};
    search::Ports ports{
        .tx = bus::TxIn(bus.receiver(Stream::tx)),
        .chain = bus::ChainIn(bus.receiver(Stream::chain)),
        .feature = bus::FeatureIn(bus.receiver(Stream::feature)),
        .simulated = bus::SimulatedIn(bus.receiver(Stream::simulated)),
        .verdict = bus::VerdictIn(bus.receiver(Stream::verdict)),
        .candidate = bus::CandidateOut(bus.sender(Stream::candidate, "search")),
        .journal = bus::JournalOut(bus.sender(Stream::journal, "search"), "search", metrics)};
    bus::TxOut tx_out{bus.sender(Stream::tx, "decode")};
    bus::ChainOut chain_out{bus.sender(Stream::chain, "ingest")};
    bus::VerdictOut verdict_out{bus.sender(Stream::verdict, "lifecycle")};
    bus::FeatureOut feature_out{bus.sender(Stream::feature, "features")};

    // Nobody listens on port 1.
    search::Options options() {
        search::Options made;
        made.chains[kChain] = {
            .nodes = {*node::parse_url("http://127.0.0.1:1")},
            .view = std::make_shared<state::ChainView>(),
            .hunt = {.market = {.bases = {{.address = address_of(7)}}, .pools = {}},
                     .limits = {},
                     .rounds = {}}};
        return made;
    }
    bool shows(const std::string& line) const {
        return metrics.text().find("viz_api_" + line + "\n") != std::string::npos;
    }
};

bus::DecodedTx call(std::uint64_t n) {
    eth::Transaction tx;
    tx.type = eth::TxType::dynamic_fee;
    tx.chain_id = kChain;
    tx.nonce = n;
    tx.to = address_of(2);
    tx.data = {1, 2, 3, 4};
    bus::DecodedTx made;
    made.chain_id = kChain;
    made.hash = hash_of(n);
    made.sender = address_of(3);
    made.to = tx.to;
    made.calldata = tx.data;
    made.raw = eth::encode_transaction(tx);
    return made;
}

TEST(SearchOnTheBus, ABlockThatCannotBeHadIsCountedAndPendingCallsAreKept) {
    Bench bench;
    search::SearchComponent component(bench.ports, bench.clock, bench.metrics, bench.options());
    std::jthread thread([&](std::stop_token stop) { component.run(stop); });

    bus::Head head;
    head.chain_id = kChain;
    head.hash = hash_of(100);
    ASSERT_EQ(bench.chain_out.send(head), bus::SendStatus::sent);
    for (std::uint64_t n = 0; n < 5; ++n) bench.tx_out.send(call(n));
    auto transfer = call(9);
    transfer.calldata.clear();
    bench.tx_out.send(transfer);
    bus::Feature label;
    label.chain_id = kChain;
    label.hash = hash_of(1);
    label.category = "swap";
    bench.feature_out.send(label);

    EXPECT_TRUE(eventually([&] {
        return bench.shows(R"(search_dropped_total{reason="block_not_had"} 1)") &&
               bench.shows("search_pooled 5");
    })) << bench.metrics.text();
    EXPECT_TRUE(bench.shows("search_observed_total 0"));
    bus::Received received;
    EXPECT_FALSE(bench.candidate_in.receiver().try_receive(received));
    EXPECT_FALSE(bench.journal_in.try_receive(received));
}

TEST(SearchOnTheBus, HeadsOnWhichNothingWantedIsObservedMakeItBlind) {
    Bench bench;
    search::SearchComponent component(bench.ports, bench.clock, bench.metrics, bench.options());
    std::jthread thread([&](std::stop_token stop) { component.run(stop); });
    const auto send_head = [&](std::uint64_t n) {
        bus::Head head;
        head.chain_id = kChain;
        head.hash = hash_of(n);
        ASSERT_EQ(bench.chain_out.send(head), bus::SendStatus::sent);
        const auto line = R"(search_dropped_total{reason="block_not_had"} )";
        ASSERT_TRUE(eventually([&] { return bench.shows(line + std::to_string(n - 99)); }));
    };
    send_head(100);
    EXPECT_TRUE(bench.shows("search_blind_heads 0")) << "nothing was wanted";
    bus::Feature label;
    label.chain_id = kChain;
    label.hash = hash_of(1);
    label.category = "swap";
    bench.feature_out.send(label);
    bench.tx_out.send(call(1));
    ASSERT_TRUE(eventually([&] { return bench.shows("search_pooled 1"); }));
    for (std::uint64_t n = 101; n < 104; ++n) send_head(n);
    EXPECT_TRUE(eventually([&] { return bench.shows("search_blind_heads 3"); }))
        << bench.metrics.text();
}

TEST(SearchOnTheBus, WhatLifecycleSaysIsLostIsNotKept) {
    Bench bench;
    search::SearchComponent component(bench.ports, bench.clock, bench.metrics, bench.options());
    std::jthread thread([&](std::stop_token stop) { component.run(stop); });
    for (std::uint64_t n = 0; n < 5; ++n) bench.tx_out.send(call(n));
    ASSERT_TRUE(eventually([&] { return bench.shows("search_pooled 5"); }));
    bench.verdict_out.send(
        bus::Verdict{.chain_id = kChain, .hash = hash_of(3), .reason = {}, .by = {}});
    EXPECT_TRUE(eventually([&] { return bench.shows("search_pooled 4"); }));
}

TEST(SearchOnTheBus, AStopEndsAWorkerThatWaitsForANodeThatNeverAnswers) {
    using namespace std::chrono_literals;
    FakeNode node;
    node.answer_http([](const std::string&) { return FakeHttpAnswer{.silent = true}; });
    Bench bench;
    auto options = bench.options();
    options.chains[kChain].nodes = {*node::parse_url(node.http_url())};
    options.limits = {.connect_timeout = 1h, .request_timeout = 1h};
    search::SearchComponent component(bench.ports, bench.clock, bench.metrics, options);
    std::jthread thread([&](std::stop_token stop) { component.run(stop); });
    bus::Head head;
    head.chain_id = kChain;
    head.hash = hash_of(100);
    ASSERT_EQ(bench.chain_out.send(head), bus::SendStatus::sent);
    ASSERT_TRUE(eventually([&] { return node.http_requests() == 1; }));
    thread.request_stop();
    thread.join(); // ctest's timeout is the bound
    EXPECT_EQ(node.http_requests(), 1u) << "and asks no more";
}

TEST(SearchOnTheBus, OfAChainThatItDoesNotSearchItTakesNothing) {
    Bench bench;
    search::SearchComponent component(bench.ports, bench.clock, bench.metrics, bench.options());
    std::jthread thread([&](std::stop_token stop) { component.run(stop); });
    auto foreign = call(1);
    foreign.chain_id = eth::ChainId{1};
    bench.tx_out.send(foreign);
    bench.tx_out.send(call(2));
    EXPECT_TRUE(eventually([&] { return bench.shows("search_pooled 1"); }));
}

} // namespace
} // namespace viz::test
