#include "http/auth.hpp"

#include <gtest/gtest.h>

namespace viz::http {
namespace {

TEST(KeyRing, FindsEachOfItsKeys) {
    const KeyRing ring({"alpha", "beta", "gamma"});
    EXPECT_EQ(ring.find("alpha"), 0u);
    EXPECT_EQ(ring.find("beta"), 1u);
    EXPECT_EQ(ring.find("gamma"), 2u);
}

TEST(KeyRing, FindsNothingElse) {
    const KeyRing ring({"alpha", "beta"});
    for (const auto* wrong : {"", "alph", "alphaa", "Alpha", "alpha ", "gamma"})
        EXPECT_FALSE(ring.find(wrong)) << wrong;
    EXPECT_FALSE(ring.find(std::string(100'000, 'a')));
    EXPECT_FALSE(ring.find(std::string("alpha\0", 6)));
}

TEST(KeyRing, WithoutKeysLetsNobodyIn) {
    EXPECT_FALSE(KeyRing({}).find(""));
    EXPECT_FALSE(KeyRing({""}).find("")) << "an empty key is no key";
}

} // namespace
} // namespace viz::http
