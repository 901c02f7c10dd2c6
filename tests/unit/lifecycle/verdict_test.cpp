#include "components/lifecycle/verdict.hpp"

#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::lifecycle {
namespace {

using test::hash_of;

constexpr bus::ChainId kChain{5};

TEST(LifecycleVerdict, AReplacementNamesWhatReplacedIt) {
    EXPECT_EQ(verdict_of(kChain, bus::TxReplaced{.hash = hash_of(1),
                                                 .replaced_by = hash_of(2),
                                                 .reason = "speed_up"}),
              (bus::Verdict{kChain, hash_of(1), true, "speed_up", hash_of(2)}));
}

TEST(LifecycleVerdict, ADropKeepsItsReason) {
    EXPECT_EQ(verdict_of(kChain, bus::TxDropped{.hash = hash_of(1), .reason = "absent_from_pool"}),
              (bus::Verdict{kChain, hash_of(1), false, "absent_from_pool", {}}));
    EXPECT_EQ(verdict_of(kChain, bus::TxDropped{.hash = hash_of(1),
                                                .reason = "underpriced_replacement",
                                                .by = hash_of(2)}),
              (bus::Verdict{kChain, hash_of(1), false, "underpriced_replacement", hash_of(2)}));
}

TEST(LifecycleVerdict, WhoseNonceWasMinedByAnotherIsReplaced) {
    EXPECT_EQ(
        verdict_of(kChain,
                   bus::TxDropped{.hash = hash_of(1), .reason = "nonce_used", .by = hash_of(2)}),
        (bus::Verdict{kChain, hash_of(1), true, "nonce_used", hash_of(2)}));
}

TEST(LifecycleVerdict, NothingIsSaidOfWhatMayBePendingStill) {
    for (const auto* limit : {"sender_limit", "pool_limit"})
        EXPECT_FALSE(verdict_of(kChain, bus::TxDropped{.hash = hash_of(1), .reason = limit}));
    EXPECT_FALSE(verdict_of(kChain, bus::TxReady{.hash = hash_of(1)}));
    EXPECT_FALSE(verdict_of(kChain, bus::TxConfirmedFinal{.hash = hash_of(1)}));
}

} // namespace
} // namespace viz::lifecycle
