#include "tools/viz_tap/filter.hpp"

#include <gmock/gmock.h>

#include "tests/support/values.hpp"

namespace viz::tap {
namespace {

using test::address_of;
using test::hash_of;

bool passes(const Filter& filter, std::string_view topic, const bus::AnyMessage& message) {
    const auto parts = bus::split_topic(topic);
    return parts && filter.matches(*parts, message);
}

const bus::AnyMessage kTx{bus::DecodedTx{.hash = hash_of(1), .sender = address_of(2)}};
const bus::AnyMessage kHead{
    bus::Head{.hash = hash_of(9), .transactions = {{.hash = hash_of(1), .sender = address_of(2)}}}};

TEST(TapFilter, WithoutRestrictionEverythingPasses) {
    EXPECT_TRUE(passes({}, "tx.decoded.1", kTx));
    EXPECT_EQ(Filter{}.prefixes().size(), bus::kStreamCount);
    EXPECT_FALSE(Filter{}.needs_content());
}

TEST(TapFilter, AllRestrictionsHaveToHold) {
    const Filter filter{.streams = {"tx", "chain"}, .kinds = {"Decoded"}, .chain = 1};
    EXPECT_TRUE(passes(filter, "tx.decoded.1", kTx));
    EXPECT_FALSE(passes(filter, "tx.decoded.11", kTx));
    EXPECT_FALSE(passes(filter, "chain.head.1", kHead));
    EXPECT_FALSE(passes(filter, "feature.decoded.1", kTx));
    EXPECT_THAT(filter.prefixes(), testing::ElementsAre("tx.", "chain."));
}

TEST(TapFilter, HashFindsTheTransactionInEveryMessageAboutIt) {
    const Filter filter{.hash = hash_of(1)};
    EXPECT_TRUE(filter.needs_content());
    EXPECT_TRUE(passes(filter, "tx.decoded.1", kTx));
    EXPECT_TRUE(passes(filter, "chain.head.1", kHead));
    EXPECT_TRUE(passes(filter, "pending.tx.1", bus::PendingTx{.announced_hash = hash_of(1)}));
    EXPECT_TRUE(passes(filter, "feature.labelled.1", bus::Feature{.hash = hash_of(1)}));
    EXPECT_TRUE(passes(filter, "chain.presence.1", bus::TxPresence{.hash = hash_of(1)}));
    EXPECT_TRUE(passes(filter, "query.ask.1", bus::ChainQuery{.hashes = {hash_of(1)}}));
    EXPECT_TRUE(passes(filter, "query.refused.1", bus::BodyRefused{.hash = hash_of(1)}));
    EXPECT_TRUE(passes(
        filter, "events.TxReplaced.1",
        bus::Envelope{.data = bus::TxReplaced{.hash = hash_of(5), .replaced_by = hash_of(1)}}));
    EXPECT_TRUE(passes(filter, "chain.reorg.1", bus::Reorg{.reverted_blocks = {hash_of(1)}}));
    EXPECT_FALSE(passes(filter, "tx.decoded.1", bus::DecodedTx{.hash = hash_of(2)}));
    EXPECT_FALSE(passes(filter, "chain.status.1", bus::EndpointStatus{}));
}

TEST(TapFilter, SenderFindsMessagesAboutTheAccount) {
    const Filter filter{.sender = address_of(2)};
    EXPECT_TRUE(passes(filter, "tx.decoded.1", kTx));
    EXPECT_TRUE(passes(filter, "chain.head.1", kHead));
    EXPECT_TRUE(passes(filter, "chain.nonce.1", bus::AccountNonce{.address = address_of(2)}));
    EXPECT_TRUE(passes(filter, "query.ask.1", bus::ChainQuery{.addresses = {address_of(2)}}));
    EXPECT_TRUE(passes(filter, "events.TxReady.1",
                       bus::Envelope{.data = bus::TxReady{.sender = address_of(2)}}));
    EXPECT_FALSE(passes(filter, "events.TxSeen.1", bus::Envelope{.data = bus::TxSeen{}}));
    EXPECT_FALSE(passes(filter, "tx.decoded.1", bus::DecodedTx{.sender = address_of(3)}));
}

} // namespace
} // namespace viz::tap
