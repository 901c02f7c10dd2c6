#include <gtest/gtest.h>

#include "components/eth/legacy_v.hpp"

namespace viz::eth {
namespace {

TEST(LegacyV, SaysTheParityAndSinceEip155TheChain) {
    struct Case {
        U256 v;
        std::optional<ChainId> chain;
        std::uint8_t y_parity;
    };
    const U256 last = U256(~0ULL) * U256(2) + U256(35);
    for (const auto& [v, chain, y_parity] : {
             Case{27, {}, 0},
             Case{28, {}, 1},
             Case{37, ChainId{1}, 0},
             Case{38, ChainId{1}, 1},
             Case{0xf4f5, ChainId{31337}, 0},
             Case{last, ChainId{~0ULL}, 0},
             Case{last + U256(1), ChainId{~0ULL}, 1},
         }) {
        const auto meaning = read_legacy_v(v);
        ASSERT_TRUE(meaning) << to_decimal(v);
        EXPECT_EQ(meaning->chain_id, chain) << to_decimal(v);
        EXPECT_EQ(meaning->y_parity, y_parity) << to_decimal(v);
        EXPECT_EQ(legacy_v_of(chain, y_parity), v);
    }
}

TEST(LegacyV, RefusesWhatStandsForNothing) {
    for (const auto v : std::vector<std::uint64_t>{0, 1, 2, 26, 29, 30, 34, 35, 36}) {
        const auto meaning = read_legacy_v(v);
        ASSERT_FALSE(meaning) << v;
        EXPECT_EQ(meaning.error(), DecodeError::bad_y_parity) << v;
    }
    const auto beyond = read_legacy_v(U256(~0ULL) * U256(2) + U256(37));
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error(), DecodeError::field_out_of_range);
}

} // namespace
} // namespace viz::eth
