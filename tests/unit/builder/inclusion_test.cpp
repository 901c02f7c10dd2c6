// Bundles that come true, and the rate at which relays would have taken them.
#include "components/builder/inclusion_watch.hpp"

#include <gtest/gtest.h>

#include "components/builder/success_rate.hpp"
#include "scene.hpp"

namespace viz::test {
namespace {

using builder::Bundle;
using builder::InclusionWatch;

Bundle of(const std::vector<std::uint64_t>& members, std::uint64_t target, std::uint64_t most) {
    Bundle out;
    out.chain_id = bus::ChainId{31337};
    for (const auto member : members)
        out.steps.emplace_back(builder::SignedTransaction{hash_of(member), {}, false});
    out.target_block = bus::BlockNumber{target};
    out.max_block = bus::BlockNumber{most};
    return out;
}

bus::Head with(std::uint64_t number, const std::vector<std::uint64_t>& txs) {
    auto out = head(number);
    for (const auto tx : txs) out.transactions.push_back({.hash = hash_of(tx)});
    return out;
}

TEST(InclusionWatch, CountsABundleMinedInItsOrderOnce) {
    InclusionWatch watch;
    watch.add(of({1, 2}, 101, 103));
    EXPECT_EQ(watch.on_head(with(101, {2, 1})), 0u) << "the other way round";
    EXPECT_EQ(watch.on_head(with(102, {1})), 0u) << "one of them";
    EXPECT_EQ(watch.on_head(with(103, {9, 1, 8, 2})), 1u) << "others may stand between";
    EXPECT_EQ(watch.on_head(with(103, {1, 2})), 0u);
}

TEST(InclusionWatch, OnlyInItsBlocksAndOnItsChain) {
    InclusionWatch watch;
    watch.add(of({1}, 101, 101));
    auto elsewhere = with(101, {1});
    elsewhere.chain_id = bus::ChainId{1};
    EXPECT_EQ(watch.on_head(elsewhere), 0u);
    EXPECT_EQ(watch.on_head(with(100, {1})), 0u) << "before";
    EXPECT_EQ(watch.on_head(with(102, {1})), 0u) << "too late";
    EXPECT_EQ(watch.size(), 0u);
}

TEST(InclusionWatch, IsBounded) {
    InclusionWatch watch;
    for (std::size_t n = 0; n <= InclusionWatch::kMost; ++n) watch.add(of({n}, 101, 101));
    EXPECT_EQ(watch.size(), InclusionWatch::kMost);
}

TEST(SuccessRate, IsOfTheNewestHundred) {
    builder::SuccessRate rate;
    EXPECT_DOUBLE_EQ(rate.add(false), 0.0);
    EXPECT_DOUBLE_EQ(rate.add(true), 0.5);
    for (int n = 0; n < 98; ++n) rate.add(true);
    EXPECT_DOUBLE_EQ(rate.add(true), 1.0) << "the failure is out of the window";
}

} // namespace
} // namespace viz::test
