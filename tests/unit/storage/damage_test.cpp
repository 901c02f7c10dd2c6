// Damage in the record: whatever bit is not as it was written, no event is answered as truth that
// is not, the others are answered, and numbers never go back.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "components/eth/hex.hpp"
#include "components/storage/checkpointer.hpp"
#include "components/storage/end_mark.hpp"
#include "components/storage/page_checksums.hpp"
#include "components/storage/sqlite.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;
using Bytes = std::vector<char>;

Bytes read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const std::string& path, const Bytes& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// What replaces each event: "" for the event itself.
std::vector<std::string> reasons(Reader& reader, const EventsQuery& query = {}) {
    const auto events = reader.events(query);
    if (!events) return {"failed: " + events.error().detail};
    std::vector<std::string> out;
    for (const auto& event : *events) {
        const auto* damaged = std::get_if<bus::Damaged>(&event.data);
        out.push_back(damaged != nullptr ? damaged->reason : "");
    }
    return out;
}
using Reasons = std::vector<std::string>;

struct Damage : testing::Test {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};

    void write(std::uint64_t events) {
        const auto store = open_store(path);
        append(*store, sights(1, events));
    }
    void change(const std::string& sql) {
        Connection(path, Access::read_write_create, std::chrono::seconds(1)).execute(sql);
    }
    // The process dies: what SQLite would do on closing does not happen.
    void write_and_die(std::uint64_t commits, std::uint64_t events) {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto store = open_store(path);
            for (std::uint64_t i = 0; i < commits; ++i)
                append(*store, sights(store->latest_seq_id() + 1, events));
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
    }
};

TEST_F(Damage, EachColumnOfARowShowsAndOnlyItsOwnEventIsNamed) {
    write(5);
    const auto sound = read_file(path);
    for (const auto* change_of :
         {"ts_unix_ms = ts_unix_ms + 1", "mono_ns = mono_ns + 1", "chain_id = chain_id + 1",
          "source = source + 1", "type = 2", "payload = zeroblob(length(payload))",
          "payload = CAST(substr(payload, 2) AS BLOB)", "checksum = zeroblob(16)",
          "checksum = NULL"}) {
        write_file(path, sound);
        change("PRAGMA foreign_keys = OFF; UPDATE events SET " + std::string(change_of) +
               " WHERE seq_id = 3");
        DamageReport report;
        Reader reader(path, &report);
        EXPECT_EQ(reasons(reader), (Reasons{"", "", "checksum_mismatch", "", ""})) << change_of;
        EXPECT_TRUE(report.any());
        // Pages begin on either side of it.
        EXPECT_EQ(reasons(reader, {.after = 2}), (Reasons{"checksum_mismatch", "", ""}));
        EXPECT_EQ(reasons(reader, {.after = 3}), (Reasons{"", ""}));
    }
}

TEST_F(Damage, AFilterDoesNotHideIt) {
    write(4);
    change("UPDATE events SET type = 2, chain_id = 7 WHERE seq_id = 2");
    Reader reader(path);
    EXPECT_EQ(reasons(reader, {.types = {bus::EventType::tx_seen}, .chain_id = bus::ChainId{1}}),
              (Reasons{"", "checksum_mismatch", "", ""}));
    EXPECT_EQ(reasons(reader, {.types = {bus::EventType::tx_ready}}),
              (Reasons{"checksum_mismatch"}));
}

TEST_F(Damage, ARowThatIsGoneIsMissingAndARowOfAnotherNumberIsNoEvent) {
    write(6);
    change("DELETE FROM events WHERE seq_id = 3");
    Reader reader(path);
    EXPECT_EQ(reasons(reader), (Reasons{"", "", "missing", "", "", ""}));
    change("UPDATE events SET seq_id = 4101 WHERE seq_id = 6");
    EXPECT_EQ(*reader.latest_seq_id(), 6u);
    EXPECT_EQ(reasons(reader), (Reasons{"", "", "missing", "", "", "checksum_mismatch"}));
    EXPECT_EQ(open_store(path)->latest_seq_id(), 6u);
}

// Every bit of the first page of events: what is answered as an event is that event.
TEST_F(Damage, NoFlippedBitOfTheFileIsServedAsTruth) {
    write(8);
    const auto sound = read_file(path);
    std::vector<std::string> truth;
    {
        Reader reader(path);
        for (const auto& event : all_events(reader))
            truth.push_back(eth::to_hex(bus::hash_of(event.data)->view()));
    }
    const auto root = static_cast<std::size_t>(
        Connection(path, Access::read_only, std::chrono::seconds(1))
            .integer("SELECT rootpage FROM sqlite_master WHERE name = 'events'"));
    std::size_t named = 0;
    // All of them with VIZ_TEST_EVERY_BIT=1 (a minute and more); else some, of every place in a
    // byte.
    const std::size_t step = std::getenv("VIZ_TEST_EVERY_BIT") != nullptr ? 1 : 37;
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto put = [&](std::size_t at, char byte) {
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte).flush();
    };
    std::size_t last = (root - 1) * 4096;
    for (auto bit = last * 8; bit < root * 4096 * 8; bit += step) {
        put(last, sound[last]);
        last = bit / 8;
        put(last, static_cast<char>(sound[last] ^ (1 << bit % 8)));
        Reader reader(path);
        const auto events = reader.events({});
        if (!events) continue; // refused altogether
        std::uint64_t expected = 0;
        for (const auto& event : *events) {
            ASSERT_EQ(event.seq_id, ++expected) << "bit " << bit;
            const auto hash = bus::hash_of(event.data);
            if (hash)
                ASSERT_EQ(eth::to_hex(hash->view()), truth[event.seq_id - 1]) << "bit " << bit;
            else
                ++named;
        }
    }
    EXPECT_GT(named, 10000u / step);
}

