// What readers owe the writer. Not among the unit tests: hundreds of megabytes are written.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage::test {
namespace {

struct Scene {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store{open_store(path)};
    Reader reader{path};
    std::uint64_t tx{};

    void grow_to(std::uint64_t events) {
        while (store->latest_seq_id() < events) {
            std::vector<Entry> batch;
            for (std::uint64_t i = 0; i < 500; ++i, ++tx) {
                batch.push_back(seen(tx));
                batch.push_back(entry(bus::TxDecoded{.hash = hash_of(tx)}));
                if (tx >= 300) batch.push_back(entry(bus::TxDropped{.hash = hash_of(tx - 300)}));
            }
            append(*store, std::move(batch));
            store->restart_long_log();
        }
    }
};

// A walk or a replay that takes its time must not keep the writer from starting its write-ahead
// log anew: it would grow without end.
TEST(Reader, ALongWalkDoesNotKeepTheWriteAheadLogFromBeingReused) {
    Scene scene;
    scene.grow_to(30'000);
    const auto wal = scene.path + "-wal";
    std::uintmax_t largest = 0;
    const auto walked = scene.reader.walk(0, 30'000, [&](const bus::PendingStep& step) {
        if (step.seq_id % 100 != 0) return;
        scene.grow_to(scene.store->latest_seq_id() + 1);
        largest = std::max(largest, std::filesystem::file_size(wal));
    });
    ASSERT_EQ(*walked, 30'000u);
    // 300 batches were written meanwhile, several times what the write-ahead log may hold.
    EXPECT_GT(std::filesystem::file_size(scene.path), 100u << 20);
    EXPECT_LT(largest, 32u << 20);
}

// The same with readers and writer side by side, as it is in life.
TEST(Reader, ReadersThatNeverRestDoNotStarveTheWritersCheckpoint) {
    Scene scene;
    scene.grow_to(30'000);
    const auto wal = scene.path + "-wal";
    std::uintmax_t largest = 0;
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 2; ++i)
            readers.emplace_back([&](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    const EventsQuery rare{.after = 0,
                                           .types = {bus::EventType::bundle_submitted},
                                           .chain_id = {},
                                           .limit = 10};
                    if (!scene.reader.events(rare)) return;
                }
            });
        while (scene.store->latest_seq_id() < 400'000) {
            scene.grow_to(scene.store->latest_seq_id() + 1);
            largest = std::max(largest, std::filesystem::file_size(wal));
        }
    }
    EXPECT_GT(std::filesystem::file_size(scene.path), 100u << 20);
    EXPECT_LT(largest, 128u << 20) << "several hundred MiB where readers leave no moment";
}

} // namespace
} // namespace viz::storage::test
