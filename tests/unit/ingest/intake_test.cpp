#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "components/ingest/intake.hpp"
#include "tests/support/values.hpp"

namespace viz::ingest {
namespace {

using test::hash_of;
using testing::UnorderedElementsAre;

class ListSink final : public ChainSink {
  public:
    Delivery deliver(const bus::PendingTx& transaction) override {
        if (next == Delivery::sent) delivered.push_back(transaction);
        return next;
    }
    bool room_for_backfill() const override { return true; }
    void record(const bus::Envelope& entry) override { recorded.push_back(entry); }
    void publish(const bus::Head&) override {}
    void publish(const bus::Reorg&) override {}
    void publish(const bus::EndpointStatus&) override {}
    void publish(const bus::AccountNonce&) override {}
    void publish(const bus::TxPresence&) override {}
    void count_received() override { ++received; }
    void count(Outcome outcome) override { ++outcomes[outcome]; }
    void count(DropReason reason) override { ++drops[reason]; }
    void count_fault(std::string_view) override {}
    void fetching(std::size_t unfinished) override { open = unfinished; }

    std::uint64_t ended() const {
        std::uint64_t sum = 0;
        for (const auto& [outcome, count] : outcomes) sum += count;
        return sum;
    }
    std::uint64_t dropped() const {
        std::uint64_t sum = 0;
        for (const auto& [reason, count] : drops) sum += count;
        return sum;
    }

    Delivery next{Delivery::sent};
    std::vector<bus::PendingTx> delivered;
    std::vector<bus::Envelope> recorded;
    std::uint64_t received{};
    std::map<Outcome, std::uint64_t> outcomes;
    std::map<DropReason, std::uint64_t> drops;
    std::size_t open{};
};

Instant at(std::int64_t ms) {
    return {eth::UnixMs{1'000'000 + ms}, eth::MonoNs{ms * 1'000'000}};
}
const SourceRef kA{0, "a"};
const SourceRef kB{1, "b"};

class IntakeTest : public testing::Test {
  protected:
    ListSink sink_;
    Intake intake_{eth::ChainId{1}, SeenSet(100), sink_};
};

TEST_F(IntakeTest, ABodyGoesOnOnceAndEverySourceIsRecorded) {
    intake_.body(hash_of(1), "{}", kA, at(1), false);
    intake_.body(hash_of(1), "{}", kB, at(5), false);
    intake_.body(hash_of(1), "{}", kB, at(6), false);
    ASSERT_EQ(sink_.delivered.size(), 1u);
    EXPECT_EQ(sink_.delivered[0].source_id, "a");
    EXPECT_EQ(sink_.recorded.size(), 2u);
    EXPECT_EQ(sink_.outcomes[Outcome::duplicate], 2u);
}

TEST_F(IntakeTest, ABodyThatComesWhileItIsFetchedGoesOnAtOnceWithTheFirstTime) {
    const auto wanted = intake_.announced(hash_of(1), kA, at(1));
    ASSERT_TRUE(wanted);
    intake_.body(hash_of(1), "{}", kB, at(3), false);
    ASSERT_EQ(sink_.delivered.size(), 1u);
    EXPECT_EQ(sink_.delivered[0].first_seen_unix_ms, at(1).wall);
    intake_.fetched(*wanted, "{}", kA, at(9));
    EXPECT_EQ(sink_.delivered.size(), 1u);
    EXPECT_EQ(sink_.outcomes[Outcome::duplicate], 1u);
    EXPECT_EQ(sink_.open, 0u);
}

TEST_F(IntakeTest, OnlyOneFetchPerHash) {
    EXPECT_TRUE(intake_.announced(hash_of(1), kA, at(1)));
    EXPECT_FALSE(intake_.announced(hash_of(1), kB, at(2)));
}

TEST_F(IntakeTest, AFetchedBodyIsRecordedAsFetched) {
    const auto wanted = intake_.announced(hash_of(1), kA, at(1));
    intake_.fetched(*wanted, "{\"x\":1}", kA, at(9));
    ASSERT_EQ(sink_.recorded.size(), 2u);
    EXPECT_EQ(std::get<bus::TxFetched>(sink_.recorded[1].data).body_bytes, 7u);
    EXPECT_EQ(sink_.recorded[1].ingest_ts_unix_ms, at(9).wall);
    EXPECT_EQ(sink_.recorded[0].ingest_ts_unix_ms, at(1).wall);
}

TEST_F(IntakeTest, AFullQueueIsACountedDropThatAnotherAnnouncementHeals) {
    sink_.next = Delivery::full;
    intake_.body(hash_of(1), "{}", kA, at(1), false);
    EXPECT_EQ(sink_.drops[DropReason::decode_queue_full], 1u);
    sink_.next = Delivery::sent;
    intake_.body(hash_of(1), "{}", kA, at(9), false);
    ASSERT_EQ(sink_.delivered.size(), 1u);
    EXPECT_EQ(sink_.delivered[0].first_seen_unix_ms, at(1).wall);
    EXPECT_EQ(sink_.recorded.size(), 1u);
}

TEST_F(IntakeTest, AFetchGivenUpAfterTheBodyCameAnotherWayLosesNothing) {
    const auto wanted = intake_.announced(hash_of(1), kA, at(1));
    intake_.body(hash_of(1), "{}", kB, at(3), false);
    intake_.lost(*wanted, DropReason::fetch_null);
    EXPECT_EQ(sink_.dropped(), 0u);
    intake_.body(hash_of(1), "{}", kA, at(4), false);
    EXPECT_EQ(sink_.delivered.size(), 1u);
}

TEST_F(IntakeTest, EveryObservationEndsInExactlyOneWay) {
    std::vector<WantedBody> open;
    std::uint64_t random = 12345;
    for (int i = 0; i < 20'000; ++i) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const auto hash = hash_of(random >> 33 & 0xff);
        const auto& source = (random >> 20 & 1) != 0 ? kA : kB;
        sink_.next = (random >> 50 & 7) == 0 ? Delivery::full : Delivery::sent;
        switch (random >> 60 & 7) {
        case 0:
            intake_.unusable();
            break;
        case 1:
        case 2:
            intake_.body(hash, "{}", source, at(i), (random >> 41 & 1) != 0);
            break;
        case 3:
        case 4:
            if (auto wanted = intake_.announced(hash, source, at(i))) open.push_back(*wanted);
            break;
        default:
            if (open.empty()) break;
            if ((random >> 45 & 1) != 0)
                intake_.fetched(open.back(), "{}", source, at(i));
            else
                intake_.lost(open.back(), DropReason::fetch_failed);
            open.pop_back();
        }
        ASSERT_EQ(sink_.received, sink_.ended() + open.size());
        ASSERT_EQ(sink_.outcomes[Outcome::dropped], sink_.dropped());
        ASSERT_EQ(sink_.outcomes[Outcome::fresh], sink_.delivered.size());
    }
}

} // namespace
} // namespace viz::ingest
