#include "components/search/mempool.hpp"

#include <gmock/gmock.h>

#include "tests/support/values.hpp"

namespace viz::search {
namespace {

using test::address_of;
using test::hash_of;
using testing::ElementsAre;

PooledCall call(std::uint64_t hash, std::uint64_t sender, std::uint64_t nonce, bool wanted = true) {
    PooledCall made{.pending = {hash_of(hash), address_of(sender), {}}, .wanted = wanted};
    made.pending.tx.nonce = nonce;
    return made;
}

std::vector<eth::Hash> hashes(const std::vector<const PooledCall*>& calls) {
    std::vector<eth::Hash> all;
    for (const auto* each : calls) all.push_back(each->pending.hash);
    return all;
}

std::vector<eth::Hash> hashes(const std::vector<PooledCall>& calls) {
    std::vector<eth::Hash> all;
    for (const auto& each : calls) all.push_back(each.pending.hash);
    return all;
}

TEST(SearchMempoolInBytes, OfCallsThatTakeTooMuchTheOldestGo) {
    Mempool pool(100, 1U << 20);
    for (std::uint64_t n = 0; n < 20; ++n) {
        PooledCall call;
        call.pending.hash = test::hash_of(n);
        call.pending.sender = test::address_of(n);
        call.pending.tx.data.resize(128U << 10);
        pool.add(std::move(call));
        EXPECT_LE(pool.bytes(), 1U << 20);
    }
    EXPECT_EQ(pool.size(), 7u);
    EXPECT_EQ(pool.forgotten(), 13u);
    EXPECT_NE(pool.find(test::hash_of(19)), nullptr);
    for (std::uint64_t n = 0; n < 20; ++n) pool.remove(test::hash_of(n));
    EXPECT_EQ(pool.bytes(), 0u);
}

TEST(SearchMempool, ASendersCallsStandInOrderOfTheirNonces) {
    Mempool pool;
    pool.add(call(1, 7, 3));
    pool.add(call(2, 7, 1));
    pool.add(call(3, 8, 0));
    EXPECT_THAT(hashes(pool.of(address_of(7))), ElementsAre(hash_of(2), hash_of(1)));
    EXPECT_TRUE(pool.of(address_of(9)).empty());
}

TEST(SearchMempool, TheSameNonceTakesThePlaceOfTheEarlierCall) {
    Mempool pool;
    EXPECT_FALSE(pool.add(call(1, 7, 3)));
    EXPECT_EQ(pool.add(call(2, 7, 3)), hash_of(1));
    EXPECT_FALSE(pool.add(call(2, 7, 3))) << "known already";
    EXPECT_EQ(pool.size(), 1u);
    EXPECT_EQ(pool.find(hash_of(1)), nullptr);
}

TEST(SearchMempool, WhatIsRemovedLeavesTheOthersOfItsSender) {
    Mempool pool;
    pool.add(call(1, 7, 3));
    pool.add(call(2, 7, 4));
    pool.remove(hash_of(1));
    pool.remove(hash_of(1));
    EXPECT_THAT(hashes(pool.of(address_of(7))), ElementsAre(hash_of(2)));
    EXPECT_FALSE(pool.add(call(1, 7, 3))) << "it may come again";
    EXPECT_EQ(pool.size(), 2u);
}

TEST(SearchMempool, WhatIsSettledIsGoneUpToThatNonce) {
    Mempool pool;
    for (std::uint64_t nonce = 0; nonce < 4; ++nonce) pool.add(call(nonce, 7, nonce));
    pool.add(call(9, 8, 0));
    EXPECT_THAT(hashes(pool.settle(address_of(7), 2)),
                ElementsAre(hash_of(0), hash_of(1), hash_of(2)));
    EXPECT_THAT(hashes(pool.of(address_of(7))), ElementsAre(hash_of(3)));
    EXPECT_THAT(hashes(pool.settle(address_of(7), 9)), ElementsAre(hash_of(3)));
    EXPECT_THAT(hashes(pool.settle(address_of(7), 9)), ElementsAre());
    EXPECT_EQ(pool.size(), 1u);
}

TEST(SearchMempool, OnlyWantedCallsAreAmongTheNewest) {
    Mempool pool;
    pool.add(call(1, 1, 0));
    pool.add(call(2, 2, 0, false));
    pool.add(call(3, 3, 0));
    pool.add(call(4, 4, 0));
    EXPECT_THAT(hashes(pool.newest_wanted(2)), ElementsAre(hash_of(3), hash_of(4)));
    EXPECT_TRUE(pool.want(hash_of(2)));
    EXPECT_FALSE(pool.want(hash_of(5)));
    EXPECT_THAT(hashes(pool.newest_wanted(9)),
                ElementsAre(hash_of(1), hash_of(2), hash_of(3), hash_of(4)));
}

TEST(SearchMempool, CountsWhatIsWantedThroughAllThatHappensToIt) {
    Mempool pool(3);
    pool.add(call(1, 1, 0));
    pool.add(call(2, 2, 0, false));
    EXPECT_EQ(pool.wanted(), 1u);
    pool.want(hash_of(2));
    pool.want(hash_of(2));
    EXPECT_EQ(pool.wanted(), 2u);
    pool.add(call(3, 1, 0, false));
    EXPECT_EQ(pool.wanted(), 1u) << "it took the place of the first";
    pool.add(call(4, 4, 0));
    pool.add(call(5, 5, 0));
    EXPECT_EQ(pool.wanted(), 2u) << "the second was forgotten";
    pool.settle(address_of(4), 0);
    pool.remove(hash_of(5));
    EXPECT_EQ(pool.wanted(), 0u);
}

TEST(SearchMempool, BeyondItsCapacityTheOldestIsForgotten) {
    Mempool pool(2);
    for (std::uint64_t n = 1; n <= 3; ++n) pool.add(call(n, n, 0));
    EXPECT_EQ(pool.size(), 2u);
    EXPECT_EQ(pool.find(hash_of(1)), nullptr);
    EXPECT_TRUE(pool.of(address_of(1)).empty());
    EXPECT_EQ(pool.forgotten(), 1u);
}

} // namespace
} // namespace viz::search
