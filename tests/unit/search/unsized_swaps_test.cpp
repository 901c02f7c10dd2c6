#include "components/search/unsized_swaps.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::search {
namespace {

evm::Log log_of(const char* topic) {
    return {{}, {*eth::hash_from_hex(topic)}, {}};
}

// Topics as block explorers show them.
TEST(UnsizedSwaps, AreSeenByTheEventsOfV4AndOfCurvesPools) {
    const std::vector<evm::Log> logs{
        log_of("0x40e9cecb9f5f1f1c5b9c97dec2917b7ee92e57ba5563708daca94dd84ad7112f"),
        log_of("0x8b3e96f2b889fa771c53c981b40daf005f63f637f1869f707052d15a3dd97140"),
        log_of("0xd013ca23e77a65003c2c659c5442c00c805371b7fc1ebd4c206c41d1536bd90b"),
        log_of("0xb2e76ae99761dc136e598d4a629bb347eccb9532a5f8bbd72e18467c3c34cc98"),
        log_of("0x143f1f8e861fbdeddd5b46e844b7d3ac7b86a122f36e8c463859ee6811b1f29c")};
    EXPECT_EQ(unsized_swaps(logs), (UnsizedSwaps{1, 4}));
}

TEST(UnsizedSwaps, OtherLogsAreNone) {
    const std::vector<evm::Log> logs{
        {}, // LOG0
        // Uniswap V2's Swap, which is sized
        log_of("0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822")};
    EXPECT_EQ(unsized_swaps(logs), UnsizedSwaps());
}

} // namespace
} // namespace viz::search