TEST_F(Damage, NumbersGoOnBehindWhatWasShownWhenTheLogAheadIsCut) {
    write(3);
    write_and_die(4, 5); // events 4 to 23 are in the write-ahead log
    auto log = read_file(path + "-wal");
    ASSERT_GT(log.size(), 20'000u);
    log[log.size() / 2] = static_cast<char>(log[log.size() / 2] ^ 1);
    write_file(path + "-wal", log);
    EXPECT_TRUE(check_wal(path + "-wal").damaged);

    const auto store = open_store(path);
    EXPECT_EQ(store->opening().last_lost, 23u);
    EXPECT_GT(store->opening().first_lost, 3u);
    EXPECT_EQ(store->latest_seq_id(), 23u);
    Reader reader(path);
    EXPECT_EQ(*reader.latest_seq_id(), 23u);
    auto answered = reasons(reader);
    ASSERT_EQ(answered.size(), 23u);
    EXPECT_EQ(answered.back(), "missing");
    append(*store, {seen(99)});
    EXPECT_EQ(store->latest_seq_id(), 24u);
    answered = reasons(reader);
    EXPECT_EQ(answered.back(), "");
    std::uint64_t out_of_chain = 0;
    ASSERT_TRUE(reader.audit(
        0, 24, [&](const AuditedEvent& event) { out_of_chain += event.in_chain ? 0 : 1; }));
    EXPECT_EQ(out_of_chain, 0u);
}

TEST_F(Damage, EachBitOfTheEndMarkShowsAndCostsNoNumber) {
    write(3);
    write_and_die(2, 5);
    const auto marked = read_file(EndMark::path_of(path));
    const auto record = read_file(path);
    const auto log = read_file(path + "-wal");
    ASSERT_EQ(EndMark::read(path).value.seq_id, 13u);
    for (std::size_t bit = 0; bit < marked.size() * 8; ++bit) {
        auto flipped = marked;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        write_file(EndMark::path_of(path), flipped);
        EXPECT_TRUE(EndMark::read(path).slot_damaged) << "bit " << bit;
        if (bit % 128 != 0) continue;
        const auto store = open_store(path);
        EXPECT_EQ(store->latest_seq_id(), 13u);
        EXPECT_EQ(store->opening().last_lost, 0u);
        EXPECT_FALSE(store->opening().warnings.empty());
    }
    std::filesystem::remove(EndMark::path_of(path));
    EXPECT_EQ(open_store(path)->latest_seq_id(), 13u);
}

TEST_F(Damage, WithoutTheMarkTheNewestCheckpointSaysHowFarItWas) {
    {
        const auto store = open_store(path);
        append(*store, sights(1, kCheckpointEvery + 5));
        Reader reader(path);
        const auto file =
            CheckpointFile::open(CheckpointFile::path_of(path), CheckpointFile::Mode::write);
        Checkpointer checkpointer(reader, **file);
        std::vector<std::string> notes;
        ASSERT_FALSE(checkpointer.resume(notes));
        ASSERT_TRUE(*checkpointer.advance());
    }
    std::filesystem::remove(EndMark::path_of(path));
    change("DELETE FROM events WHERE seq_id > 500");
    const auto store = open_store(path);
    EXPECT_EQ(store->latest_seq_id(), kCheckpointEvery);
    EXPECT_EQ(store->opening().first_lost, 501u);
}

TEST_F(Damage, ANewRecordBeginsAtOneWhateverMarkLiesBesideIt) {
    write(7);
    std::filesystem::remove(path);
    const auto store = open_store(path);
    EXPECT_EQ(store->latest_seq_id(), 0u);
    EXPECT_FALSE(store->opening().warnings.empty());
}

TEST_F(Damage, TheChainGoesOnBehindACutByRetention) {
    write(9);
    {
        const auto store = open_store(path);
        ASSERT_TRUE(store->trim({.up_to_seq_id = 4, .max_events = 100}));
        append(*store, {seen(50)});
    }
    Reader reader(path);
    EXPECT_EQ(*reader.oldest_seq_id(), 5u);
    EXPECT_EQ(reasons(reader).size(), 6u);
    std::uint64_t audited = 0;
    ASSERT_TRUE(reader.audit(0, 10, [&](const AuditedEvent& event) {
        EXPECT_TRUE(event.in_chain) << event.step.seq_id;
        EXPECT_FALSE(event.damage);
        ++audited;
    }));
    EXPECT_EQ(audited, 6u);
    // An event of another past, sound by itself, is not of this chain.
    change("UPDATE log_start SET before_link = zeroblob(8)");
    EXPECT_FALSE(reader.seal()->start);
}

TEST_F(Damage, ABrokenPageOfTheTreeCostsItsOwnEvents) {
    write(600);
    const auto leaf = [&] {
        auto connection = Connection(path, Access::read_only, std::chrono::seconds(1));
        return static_cast<std::size_t>(
            connection.integer("SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = "
                               "'leaf' ORDER BY path LIMIT 1 OFFSET 5"));
    };
    const auto page = leaf(); // Debian's SQLite has dbstat
    auto bytes = read_file(path);
    bytes[(page - 1) * 4096] = 0; // no kind of page
    write_file(path, bytes);
    Reader reader(path);
    const auto answered = reasons(reader, {.limit = 1000});
    ASSERT_EQ(answered.size(), 600u) << answered.front();
    const auto sound = std::ranges::count(answered, "");
    EXPECT_GT(sound, 560);
    EXPECT_LT(sound, 600);
    EXPECT_EQ(std::ranges::count(answered, "unreadable"), 600 - sound);
}

} // namespace
} // namespace viz::storage
