// Endpoints that go and come: nothing stops start-up, nothing confirmed meanwhile is lost, and
// several sources at once show which one was first.
#include <gtest/gtest.h>

#include "tests/integration/ingest/bench_of_ingest.hpp"

namespace viz::ingest {
namespace {

using bus::EndpointState;
using test::Dialect;
using test::eventually;
using test::FakeNode;
using test::hash_of;

bool subscribed(const FakeNode& node) {
    return eventually([&] { return node.subscribers() == 1; });
}

TEST(Reconnect, ANodeThatIsDownDoesNotStopStartUp) {
    FakeNode node;
    node.stop();
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.saw_error("connect_failed"); }));
    node.start();
    ASSERT_TRUE(subscribed(node));
    EXPECT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    EXPECT_GT(ingest.status()->blind_ms_total, 0u);
}

TEST(Reconnect, StopsQuicklyWhileNothingAnswers) {
    FakeNode node;
    node.mute(true);
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return node.connections_accepted() > 0; }));
    const auto start = std::chrono::steady_clock::now();
    ingest.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(Reconnect, FillsTheGapOfHeadsByNumberAndReadsThePoolAgain) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    node.stop();
    for (int i = 0; i < 20; ++i) node.mine({tx(static_cast<std::uint64_t>(i) + 1)}, false);
    node.add_to_pool(eth::to_hex(test::address_of(77).view()), 77, tx(77));
    node.start();
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 21; }));
    const auto heads = ingest.all<bus::Head>();
    for (std::size_t i = 1; i < heads.size(); ++i) {
        EXPECT_EQ(heads[i].number.value, i);
        EXPECT_EQ(heads[i].parent_hash, heads[i - 1].hash);
        EXPECT_EQ(heads[i].transactions.size(), 1u);
    }
    EXPECT_TRUE(heads[5].catch_up);
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(77)).size() == 1; }));
    EXPECT_TRUE(ingest.bodies_of(hash_of(77)).front().backfilled);
    EXPECT_TRUE(eventually([&] { return ingest.status()->disconnect_count == 1; }));
}

TEST(Reconnect, SeesAReorgThatHappenedWhileAway) {
    FakeNode node;
    for (int i = 0; i < 5; ++i) node.mine();
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    for (std::size_t i = 0; i < 3; ++i) {
        node.mine();
        ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 2 + i; }));
    }
    node.stop();
    node.reorg(2, 10);
    node.start();
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 14; }));
    ASSERT_EQ(ingest.count<bus::Reorg>(), 1u);
    EXPECT_EQ(ingest.all<bus::Reorg>().front().depth, 2u);
}

TEST(Reconnect, ContinuesTheChainOfTheLastRun) {
    FakeNode node;
    std::vector<HeadSeed> seeds;
    eth::Hash parent{};
    for (int i = 0; i < 10; ++i) {
        const auto block = node.mine();
        const auto hash = *eth::hash_from_hex(block.hash);
        if (i < 4) seeds.push_back({eth::BlockNumber{block.number}, hash, parent});
        parent = hash;
    }
    IngestBench ingest(config_of(chain_of({&node})),
                       {{.chain_id = kChain, .seen = {}, .heads = seeds}});
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 6; }));
    const auto first = ingest.all<bus::Head>().front();
    EXPECT_EQ(first.number.value, 5u);
    EXPECT_FALSE(first.first);
    EXPECT_TRUE(first.catch_up);
}

TEST(Reconnect, AGapBeyondTheLimitStartsAnewAndIsReported) {
    FakeNode node;
    auto config = config_of(chain_of({&node}));
    config.catch_up_limit = 10;
    IngestBench ingest(config);
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    node.stop();
    for (int i = 0; i < 30; ++i) node.mine({}, false);
    node.start();
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 2; }));
    EXPECT_TRUE(ingest.all<bus::Head>().back().first);
    EXPECT_EQ(ingest.all<bus::Head>().back().number.value, 30u);
    EXPECT_EQ(ingest.faults("gap_too_long"), 1);
}

TEST(Reconnect, WhatTheLastRunRecordedIsNotRecordedAgain) {
    FakeNode node;
    node.add_to_pool(eth::to_hex(test::address_of(1).view()), 1, tx(1));
    node.add_to_pool(eth::to_hex(test::address_of(2).view()), 2, tx(2));
    IngestBench ingest(config_of(chain_of({&node})),
                       {{.chain_id = kChain,
                         .seen = {{hash_of(1), eth::UnixMs{1'700'000'000'000}, {"node"}}},
                         .heads = {}}});
    ASSERT_TRUE(eventually([&] { return ingest.observed("duplicate") == 1; }));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(2)).size() == 1; }));
    EXPECT_TRUE(ingest.journal_of<bus::TxSeen>(hash_of(1)).empty());
    EXPECT_TRUE(ingest.bodies_of(hash_of(1)).empty());
}

