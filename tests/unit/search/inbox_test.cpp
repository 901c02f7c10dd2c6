#include "components/search/inbox.hpp"

#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::search {
namespace {

using test::hash_of;

bus::Verdict verdict(std::uint64_t hash) {
    return {.hash = hash_of(hash), .reason = "absent_from_pool", .by = {}};
}
template <class Item> Item next(Inbox& inbox) {
    const std::stop_source running;
    return std::get<Item>(inbox.pop(running.get_token()).value());
}

TEST(SearchInbox, ABlockComesBeforeAllElseTheRestInOrder) {
    Inbox inbox;
    inbox.push(Tick{1});
    inbox.push(verdict(2));
    inbox.push(NewBlock{hash_of(3)});
    EXPECT_EQ(next<NewBlock>(inbox).hash, hash_of(3));
    EXPECT_EQ(next<Tick>(inbox).now_mono_ns, 1);
    EXPECT_EQ(next<bus::Verdict>(inbox).hash, hash_of(2));
}

TEST(SearchInbox, WhatWasSaidBeforeABlockIsKnownWithItThoughItWaitsBehindIt) {
    Inbox inbox;
    inbox.push(verdict(1));
    inbox.push(NewBlock{hash_of(3)});
    next<NewBlock>(inbox);
    ASSERT_EQ(inbox.take_verdicts().size(), 1u);
    EXPECT_TRUE(inbox.take_verdicts().empty()) << "once";
    EXPECT_EQ(next<bus::Verdict>(inbox).hash, hash_of(1)) << "the pending ones hear it in turn";
}

TEST(SearchInbox, OfBlocksThatComeFasterThanTheyAreTakenTheOldestGo) {
    Inbox inbox;
    for (std::uint64_t n = 0; n < Inbox::kMostBlocks; ++n)
        EXPECT_FALSE(inbox.push(NewBlock{hash_of(n)}));
    EXPECT_TRUE(inbox.push(NewBlock{hash_of(1'000)}));
    EXPECT_EQ(inbox.depth(), Inbox::kMostBlocks);
    EXPECT_EQ(next<NewBlock>(inbox).hash, hash_of(1));
}

TEST(SearchInbox, WhatTakesTooMuchMemoryMakesTheOldestGiveWay) {
    Inbox inbox;
    bool gave_way = false;
    for (std::uint64_t n = 0; n < 1'000; ++n) {
        PooledCall call;
        call.pending.tx.data.resize(128U << 10);
        gave_way = inbox.push(std::move(call)) || gave_way;
        ASSERT_LE(inbox.bytes(), Inbox::kMostBytes);
    }
    EXPECT_TRUE(gave_way);
    while (inbox.depth() != 0) next<PooledCall>(inbox);
    EXPECT_EQ(inbox.bytes(), 0u);
}

TEST(SearchInbox, OfVerdictsThatNobodyTakesTheNewestAreKept) {
    Inbox inbox;
    for (std::uint64_t n = 0; n < Inbox::kMost; ++n) EXPECT_FALSE(inbox.push(verdict(n)));
    EXPECT_TRUE(inbox.push(verdict(Inbox::kMost)));
    const auto kept = inbox.take_verdicts();
    ASSERT_EQ(kept.size(), Inbox::kMost);
    EXPECT_EQ(kept.front().hash, hash_of(1));
    EXPECT_EQ(inbox.depth(), Inbox::kMost);
}

} // namespace
} // namespace viz::search
