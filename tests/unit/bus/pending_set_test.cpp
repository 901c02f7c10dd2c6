#include "bus/pending_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::test {
namespace {

using bus::EventType;
using bus::PendingSet;
using testing::ElementsAre;
using testing::IsEmpty;

struct Log {
    PendingSet set;
    std::uint64_t seq{};
    void add(EventType type, std::uint64_t n, std::uint64_t chain = 1) {
        set.apply({.seq_id = ++seq,
                   .timestamp = {},
                   .type = type,
                   .chain_id = bus::ChainId{chain},
                   .hash = hash_of(n)});
    }
};

TEST(PendingSet, HoldsATransactionFromItsBodyUntilItIsSettled) {
    for (const auto end : {EventType::tx_replaced, EventType::tx_dropped,
                           EventType::tx_confirmed_provisional, EventType::tx_confirmed_final}) {
        Log log;
        log.add(EventType::tx_seen, 1);
        EXPECT_EQ(log.set.count(), 0u);
        log.add(EventType::tx_decoded, 1);
        log.add(EventType::tx_blocked, 1);
        log.add(EventType::tx_ready, 1);
        EXPECT_EQ(log.set.count(), 1u);
        log.add(end, 1);
        EXPECT_EQ(log.set.count(), 0u);
    }
}

TEST(PendingSet, ABodyRecordedLateDoesNotBringBackWhatHasLeft) {
    Log log;
    log.add(EventType::tx_ready, 1);
    log.add(EventType::tx_confirmed_provisional, 1);
    log.add(EventType::tx_decoded, 1);
    EXPECT_EQ(log.set.count(), 0u);
    log.add(EventType::tx_reorged, 1);
    EXPECT_EQ(log.set.count(), 1u) << "a reorg does";
}

TEST(PendingSet, ForgetsInTimeThatABodyWasMissing) {
    Log log;
    log.add(EventType::tx_dropped, 1);
    EXPECT_THAT(log.set.gone(), testing::SizeIs(1));
    log.seq += PendingSet::kLateBody;
    log.add(EventType::tx_decoded, 1);
    EXPECT_EQ(log.set.count(), 1u);
    EXPECT_THAT(log.set.gone(), IsEmpty());
}

TEST(PendingSet, KeepsChainsApart) {
    Log log;
    log.add(EventType::tx_decoded, 1, 1);
    log.add(EventType::tx_decoded, 1, 10);
    log.add(EventType::tx_dropped, 1, 1);
    EXPECT_THAT(log.set.sorted_hashes(), ElementsAre(hash_of(1)));
}

TEST(PendingSet, ReportsTheNetChange) {
    Log log;
    log.add(EventType::tx_decoded, 1);
    log.add(EventType::tx_decoded, 2);
    log.set.track_changes();
    log.add(EventType::tx_dropped, 1);
    log.add(EventType::tx_decoded, 3);
    log.add(EventType::tx_decoded, 4);
    log.add(EventType::tx_dropped, 4);
    const auto changes = log.set.take_changes();
    ASSERT_THAT(changes.put, testing::SizeIs(1));
    EXPECT_EQ(changes.put[0].key.hash, hash_of(3));
    ASSERT_THAT(changes.removed, testing::SizeIs(1));
    EXPECT_EQ(changes.removed[0].hash, hash_of(1));
    EXPECT_THAT(log.set.take_changes().put, IsEmpty());
}

TEST(PendingSet, GoesOnFromItsPartsAsIfItHadNeverStopped) {
    Log whole;
    Log halves;
    for (std::uint64_t n = 0; n < 2000; ++n) {
        const auto type = std::array{EventType::tx_decoded, EventType::tx_ready,
                                     EventType::tx_dropped, EventType::tx_reorged}[n * 7 % 4];
        whole.add(type, n % 97);
        halves.add(type, n % 97);
        if (n % 300 == 0) halves.set = PendingSet(halves.set.members(), halves.set.gone());
    }
    EXPECT_EQ(whole.set.members(), halves.set.members());
    EXPECT_EQ(whole.set.gone(), halves.set.gone());
}

} // namespace
} // namespace viz::test
