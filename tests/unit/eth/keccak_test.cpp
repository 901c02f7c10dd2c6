#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"

namespace viz::eth {
namespace {

std::string digest(std::string_view text) {
    return to_hex(keccak256_of(text).view());
}

// The Keccak team's vectors for the submission's padding; SHA3-256 gives others.
TEST(Keccak, GivesThePublishedDigests) {
    EXPECT_EQ(digest(""), "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(digest("abc"), "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

TEST(Keccak, StartsAfreshWithEveryCall) {
    const auto once = digest(std::string(1000, 'x'));
    EXPECT_NE(digest("abc"), once);
    EXPECT_EQ(digest(std::string(1000, 'x')), once);
}

} // namespace
} // namespace viz::eth
