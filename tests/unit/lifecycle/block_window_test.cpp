#include "components/lifecycle/block_window.hpp"

#include <gmock/gmock.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

lifecycle::WindowBlock block(std::uint64_t number, const std::vector<Scene::InBlock>& txs = {}) {
    const bus::Head head = Scene::head(number, txs, 0, 0);
    lifecycle::WindowBlock made;
    made.record.number = head.number;
    made.record.hash = head.hash;
    made.record.parent_hash = head.parent_hash;
    made.transactions = head.transactions;
    return made;
}

TEST(BlockWindow, ForgetsTheOldestBeyondItsCapacity) {
    lifecycle::BlockWindow window(2);
    window.push(block(1, {{.id = 1, .sender = 1, .nonce = 0}}));
    window.push(block(2, {{.id = 2, .sender = 1, .nonce = 1}}));
    window.push(block(3));
    EXPECT_EQ(window.including(hash_of(1)), nullptr);
    EXPECT_FALSE(window.user_of(address_of(1), 0));
    ASSERT_NE(window.including(hash_of(2)), nullptr);
    EXPECT_EQ(window.user_of(address_of(1), 1)->hash, hash_of(2));
    EXPECT_EQ(window.oldest().number.value, 2u);
}

TEST(BlockWindow, TakingABlockBackTakesItsProofsBack) {
    lifecycle::BlockWindow window(4);
    window.push(block(1, {{.id = 1, .sender = 1, .nonce = 0}}));
    window.push(block(2, {{.id = 2, .sender = 1, .nonce = 1}}));
    EXPECT_EQ(window.next_nonce(address_of(1), std::nullopt, {}), 2u);
    window.pop();
    EXPECT_EQ(window.next_nonce(address_of(1), std::nullopt, {}), 1u);
    window.pop();
    EXPECT_EQ(window.next_nonce(address_of(1), std::nullopt, {}), std::nullopt);
}

TEST(BlockWindow, AuthoritiesCountInChainOrderAboveTheKnownHeight) {
    lifecycle::BlockWindow window(4);
    window.push(block(1, {{.id = 1,
                           .sender = 1,
                           .nonce = 0,
                           .authorities = {{address_of(1), 1}, {address_of(2), 7}}}}));
    EXPECT_EQ(window.next_nonce(address_of(1), std::nullopt, {}), 2u);
    EXPECT_EQ(window.next_nonce(address_of(2), 7, eth::BlockNumber{0}), 8u);
    EXPECT_EQ(window.next_nonce(address_of(2), 7, eth::BlockNumber{1}), 7u);
    EXPECT_EQ(window.next_nonce(address_of(2), 6, eth::BlockNumber{0}), 6u);
    EXPECT_EQ(window.next_nonce(address_of(2), std::nullopt, {}), std::nullopt);
}

} // namespace
} // namespace viz::test
