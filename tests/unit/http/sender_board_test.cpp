#include "http/sender_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/values.hpp"

namespace viz::test {
namespace {

using enum bus::LifecycleStatus;
using testing::ElementsAre;

std::vector<eth::Address> busiest(const http::SenderBoard& board, std::size_t limit) {
    std::vector<eth::Address> out;
    board.busiest([&](const auto& address, const auto&) {
        out.push_back(address);
        return out.size() < limit;
    });
    return out;
}

TEST(SenderBoard, NamesThoseWithMostFirst) {
    http::SenderBoard board;
    for (const std::uint64_t n : {1u, 2u, 2u, 3u, 3u, 3u}) board.add(address_of(n), pending);
    EXPECT_THAT(busiest(board, 9), ElementsAre(address_of(3), address_of(2), address_of(1)));
    EXPECT_THAT(busiest(board, 1), ElementsAre(address_of(3)));
    board.remove(address_of(3), pending);
    board.remove(address_of(3), pending);
    EXPECT_THAT(busiest(board, 9), ElementsAre(address_of(2), address_of(3), address_of(1)))
        << "of equals the one that changed last";
}

TEST(SenderBoard, ForgetsWhoHasNone) {
    http::SenderBoard board;
    board.add(address_of(1), ready);
    board.remove(address_of(1), ready);
    EXPECT_EQ(board.size(), 0u);
    EXPECT_THAT(busiest(board, 9), ElementsAre());
}

TEST(SenderBoard, CountsByStatus) {
    http::SenderBoard board;
    board.add(address_of(1), pending);
    board.add(address_of(1), blocked);
    board.change(address_of(1), pending, ready);
    board.busiest([](const auto&, const http::PendingCounts& counts) {
        EXPECT_EQ(counts.ready, 1u);
        EXPECT_EQ(counts.blocked, 1u);
        EXPECT_EQ(counts.unplaced, 0u);
        return true;
    });
}

TEST(SenderBoard, StaysInOrderWhateverHappens) {
    http::SenderBoard board;
    std::map<std::uint64_t, std::uint64_t> expected;
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t n = random() % 50;
        if (random() % 2 == 0 || expected[n] == 0) {
            board.add(address_of(n), ready);
            ++expected[n];
        } else {
            board.remove(address_of(n), ready);
            --expected[n];
        }
        if (i % 500 != 0) continue;
        std::vector<std::uint64_t> totals;
        board.busiest([&](const auto&, const auto& counts) {
            totals.push_back(counts.total());
            return true;
        });
        std::vector<std::uint64_t> wanted;
        for (const auto& [sender, total] : expected)
            if (total > 0) wanted.push_back(total);
        std::ranges::sort(wanted, std::ranges::greater{});
        EXPECT_EQ(totals, wanted);
    }
}

} // namespace
} // namespace viz::test
