#include "components/state/head_state.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "components/eth/keccak.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::state {
namespace {

using eth::U256;
using evm::Answer;

constexpr eth::Address kAlice{{{0x0a}}};
constexpr eth::Address kPool{{{0x0b}}};
const BlockRef kHead{eth::Hash{{{0x01}}}, 100};
const BlockRef kNext{eth::Hash{{{0x02}}}, 101};

struct Heads : testing::Test {
    std::optional<evm::AccountState> account_of(const HeadState& state, const eth::Address& who,
                                                Answer expected = Answer::here) const {
        std::optional<evm::AccountState> out;
        EXPECT_EQ(state.account(who, out), expected);
        return out;
    }
    U256 slot_of(const HeadState& state, std::uint64_t key, Answer expected = Answer::here) const {
        U256 out;
        EXPECT_EQ(state.storage(kPool, U256(key), out), expected);
        return out;
    }
    HeadState head{kHead};
    evm::CodeCache codes;
};

TEST_F(Heads, SayWhatWasPutAndThatTheRestIsNotHere) {
    account_of(head, kAlice, Answer::not_here);
    slot_of(head, 1, Answer::not_here);
    head.put_account(kAlice, evm::AccountState{eth::Wei(5), 1, evm::kEmptyCodeHash, false});
    head.put_account(kPool, std::nullopt);
    head.put_slot(kPool, U256(1), U256(7));
    EXPECT_EQ(account_of(head, kAlice)->balance, eth::Wei(5));
    EXPECT_FALSE(account_of(head, kPool)); // known not to exist
    EXPECT_EQ(slot_of(head, 1), U256(7));
}

TEST_F(Heads, RefuseCodeThatIsNotItsHashs) {
    const eth::Bytes code{0x5b};
    EXPECT_FALSE(head.put_code(eth::Hash{{{0x99}}}, code));
    EXPECT_TRUE(head.put_code(eth::keccak256(code), code));
    eth::Bytes out;
    EXPECT_EQ(head.code(kPool, eth::keccak256(code), out), Answer::here);
    EXPECT_EQ(out, code);
    EXPECT_EQ(head.code(kPool, eth::Hash{{{0x99}}}, out), Answer::not_here);
}

TEST_F(Heads, AChildHasWhatItsBlockDid) {
    const eth::Bytes code{0x5b, 0x00};
    head.put_account(kAlice, evm::AccountState{eth::Wei(5), 1, evm::kEmptyCodeHash, false});
    head.put_account(kPool, std::nullopt);
    head.put_slot(kPool, U256(1), U256(7));
    head.put_slot(kPool, U256(2), U256(8));
    evm::Overlay overlay(head, codes);
    overlay.begin_transaction();
    overlay.set_slot(overlay.slot(overlay.load(kPool), U256(1)), U256(9));
    overlay.set_code(overlay.load(kPool),
                     std::make_shared<const evm::Code>(code, eth::keccak256(code)));
    overlay.set_nonce(overlay.load(kPool), 1);
    overlay.subtract_balance(overlay.load(kAlice), eth::Wei(2));
    overlay.end_transaction();
    ASSERT_TRUE(overlay.missing().empty());

    const auto child = head.child(kNext, overlay, 1'000);
    EXPECT_EQ(child->block(), kNext);
    EXPECT_EQ(account_of(*child, kAlice)->balance, eth::Wei(3));
    EXPECT_EQ(account_of(*child, kPool)->code_hash, eth::keccak256(code));
    EXPECT_EQ(slot_of(*child, 1), U256(9));
    EXPECT_EQ(slot_of(*child, 2), U256(8));
    eth::Bytes out;
    EXPECT_EQ(child->code(kPool, eth::keccak256(code), out), Answer::here);
    eth::Hash hash;
    EXPECT_EQ(child->block_hash(kHead.number, hash), Answer::here);
    EXPECT_EQ(hash, kHead.hash);
    EXPECT_EQ(slot_of(head, 1), U256(7)); // a reorg goes back to it
}

TEST_F(Heads, WhatADestroyedAccountHadIsNotCarriedOver) {
    head.put_account(kPool, evm::AccountState{{}, 1, evm::kEmptyCodeHash, true});
    head.put_slot(kPool, U256(1), U256(7));
    evm::Overlay overlay(head, codes);
    overlay.begin_transaction();
    overlay.destruct(overlay.load(kPool));
    overlay.end_transaction();
    const auto child = head.child(kNext, overlay, 1'000);
    EXPECT_FALSE(account_of(*child, kPool));
    slot_of(*child, 1, Answer::not_here);
}

TEST_F(Heads, BeyondItsBoundAChildKeepsWhatItsBlockTouchedAlone) {
    head.put_account(kPool, evm::AccountState{{}, 1, evm::kEmptyCodeHash, true});
    for (std::uint64_t key = 0; key < 10; ++key) head.put_slot(kPool, U256(key), U256(key + 1));
    evm::Overlay overlay(head, codes);
    overlay.begin_transaction();
    overlay.slot(overlay.load(kPool), U256(3));
    overlay.end_transaction();
    const auto child = head.child(kNext, overlay, 9);
    EXPECT_EQ(child->slots(), 1u);
    EXPECT_EQ(slot_of(*child, 3), U256(4));
}

TEST_F(Heads, OfAChildThatIsNotKnownOnlyCodeStaysTrue) {
    const eth::Bytes code{0x5b};
    head.put_code(eth::keccak256(code), code);
    head.put_account(kAlice, evm::AccountState{eth::Wei(5), 1, evm::kEmptyCodeHash, false});
    const auto child = head.unknown_child(kNext);
    account_of(*child, kAlice, Answer::not_here);
    eth::Bytes out;
    EXPECT_EQ(child->code(kPool, eth::keccak256(code), out), Answer::here);
    eth::Hash hash;
    EXPECT_EQ(child->block_hash(kHead.number, hash), Answer::not_here); // may be another branch
}

TEST_F(Heads, AreFilledWhileOthersRead) {
    std::atomic<bool> wrong{false};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&] {
                for (std::uint64_t key = 0; key < 2'000; ++key) {
                    U256 value;
                    if (head.storage(kPool, U256(key), value) == Answer::here &&
                        value != U256(key + 1))
                        wrong = true;
                }
            });
        for (std::uint64_t key = 0; key < 2'000; ++key)
            head.put_slot(kPool, U256(key), U256(key + 1));
    }
    EXPECT_FALSE(wrong);
    EXPECT_EQ(head.slots(), 2'000u);
}

eth::Bytes code_of(std::uint32_t n, std::size_t size = 24'576) {
    eth::Bytes code(size, 0x5b);
    for (std::size_t i = 0; i < 4; ++i) code[i] = static_cast<std::uint8_t>(n >> 8 * i);
    return code;
}

// Contracts without end, over many blocks: what was used longest ago makes room.
TEST_F(Heads, KeepWithinTheirBoundWhateverIsFetched) {
    constexpr std::size_t kMax = 4U << 20;
    auto state = std::make_shared<HeadState>(kHead, kMax);
    const auto kept = code_of(1);
    const auto kept_hash = eth::keccak256(kept);
    ASSERT_TRUE(state->put_code(kept_hash, kept));
    eth::Bytes out;
    for (std::uint32_t n = 2; n < 2'000; ++n) {
        const auto code = code_of(n);
        const auto hash = eth::keccak256(code);
        ASSERT_TRUE(state->put_code(hash, code));
        ASSERT_EQ(state->code({}, hash, out), Answer::here) << "what was just fetched";
        ASSERT_EQ(state->code({}, kept_hash, out), Answer::here) << "what is used all the time";
        eth::Address address;
        for (std::size_t i = 0; i < 4; ++i)
            address.bytes[i] = static_cast<std::uint8_t>(n >> 8 * i);
        state->put_account(address, evm::AccountState{});
        for (std::uint64_t slot = 0; slot < 20; ++slot) state->put_slot(address, U256(slot), {});
        ASSERT_LE(state->bytes(), kMax);
        if (n % 100 == 0) state = state->unknown_child(kNext);
        ASSERT_LE(state->bytes(), kMax);
    }
    EXPECT_GT(state->evicted(), 0u);
    EXPECT_EQ(state->code({}, eth::keccak256(code_of(2)), out), Answer::not_here);
}

TEST_F(Heads, AccountsAreBoundedWithoutAnySlot) {
    HeadState state(kHead, 1U << 20);
    for (std::uint32_t n = 0; n < 100'000; ++n) {
        eth::Address address;
        for (std::size_t i = 0; i < 4; ++i)
            address.bytes[i] = static_cast<std::uint8_t>(n >> 8 * i);
        state.put_account(address, std::nullopt);
    }
    EXPECT_LE(state.bytes(), 1U << 20);
    EXPECT_LT(state.accounts(), 10'000u);
    EXPECT_GT(state.accounts(), 2'000u);
}

} // namespace
} // namespace viz::state
