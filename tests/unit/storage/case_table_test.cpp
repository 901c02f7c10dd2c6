// Simulations kept to be run again: the newest so many, with every code that one of them may need.
#include "components/storage/case_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;

bus::Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}
bus::SimCase case_of(std::uint64_t n, std::vector<std::uint64_t> codes = {}) {
    bus::SimCase made{.hash = hash_of(3'000'000 + n),
                      .sim_id = hash_of(1'000'000 + n),
                      .candidate_id = hash_of(2'000'000 + n),
                      .body = bytes_of("case " + std::to_string(n)),
                      .codes = {}};
    for (const auto code : codes)
        made.codes.push_back({hash_of(code), bytes_of("code " + std::to_string(code))});
    return made;
}

class CaseTableTest : public testing::Test {
  protected:
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store;

    void open(std::int64_t keep) {
        store.reset();
        store = open_store(path, {.synchronous = Synchronous::normal, .sim_cases = keep});
    }
    void add(std::uint64_t from, std::uint64_t count) {
        std::vector<Entry> entries;
        for (auto n = from; n < from + count; ++n) entries.push_back(entry(case_of(n)));
        append(*store, std::move(entries));
    }
    std::int64_t count(const std::string& table) {
        return Connection(path, Access::read_only, std::chrono::seconds(1))
            .integer("SELECT count(*) FROM " + table);
    }
    std::optional<StoredCase> find(const bus::Hash& id, std::string_view text = "none") {
        StoredCases cases(path);
        const auto found = cases.find(id, text);
        if (!found) throw std::runtime_error(found.error().detail);
        return *found;
    }
    bool has_code(std::uint64_t code) {
        StoredCases cases(path);
        return (*cases.code(hash_of(code))).has_value();
    }
};

TEST_F(CaseTableTest, ACaseIsFoundByAnyOfItsNames) {
    open(10);
    append(*store, {entry(case_of(1, {7}), 1'700'000'000'123, "sim", 10), entry(case_of(2))});
    for (const std::uint64_t name : {1'000'001U, 2'000'001U, 3'000'001U}) {
        const auto found = find(hash_of(name));
        ASSERT_TRUE(found) << name;
        EXPECT_EQ(found->sim_id, hash_of(1'000'001));
        EXPECT_EQ(found->candidate_id, hash_of(2'000'001));
        EXPECT_EQ(found->chain_id, bus::ChainId{10});
        EXPECT_EQ(found->at, bus::UnixMs{1'700'000'000'123});
        EXPECT_EQ(found->body, bytes_of("case 1"));
    }
    EXPECT_EQ(find(hash_of(9), "se 2")->sim_id, hash_of(1'000'002));
    EXPECT_FALSE(find(hash_of(9)));
    StoredCases cases(path);
    EXPECT_EQ(**cases.code(hash_of(7)), bytes_of("code 7"));
    EXPECT_FALSE(*cases.code(hash_of(8)));
}

TEST_F(CaseTableTest, ItIsNoEventAndTakesNoNumber) {
    open(10);
    append(*store, {entry(case_of(1)), seen(1)});
    EXPECT_EQ(store->latest_seq_id(), 1U);
}

TEST_F(CaseTableTest, OfSeveralTheNewestIsFound) {
    open(10);
    auto later = case_of(2);
    later.candidate_id = case_of(1).candidate_id;
    append(*store, {entry(case_of(1)), entry(later)});
    EXPECT_EQ(find(*later.candidate_id)->body, bytes_of("case 2"));
}

TEST_F(CaseTableTest, TheSameSimulationAgainReplacesIt) {
    open(10);
    auto again = case_of(1);
    again.body = bytes_of("again");
    append(*store, {entry(case_of(1)), entry(again)});
    EXPECT_EQ(count("sim_cases"), 1);
    EXPECT_EQ(find(again.sim_id)->body, bytes_of("again"));
}

TEST_F(CaseTableTest, TheNewestSoManyAreKept) {
    open(5);
    for (std::uint64_t n = 0; n < 40; n += 8) add(n, 8);
    EXPECT_EQ(count("sim_cases"), 5);
    EXPECT_TRUE(find(hash_of(1'000'039)));
    EXPECT_FALSE(find(hash_of(1'000'034)));
}

TEST_F(CaseTableTest, WithNoneToBeKeptNoneIsWritten) {
    open(0);
    add(0, 8);
    EXPECT_EQ(count("sim_cases"), 0);
    EXPECT_EQ(count("case_codes"), 0);
}

TEST_F(CaseTableTest, FewerThanBeforeGoInSmallDeletes) {
    open(1'000);
    add(0, 500);
    open(10);
    append(*store, {seen(1)});
    EXPECT_EQ(count("sim_cases"), 500 - CaseTable::kDeletedAtOnce);
    for (int i = 0; i < 8; ++i) append(*store, {seen(1)});
    EXPECT_EQ(count("sim_cases"), 10);
    EXPECT_TRUE(find(hash_of(1'000'499)));
}

TEST_F(CaseTableTest, ACodeIsStoredOnceAndStaysAsLongAsAKeptCaseMayNeedIt) {
    open(10);
    constexpr auto kLast = static_cast<std::uint64_t>(CaseTable::kCodesOutlive) + 10;
    append(*store, {entry(case_of(1, {7})), entry(case_of(2, {7, 8}))});
    EXPECT_EQ(count("case_codes"), 2);
    append(*store, {entry(case_of(3, {8}))});
    add(4, kLast - 3); // now the newest has number kLast + 0
    EXPECT_TRUE(has_code(7));
    add(kLast + 1, 2);
    EXPECT_FALSE(has_code(7)); // came with case 2 at last, which was kLast cases ago
    EXPECT_TRUE(has_code(8));
    add(kLast + 3, 1);
    EXPECT_FALSE(has_code(8));
}

TEST_F(CaseTableTest, NumbersGoOnAfterARestart) {
    open(10);
    add(0, 20);
    const auto before = find(hash_of(1'000'019))->case_id;
    open(10);
    add(20, 1);
    EXPECT_EQ(find(hash_of(1'000'020))->case_id, before + 1);
}

} // namespace
} // namespace viz::storage
