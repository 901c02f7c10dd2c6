// The shell over a real bus: journal in, commits, committed events out in order.
#include "components/storage/component.hpp"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "components/storage/reader.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::storage {
namespace {

using test::eventually;
using test::hash_of;

// Files of this process cannot grow beyond `bytes` while it lives: a disk that refuses.
class RefusingDisk {
  public:
    explicit RefusingDisk(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        auto limited = before_;
        limited.rlim_cur = bytes;
        previous_ = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~RefusingDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, previous_);
    }
    RefusingDisk(const RefusingDisk&) = delete;
    RefusingDisk& operator=(const RefusingDisk&) = delete;

  private:
    rlimit before_{};
    void (*previous_)(int);
};

struct StorageShell : testing::Test {
    test::TempDir dir;
    std::string path{dir.file("store.db")};
    bus::Metrics metrics;
    test::FakeClock clock;
    bus::Bus bus{metrics, clock};
    Ports ports{.journal = bus.receiver(bus::Stream::journal),
                .events = bus.sender(bus::Stream::events, "storage")};
    bus::Receiver events{bus.receiver(bus::Stream::events)};
    bus::Sender raw_journal{bus.sender(bus::Stream::journal, "foreign")};
    bus::JournalOut journal{bus.sender(bus::Stream::journal, "test"), "test", metrics};
    std::unique_ptr<EventStore> store{*EventStore::open(path)};
    Health health;
    Reader reader{path};

    std::unique_ptr<StorageComponent> component{std::make_unique<StorageComponent>(
        ports, *store, Retention(*store, {}, {}), health, clock, metrics)};
    std::jthread loop;

    void start() {
        loop = std::jthread([this](std::stop_token stop) { component->run(std::move(stop)); });
    }
    void stop() {
        loop.request_stop();
        loop.join();
    }
    std::optional<std::pair<std::string, bus::Envelope>> next_event() {
        bus::Received received;
        if (!eventually([&] { return events.try_receive(received); })) return {};
        auto event = bus::decode<bus::Envelope>(received.payload());
        if (!event) return {};
        return std::pair(std::string(received.topic()), std::move(*event));
    }
};

TEST_F(StorageShell, PublishesWhatIsCommittedInOrderOfItsNumbers) {
    start();
    constexpr std::uint64_t kCount = 5000;
    for (std::uint64_t n = 1; n <= kCount; ++n)
        ASSERT_EQ(journal.try_enqueue(test::seen(n)), bus::SendStatus::sent);
    for (std::uint64_t n = 1; n <= kCount; ++n) {
        const auto event = next_event();
        ASSERT_TRUE(event);
        ASSERT_EQ(event->first, "events.TxSeen.1");
        ASSERT_EQ(event->second.seq_id, n);
        ASSERT_EQ(bus::hash_of(event->second.data), hash_of(n));
        // A subscriber that sees it finds it in the record.
        ASSERT_TRUE(n % 1000 != 0 || *reader.latest_seq_id() >= n);
    }
}