TEST(Reconnect, HashesWaitingForTheirBodyMoveToTheNextEndpoint) {
    FakeNode first({.dialect = Dialect::hashes});
    FakeNode second({.dialect = Dialect::hashes});
    first.answer_http([](const std::string& body) -> std::optional<test::FakeHttpAnswer> {
        if (body.find("eth_getTransactionByHash") == std::string::npos) return std::nullopt;
        return test::FakeHttpAnswer{.retry_after = {}, .silent = true};
    });
    second.know_transaction(hex_of(hash_of(1)), tx(1));
    IngestBench ingest(config_of(chain_of({&first, &second})));
    ASSERT_TRUE(subscribed(first));
    first.announce_hash(hex_of(hash_of(1)));
    ASSERT_TRUE(eventually([&] { return ingest.received() == 1; }));
    first.stop();
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_TRUE(ingest.was_in(EndpointState::disconnected));
    EXPECT_TRUE(ingest.was_in(EndpointState::rotating));
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(Fanout, EverySourceIsRecordedAndTheBodyHandedOnOnce) {
    FakeNode a;
    FakeNode b({.dialect = Dialect::hashes});
    auto chain = chain_of({&a, &b}, ChainMode::fanout);
    chain.endpoints[1].source_id = "other";
    IngestBench ingest(config_of(chain));
    ASSERT_TRUE(subscribed(a));
    ASSERT_TRUE(subscribed(b));
    a.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.received() == 1; }));
    b.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.journal_of<bus::TxSeen>(hash_of(1)).size() == 2; }));
    const auto seen = ingest.journal_of<bus::TxSeen>(hash_of(1));
    EXPECT_EQ(seen[0].source_id, "node#0");
    EXPECT_EQ(seen[1].source_id, "other");
    EXPECT_EQ(ingest.bodies_of(hash_of(1)).size(), 1u);
    EXPECT_EQ(b.calls("eth_getTransactionByHash"), 0u);
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

bus::BodyRefused refusal(const eth::Hash& hash, const std::string& source,
                         eth::DecodeError reason = eth::DecodeError::hash_mismatch) {
    return {.chain_id = kChain, .hash = hash, .source_id = source, .reason = reason};
}

TEST(Fanout, AWrongBodyOfOneSourceDoesNotHideTheRightOneOfAnother) {
    FakeNode liar;
    FakeNode honest({.dialect = Dialect::hashes});
    IngestBench ingest(config_of(chain_of({&liar, &honest}, ChainMode::fanout)));
    ASSERT_TRUE(subscribed(liar));
    ASSERT_TRUE(subscribed(honest));
    liar.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    honest.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.received() == 2; }));

    ingest.send(refusal(hash_of(1), "node#0"));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 2; }));
    EXPECT_EQ(ingest.bodies_of(hash_of(1)).back().source_id, "node#1");
    EXPECT_EQ(honest.calls("eth_getTransactionByHash"), 1u);
    EXPECT_EQ(liar.calls("eth_getTransactionByHash"), 0u);
    EXPECT_EQ(ingest.faults("refused_body"), 1);
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(Rotation, ANodeThatKeepsGivingWrongBodiesIsLeft) {
    FakeNode liar;
    FakeNode honest;
    auto config = config_of(chain_of({&liar, &honest}));
    config.malformed_limit = 3;
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(liar));
    for (unsigned n = 1; n <= 3; ++n) {
        liar.announce(hex_of(hash_of(n)), tx(n));
        ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(n)).size() == 1; }));
        ingest.send(refusal(hash_of(n), "node"));
    }
    ASSERT_TRUE(subscribed(honest));
    EXPECT_TRUE(ingest.saw_error("malformed_messages"));
    // The right body is taken where the wrong one had been.
    honest.announce(hex_of(hash_of(1)), tx(1));
    EXPECT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 2; }));
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(Rotation, ATransactionTypeNobodyKnowsIsNotHeldAgainstTheNode) {
    FakeNode node;
    auto config = config_of(chain_of({&node}));
    config.malformed_limit = 1;
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(node));
    node.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    ingest.send(refusal(hash_of(1), "node", eth::DecodeError::unknown_type));
    node.announce(hex_of(hash_of(2)), tx(2));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(2)).size() == 1; }));
    EXPECT_EQ(ingest.faults("refused_body"), 0);
    EXPECT_FALSE(ingest.was_in(EndpointState::disconnected));
}

TEST(Fanout, HeadsComeFromOneLiveEndpointAndMoveWhenItGoes) {
    FakeNode a;
    FakeNode b;
    IngestBench ingest(config_of(chain_of({&a, &b}, ChainMode::fanout)));
    ASSERT_TRUE(subscribed(a));
    ASSERT_TRUE(subscribed(b));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    // The fake nodes' chains differ, so each head shows whose it is.
    const bool a_leads = hex_of(ingest.all<bus::Head>().front().hash) == a.first().hash;
    auto& leader = a_leads ? a : b;
    auto& other = a_leads ? b : a;
    other.mine();
    leader.mine();
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 2; }));
    EXPECT_EQ(hex_of(ingest.all<bus::Head>().back().hash), leader.newest().hash);
    leader.stop();
    EXPECT_TRUE(eventually(
        [&] { return hex_of(ingest.all<bus::Head>().back().hash) == other.newest().hash; }));
}

} // namespace
} // namespace viz::ingest
