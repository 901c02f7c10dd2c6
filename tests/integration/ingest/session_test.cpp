// Ingest at a node that behaves: its input, its requests, its output.
#include <gtest/gtest.h>

#include "tests/integration/ingest/bench_of_ingest.hpp"

namespace viz::ingest {
namespace {

using test::Dialect;
using test::eventually;
using test::FakeNode;
using test::hash_of;

bool subscribed(const FakeNode& node) {
    return eventually([&] { return node.subscribers() == 1; });
}

TEST(IngestSession, HandsOnFullBodiesOfTheSubscription) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));

    const auto pending = ingest.bodies_of(hash_of(1)).front();
    EXPECT_EQ(pending.chain_id, kChain);
    EXPECT_EQ(pending.source_id, "node");
    EXPECT_FALSE(pending.backfilled);
    EXPECT_EQ(std::string(pending.body.begin(), pending.body.end()), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.journal_of<bus::TxSeen>(hash_of(1)).size() == 1; }));
    const auto seen = ingest.journal_of<bus::TxSeen>(hash_of(1)).front();
    EXPECT_EQ(seen.ingest_ts_unix_ms, pending.first_seen_unix_ms);
    EXPECT_EQ(seen.ingest_ts_mono_ns, pending.first_seen_mono_ns);
    EXPECT_EQ(node.calls("eth_getTransactionByHash"), 0u);
}

TEST(IngestSession, SpeaksTheObjectDialect) {
    FakeNode node({.dialect = Dialect::object});
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.announce(hex_of(hash_of(1)), tx(1));
    EXPECT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_EQ(node.calls("eth_getTransactionByHash"), 0u);
}

TEST(IngestSession, FetchesBodiesInBatchesWhereANodeGivesOnlyHashes) {
    FakeNode node({.dialect = Dialect::hashes});
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    for (std::uint64_t n = 1; n <= 100; ++n) node.announce(hex_of(hash_of(n)), tx(n));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::PendingTx>() == 100; }));
    ASSERT_TRUE(
        eventually([&] { return ingest.journal_of<bus::TxFetched>(hash_of(100)).size() == 1; }));
    EXPECT_EQ(node.calls("eth_getTransactionByHash"), 100u);
    EXPECT_LT(node.http_requests(), 60u);
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(IngestSession, ReadsThePoolAfterSubscribing) {
    FakeNode node;
    for (std::uint64_t n = 1; n <= 300; ++n)
        node.add_to_pool(eth::to_hex(test::address_of(n).view()), n, tx(n));
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::PendingTx>() == 300; }));
    for (const auto& pending : ingest.all<bus::PendingTx>()) EXPECT_TRUE(pending.backfilled);
    EXPECT_TRUE(eventually([&] { return ingest.observed("new") == 300; }));
}

TEST(IngestSession, ReadsThePendingBlockOfANodeWithoutPool) {
    FakeNode node({.has_txpool = false});
    node.add_to_pool(eth::to_hex(test::address_of(1).view()), 1, tx(1));
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_TRUE(ingest.bodies_of(hash_of(1)).front().backfilled);
}

TEST(IngestSession, RecordsEachTransactionOncePerSource) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    for (int i = 0; i < 5; ++i) node.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.observed("duplicate") == 4; }));
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
    ingest.stop(); // all that was sent has been sent
    EXPECT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_TRUE(eventually([&] { return ingest.journal_of<bus::TxSeen>(hash_of(1)).size() == 1; }));
}

TEST(IngestSession, PublishesHeadsInOrderWithTheirTransactions) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    EXPECT_TRUE(ingest.all<bus::Head>().front().first);
    node.mine({tx(1), tx(2)});
    node.mine();
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 3; }));
    const auto heads = ingest.all<bus::Head>();
    EXPECT_EQ(heads[1].number.value, 1u);
    EXPECT_EQ(heads[1].parent_hash, heads[0].hash);
    EXPECT_EQ(heads[2].parent_hash, heads[1].hash);
    EXPECT_FALSE(heads[1].first);
    ASSERT_EQ(heads[1].transactions.size(), 2u);
    EXPECT_EQ(heads[1].transactions[0].hash, hash_of(1));
    EXPECT_EQ(heads[1].transactions[0].sender, test::address_of(1));
    EXPECT_EQ(heads[1].transactions[0].nonce, 1u);
}

TEST(IngestSession, FollowsAReorg) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    std::vector<test::FakeBlock> old;
    for (std::size_t i = 0; i < 4; ++i) {
        old.push_back(node.mine());
        ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 2 + i; }));
    }
    node.reorg(3, 4);
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 9; }));
    ASSERT_EQ(ingest.count<bus::Reorg>(), 1u);
    const auto reorg = ingest.all<bus::Reorg>().front();
    EXPECT_EQ(reorg.depth, 3u);
    EXPECT_EQ(hex_of(reorg.ancestor_hash), old[0].hash);
    EXPECT_EQ(hex_of(reorg.reverted_blocks[0]), old[3].hash);
    EXPECT_EQ(ingest.all<bus::Head>()[5].parent_hash, reorg.ancestor_hash);
}

TEST(IngestSession, AnswersQueriesOfLifecycle) {
    FakeNode node;
    node.set_nonce(eth::to_hex(test::address_of(5).view()), 17);
    node.know_transaction(hex_of(hash_of(1)), tx(1));
    IngestBench ingest(config_of(chain_of({&node})));
    ingest.send(bus::ChainQuery{.chain_id = kChain,
                                .kind = bus::QueryKind::account_nonce,
                                .addresses = {test::address_of(5)},
                                .hashes = {}});
    ingest.send(bus::ChainQuery{.chain_id = kChain,
                                .kind = bus::QueryKind::tx_presence,
                                .addresses = {},
                                .hashes = {hash_of(1), hash_of(2)}});
    ASSERT_TRUE(eventually([&] {
        return ingest.count<bus::AccountNonce>() == 1 && ingest.count<bus::TxPresence>() == 2;
    }));
    EXPECT_EQ(ingest.all<bus::AccountNonce>().front().nonce, 17u);
    for (const auto& presence : ingest.all<bus::TxPresence>())
        EXPECT_EQ(presence.presence,
                  presence.hash == hash_of(1) ? bus::Presence::pending : bus::Presence::absent);
}

TEST(IngestSession, ShowsItsStateWithoutSecrets) {
    FakeNode node;
    auto chain = chain_of({&node});
    chain.endpoints[0].http_url =
        "http://user:secret@127.0.0.1:" + std::to_string(node.port()) + "/v3/key";
    IngestBench ingest(config_of(chain));
    ASSERT_TRUE(subscribed(node));
    ASSERT_TRUE(eventually([&] {
        return ingest.status() && ingest.status()->state == bus::EndpointState::subscribed;
    }));
    const auto status = *ingest.status();
    EXPECT_EQ(status.http_url, node.http_url());
    EXPECT_EQ(status.endpoint_count, 1u);
    EXPECT_EQ(status.last_error, "");
}

} // namespace
} // namespace viz::ingest
