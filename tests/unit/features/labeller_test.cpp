#include "components/features/labeller.hpp"

#include <gmock/gmock.h>

#include "tests/support/values.hpp"

namespace viz::test {
namespace {

using ::testing::Contains;

const features::Labeller& labeller() {
    static const features::Labeller instance(features::ProtocolRegistry::built_in());
    return instance;
}

const eth::Address kUsdc{{0xA0, 0xb8, 0x69, 0x91, 0xc6, 0x21, 0x8b, 0x36, 0xc1, 0xd1,
                          0x9D, 0x4a, 0x2e, 0x9E, 0xb0, 0xcE, 0x36, 0x06, 0xeB, 0x48}};
const eth::Address kRouter{{0x7a, 0x25, 0x0d, 0x56, 0x30, 0xB4, 0xcF, 0x53, 0x97, 0x39,
                            0xdF, 0x2C, 0x5d, 0xAc, 0xb4, 0xc6, 0x59, 0xF2, 0x48, 0x8D}};
const bus::Bytes kTransferCall{0xa9, 0x05, 0x9c, 0xbb};
const bus::Bytes kSwapCall{0x38, 0xed, 0x17, 0x39};

bus::DecodedTx tx(std::uint64_t chain, std::optional<eth::Address> to, bus::Bytes calldata) {
    bus::DecodedTx made;
    made.chain_id = eth::ChainId{chain};
    made.hash = hash_of(1);
    made.to = to;
    made.calldata = std::move(calldata);
    return made;
}

TEST(Labeller, NamesProtocolAndCategory) {
    struct Case {
        const char* what;
        bus::DecodedTx tx;
        const char* protocol;
        const char* category;
    };
    const Case cases[] = {
        {"plain transfer", tx(1, address_of(5), {}), "native", "transfer"},
        {"deployment", tx(1, std::nullopt, {0x60, 0x80, 0x60, 0x40}), "native", "deploy"},
        {"token by address", tx(1, kUsdc, kTransferCall), "erc20", "transfer"},
        {"token by selector", tx(31337, address_of(5), kTransferCall), "erc20", "transfer"},
        {"router", tx(1, kRouter, kSwapCall), "uniswap-v2", "swap"},
        {"router on a devnet", tx(31337, address_of(6), kSwapCall), "uniswap-v2", "swap"},
        {"router, unknown method", tx(1, kRouter, {1, 2, 3, 4}), "uniswap-v2", "swap"},
        {"unknown", tx(1, address_of(5), {1, 2, 3, 4}), "unknown", "call"},
        {"too short for a selector", tx(1, address_of(5), {1, 2, 3}), "unknown", "call"},
    };
    for (const Case& c : cases) {
        const auto feature = labeller().label(c.tx, {});
        EXPECT_EQ(feature.protocol, c.protocol) << c.what;
        EXPECT_EQ(feature.category, c.category) << c.what;
        EXPECT_EQ(feature.engine_version, "feature-engine.v7");
    }
}

TEST(Labeller, ADeploymentHasNoSelector) {
    EXPECT_FALSE(labeller().label(tx(1, std::nullopt, kSwapCall), {}).method_selector);
    EXPECT_TRUE(labeller().label(tx(1, kRouter, kSwapCall), {}).method_selector);
}

TEST(Labeller, ASelectorAloneScoresBelowTheKnownContract) {
    const auto known = labeller().label(tx(1, kRouter, kSwapCall), {});
    const auto guessed = labeller().label(tx(31337, kRouter, kSwapCall), {});
    EXPECT_GT(known.mev_score, guessed.mev_score);
    EXPECT_THAT(known.reasons, Contains("contract:UniswapV2Router02"));
    EXPECT_THAT(known.reasons, Contains("method:swapExactTokensForTokens"));
    EXPECT_THAT(guessed.reasons, Contains("mev:selector_only-5"));
}

TEST(Labeller, SaysTheSameOfTheSame) {
    const auto one = labeller().label(tx(1, kRouter, kSwapCall), {.base_fee = bus::Wei{7}});
    const auto two = labeller().label(tx(1, kRouter, kSwapCall), {.base_fee = bus::Wei{7}});
    EXPECT_EQ(one.reasons, two.reasons);
    EXPECT_EQ(one.mev_score, two.mev_score);
    EXPECT_EQ(one.urgency_score, two.urgency_score);
}

} // namespace
} // namespace viz::test
