#include "http/versioned_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <random>
#include <string>
#include <thread>

namespace viz::test {
namespace {

using http::CopyOnWrite;
using http::VersionedLog;
using http::VersionedRows;
using testing::ElementsAre;

template <class View> std::vector<int> rows_of(const View& view) {
    std::vector<int> rows;
    view.newest_first([&](int row) {
        rows.push_back(row);
        return true;
    });
    return rows;
}

TEST(VersionedLog, KeepsTheNewestWithinItsBytes) {
    VersionedLog<int> log(100, 10);
    for (int n = 1; n <= 5; ++n) log.push(n, 3);
    EXPECT_THAT(rows_of(log.view()), ElementsAre(5, 4, 3));
    EXPECT_EQ(log.bytes(), 9u);
    log.resize(log.begin(), 5);
    EXPECT_EQ(log.bytes(), 11u);
    log.push(6, 40);
    EXPECT_THAT(rows_of(log.view()), ElementsAre(6)) << "the newest is kept whatever it needs";
    log.push(7, 1);
    EXPECT_THAT(rows_of(log.view()), ElementsAre(7));
    EXPECT_EQ(log.bytes(), 1u);
    log.clear();
    EXPECT_EQ(log.bytes(), 0u);
}

TEST(VersionedLog, KeepsTheNewest) {
    VersionedLog<int> log(3);
    for (int n = 1; n <= 5; ++n) EXPECT_EQ(log.push(n), static_cast<std::uint64_t>(n - 1));
    EXPECT_THAT(rows_of(log.view()), ElementsAre(5, 4, 3));
    EXPECT_EQ(log.begin(), 2u);
    log.clear();
    EXPECT_THAT(rows_of(log.view()), ElementsAre());
    EXPECT_EQ(log.push(6), 5u) << "positions go on";
    EXPECT_THAT(rows_of(log.view()), ElementsAre(6));
}

TEST(VersionedLog, AViewShowsWhatWasThereWhenItWasTaken) {
    VersionedLog<int> log(3);
    for (int n = 1; n <= 3; ++n) log.push(n);
    const auto before = log.view();
    log.edit(1) = 20;
    log.push(4);
    const auto after = log.view();
    log.clear();
    EXPECT_THAT(rows_of(before), ElementsAre(3, 2, 1));
    EXPECT_THAT(rows_of(after), ElementsAre(4, 3, 20));
}

TEST(VersionedRows, AViewKeepsItsRowsAndASharedRowStaysAsItIs) {
    VersionedRows<std::string> rows(2);
    const auto place = rows.push("a");
    const auto view = rows.view();
    rows.edit(place) += "b";
    const auto shared = rows.share(place);
    rows.edit(place) += "c";
    EXPECT_EQ(view[place], "a");
    EXPECT_EQ(*shared, "ab");
    EXPECT_EQ(rows[place], "abc");
}

TEST(CopyOnWrite, CopiesOnlyWhatWasShared) {
    CopyOnWrite<int> value;
    value.edit() = 1;
    const auto* first = &*value;
    value.edit() = 2;
    EXPECT_EQ(&*value, first);
    const auto shared = value.share();
    value.edit() = 3;
    EXPECT_EQ(*shared, 2);
    EXPECT_EQ(*value, 3);
}

// Whatever is done to the log, every view goes on showing what a plain copy of that moment shows.
TEST(VersionedLog, ViewsOfRandomHistoriesEqualCopies) {
    std::mt19937 random(7);
    VersionedLog<int> log(300);
    std::deque<int> copy;
    std::deque<std::pair<VersionedLog<int>::View, std::deque<int>>> views;
    for (int n = 0; n < 20'000; ++n) {
        const auto what = random() % 100;
        if (what < 60) {
            log.push(n);
            copy.push_back(n);
            if (copy.size() > 300) copy.pop_front();
        } else if (what < 90 && !copy.empty()) {
            const auto at = random() % copy.size();
            log.edit(log.begin() + at) = -n;
            copy[at] = -n;
        } else if (what < 91) {
            log.clear();
            copy.clear();
        } else if (what < 95 && !copy.empty()) {
            log.pop_front();
            copy.pop_front();
        } else {
            views.emplace_back(log.view(), copy);
            if (views.size() > 20) views.pop_front();
        }
        if (n % 500 != 0) continue;
        for (const auto& [view, expected] : views) {
            ASSERT_EQ(view.size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i)
                ASSERT_EQ(view[view.begin() + i], expected[i]);
        }
    }
}

// The thread sanitizer's: views are read and released while the log changes.
TEST(VersionedLog, ViewsAreReadWhileTheLogChanges) {
    VersionedRows<std::string> rows(200);
    std::mutex mutex; // for taking a view only
    std::atomic<bool> done{false};
    rows.push("0");
    std::jthread reader([&] {
        while (!done) {
            const auto view = [&] {
                const std::lock_guard lock(mutex);
                return rows.view();
            }();
            std::size_t length = 0;
            view.newest_first([&](const std::string& row) {
                length += row.size();
                return true;
            });
            EXPECT_GT(length, 0u);
        }
    });
    for (int n = 0; n < 5'000; ++n) {
        const std::lock_guard lock(mutex);
        rows.push(std::to_string(n));
        rows.edit(rows.begin() + static_cast<std::uint64_t>(n) % rows.size()) += "x";
    }
    done = true;
}

} // namespace
} // namespace viz::test