// Two days ahead, for a while: the clock is right again, and the record still there.
TEST_F(StorageShell, AWrongClockDeletesNothingAndSaysSo) {
    std::atomic<bool> noted{false};
    const Retention retention(*store, {.max_age = std::chrono::hours(24)},
                              [&](std::uint64_t after) {
                                  noted = store->written_by(1000)->has_value();
                                  const auto seq = after / 500 * 500 + 500;
                                  return std::optional(CutPoint{seq, *store->written_by(seq)});
                              });
    component =
        std::make_unique<StorageComponent>(ports, *store, retention, health, clock, metrics);
    auto& doubt = metrics.gauge("storage_clock_in_doubt", "");
    auto& trimmed = metrics.counter("storage_trimmed_events_total", "");
    for (std::uint64_t n = 1; n <= 1000; ++n) journal.try_enqueue(test::seen(n));
    start();
    ASSERT_TRUE(eventually([&] { return noted.load(); }));
    clock.step_ms(2 * 86'400'000);
    ASSERT_TRUE(eventually([&] { return doubt.Value() == 1; }));
    clock.advance_ms(61'000);
    ASSERT_TRUE(eventually([&] { return !health.problems()["retention"].empty(); }));
    EXPECT_EQ(trimmed.Value(), 0);
    // It was off, not wrong: a block says so.
    auto block = test::seen(1);
    block.data = bus::BlockRecord{.number = bus::BlockNumber{1},
                                  .hash = hash_of(1),
                                  .timestamp_s = clock.unix_ms().value / 1000};
    journal.try_enqueue(block);
    ASSERT_TRUE(eventually([&] { return trimmed.Value() == 500; }));
    EXPECT_EQ(health.problems()["retention"], "");
}

TEST_F(StorageShell, AFileThatIsReplacedUnderTheWriterIsSaid) {
    start();
    std::filesystem::rename(path, path + ".away");
    ASSERT_TRUE(eventually([&] { return !health.problems()["record_file"].empty(); }));
    std::filesystem::rename(path + ".away", path);
    ASSERT_TRUE(eventually([&] { return health.problems()["record_file"].empty(); }));
}

TEST_F(StorageShell, RecordsArePublishedWithoutANumber) {
    start();
    auto label = test::seen(1);
    label.data = bus::Feature{.hash = hash_of(1), .chain_id = bus::ChainId{1}, .protocol = "erc20"};
    journal.try_enqueue(label);
    journal.try_enqueue(test::seen(2));
    auto event = next_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->first, "events.FeatureRecord.1");
    EXPECT_EQ(event->second.seq_id, 0U);
    event = next_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->second.seq_id, 1U);
}

TEST_F(StorageShell, ForeignBytesAreRefusedAndHarmless) {
    start();
    raw_journal.send("journal.TxSeen.1", bus::Payload(64, 0xff));
    raw_journal.send("journal.TxSeen.1", {});
    raw_journal.send("journal.TxSeen.1", bus::Payload(2 << 20, 0));
    auto numbered = test::seen(9);
    numbered.seq_id = 77; // only storage numbers
    raw_journal.send("journal.TxSeen.1", bus::encode(numbered));
    journal.try_enqueue(test::seen(1));
    const auto event = next_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->second.seq_id, 1U);
    EXPECT_EQ(bus::hash_of(event->second.data), hash_of(1));
}

TEST_F(StorageShell, StopCommitsWhatIsWaiting) {
    for (std::uint64_t n = 0; n < 3000; ++n) journal.try_enqueue(test::seen(n));
    start();
    stop();
    EXPECT_EQ(*reader.latest_seq_id(), 3000U);
    EXPECT_TRUE(health.trouble().empty());
}

// The write-ahead log begins anew after a store is made: a commit is longer than that.
constexpr std::uintmax_t kTwoPages = 8192;

TEST_F(StorageShell, ARefusingDiskIsReportedAndRecordingResumesWithoutLoss) {
    {
        const RefusingDisk disk(kTwoPages);
        start();
        journal.try_enqueue(test::seen(1));
        ASSERT_TRUE(eventually([&] { return !health.trouble().empty(); }));
        journal.try_enqueue(test::seen(2));
        bus::Received nothing;
        EXPECT_FALSE(events.try_receive(nothing)) << "nothing is shown that is not durable";
        EXPECT_EQ(bus.unsettled(bus::Stream::journal, ""), 2U)
            << "nor does another process learn that it was received";
    }
    for (std::uint64_t n = 1; n <= 2; ++n) {
        const auto event = next_event();
        ASSERT_TRUE(event);
        EXPECT_EQ(event->second.seq_id, n);
        EXPECT_EQ(bus::hash_of(event->second.data), hash_of(n));
    }
    EXPECT_TRUE(eventually([&] { return health.trouble().empty(); }));
    EXPECT_TRUE(eventually([&] { return bus.unsettled(bus::Stream::journal, "") == 0; }));
}

TEST_F(StorageShell, StopsInTimeWhileTheDiskRefuses) {
    const RefusingDisk disk(kTwoPages);
    start();
    journal.try_enqueue(test::seen(1));
    ASSERT_TRUE(eventually([&] { return !health.trouble().empty(); }));
    stop();
    EXPECT_EQ(*reader.latest_seq_id(), 0U);
    EXPECT_NE(metrics.text().find("viz_api_storage_lost_total 1"), std::string::npos);
}

} // namespace
} // namespace viz::storage
