#include <gmock/gmock.h>

#include "components/eth/transaction_rlp.hpp"
#include "components/evm/block.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::evm {
namespace {

struct Blocks : Fixture {
    Blocks() { fill(below, kCounter); }
    BlockResult run(std::vector<eth::Transaction> transactions,
                    std::vector<Withdrawal> withdrawals = {}) {
        const std::vector<eth::Address> senders(transactions.size(), kSender);
        return execute_block(state, rules,
                             {.environment = block,
                              .parent_hash = eth::Hash{{{0xaa}}},
                              .parent_beacon_root = eth::Hash{{{0xbb}}},
                              .transactions = transactions,
                              .senders = senders,
                              .withdrawals = withdrawals});
    }
    test::MemoryState below;
    Overlay state{below, codes};
};

TEST_F(Blocks, ReceiptsCountTheGasOfAllBefore) {
    const auto result = run({call(0), call(1)});
    ASSERT_FALSE(result.stopped_at);
    ASSERT_EQ(result.receipts.size(), 2u);
    EXPECT_EQ(result.receipts[0].cumulative_gas, result.results[0].gas_used);
    EXPECT_EQ(result.receipts[1].cumulative_gas, result.gas_used);
    EXPECT_EQ(result.gas_used, result.results[0].gas_used + result.results[1].gas_used);
    EXPECT_EQ(state.find(kContract, {})->now, U256(2));
}

TEST_F(Blocks, StopAtATransactionThatCannotBeInThem) {
    const auto result = run({call(0), call(5), call(1)});
    EXPECT_EQ(result.stopped_at, 1u);
    EXPECT_EQ(result.results.at(1).invalid, Invalid::nonce_too_high);
}

TEST_F(Blocks, HoldNoMoreGasThanTheirLimit) {
    block.gas_limit = 200'000 + 199'999;
    auto costly = call(0);
    put(below, kContract, "fe"); // uses all of its 200,000
    EXPECT_EQ(run({costly, call(1)}).stopped_at, 1u);
}

TEST_F(Blocks, WithdrawalsAreGivenInGwei) { // EIP-4895
    run({}, {{kCaller, 3}, {kCaller, 4}});
    EXPECT_EQ(state.find(kCaller)->now.balance, eth::Wei(7'000'000'000));
}

// The history contract of EIP-2935 stores its caller's 32 bytes at (number-1) mod 8191; this one
// in slot 0, and says so only for the system's address.
TEST_F(Blocks, BeginWithTheCallsOfTheProtocol) {
    const auto history = *eth::address_from_hex("0x0000f90827f1c53a10cb7a02335b175320002935");
    const auto beacon = *eth::address_from_hex("0x000f3df6d732807ef1319fb7b8bb8522d0beac02");
    put(below, history, "5f355f553360015500");
    put(below, beacon, "5f355f5500");
    run({});
    EXPECT_EQ(state.find(history, {})->now, eth::from_be(eth::Hash{{{0xaa}}}.bytes));
    EXPECT_EQ(state.find(beacon, {})->now, eth::from_be(eth::Hash{{{0xbb}}}.bytes));
    EXPECT_EQ(eth::to_hex(eth::to_be(state.find(history, U256(1))->now)),
              "0x000000000000000000000000fffffffffffffffffffffffffffffffffffffffe");
}

// Three bits of 2,048 from the hash of each address and topic (Yellow Paper 4.4.2).
TEST(Bloom, SetsThreeBitsAnItem) {
    const auto bits = [](const Bloom& bloom) {
        int count = 0;
        for (const auto byte : bloom.bytes) count += std::popcount(byte);
        return count;
    };
    EXPECT_EQ(bits(bloom_of({})), 0);
    const Log log{.address = kContract, .topics = {}, .data = {1, 2, 3}};
    EXPECT_EQ(bits(bloom_of({log})), 3);
    EXPECT_EQ(bloom_of({log, log}), bloom_of({log}));
    const auto hash = eth::keccak256(kContract.view());
    for (std::size_t i = 0; i < 6; i += 2) {
        const auto bit = (hash.bytes[i] << 8 | hash.bytes[i + 1]) % 2048;
        EXPECT_TRUE(bloom_of({log}).bytes[static_cast<std::size_t>(255 - bit / 8)] >> (bit % 8) &
                    1);
    }
}

TEST(Receipts, CarryTheirTypeBeforeTheRlp) { // EIP-2718
    Receipt receipt{.type = eth::TxType::legacy, .succeeded = true, .cumulative_gas = 21'000};
    const auto legacy = encode_receipt(receipt, {});
    receipt.type = eth::TxType::dynamic_fee;
    const auto typed = encode_receipt(receipt, {});
    ASSERT_EQ(typed.size(), legacy.size() + 1);
    EXPECT_EQ(typed[0], 2);
    EXPECT_TRUE(std::equal(legacy.begin(), legacy.end(), typed.begin() + 1));
    EXPECT_EQ(eth::to_hex(legacy).substr(0, 16), "0xf9010801825208");
}

} // namespace
} // namespace viz::evm
