// What callers of the EVM rely on beyond the protocol's rules: taking back, going on, what was
// missing, and who failed.
#include <set>

#include "components/eth/u256_math.hpp"
#include "components/evm/step_budget.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::evm {
namespace {

// Knows only what is in `known`; everything else is not here yet.
class PartialState : public test::MemoryState {
  public:
    std::set<eth::Address> known;
    Answer account(const eth::Address& address, std::optional<AccountState>& out) const override {
        return known.contains(address) ? MemoryState::account(address, out) : Answer::not_here;
    }
    Answer storage(const eth::Address&, const eth::U256&, eth::U256&) const override {
        return Answer::not_here;
    }
};

using Execution = Fixture;

TEST_F(Execution, TransactionsFollowEachOtherAndAreTakenBackTogether) {
    test::MemoryState below;
    fill(below, kCounter);
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules, block);
    const auto before = state.checkpoint();
    for (eth::Nonce nonce = 0; nonce < 3; ++nonce)
        ASSERT_TRUE(executor.execute(call(nonce), kSender).succeeded());
    ASSERT_NE(state.find(kContract, U256()), nullptr);
    EXPECT_EQ(state.find(kContract, U256())->now, U256(3));
    EXPECT_EQ(state.find(kSender)->now.nonce, 3u);
    state.rollback(before);
    EXPECT_EQ(state.find(kContract, U256())->now, U256());
    EXPECT_EQ(state.find(kSender)->now.nonce, 0u);
    EXPECT_EQ(state.find(kSender)->now.balance, kEther);
    const auto again = executor.execute(call(0), kSender);
    EXPECT_TRUE(again.succeeded());
    EXPECT_EQ(state.find(kContract, U256())->now, U256(1));
}

// Where an account is gone nothing is stored, whatever the reader says of it; where its end is
// taken back, what the reader says counts again.
TEST_F(Execution, StorageSeenEmptyAfterASelfDestructionIsBackWhenThatIsTakenBack) {
    // Self-destructs; with calldata it returns slot 5.
    constexpr auto kMortal = "0x36600657"
                             "33ff"
                             "5b60055460005260206000f3";
    test::MemoryState below;
    fill(below, kMortal);
    below.accounts[kContract].storage[U256(5)] = U256(7);
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules_of(Fork::shanghai), block);
    const auto start = state.checkpoint();
    ASSERT_TRUE(executor.execute(call(0), kSender).succeeded());
    auto reads = call(1, kSender);
    reads.type = eth::TxType::access_list;
    reads.chain_id = block.chain_id;
    eth::Hash key;
    key.bytes[31] = 5;
    reads.access_list.push_back({kContract, {key}});
    ASSERT_TRUE(executor.execute(reads, kSender).succeeded());
    ASSERT_NE(state.find(kContract, U256(5)), nullptr);
    EXPECT_EQ(state.find(kContract, U256(5))->now, U256());

    state.rollback(start);
    auto asks = call(0);
    asks.data = {1};
    const auto result = executor.execute(asks, kSender);
    ASSERT_TRUE(result.succeeded());
    EXPECT_EQ(eth::load_be(result.output.data()), U256(7));
}

TEST_F(Execution, ACopyAndALayerGoOnFromAPrefixWithoutTouchingIt) {
    test::MemoryState below;
    fill(below, kCounter);
    Overlay prefix(below, codes);
    TransactionExecutor first(prefix, rules, block);
    ASSERT_TRUE(first.execute(call(0), kSender).succeeded());

    Overlay copy = prefix;
    TransactionExecutor on_copy(copy, rules, block);
    ASSERT_TRUE(on_copy.execute(call(1), kSender).succeeded());
    EXPECT_EQ(copy.find(kContract, U256())->now, U256(2));

    const OverlayReader reader(prefix);
    Overlay layer(reader, codes);
    TransactionExecutor on_layer(layer, rules, block);
    ASSERT_TRUE(on_layer.execute(call(1), kSender).succeeded());
    EXPECT_EQ(layer.find(kContract, U256())->first, U256(1));
    EXPECT_EQ(layer.find(kContract, U256())->now, U256(2));

    EXPECT_EQ(prefix.find(kContract, U256())->now, U256(1));
}

TEST_F(Execution, SaysWhatItReadAndWrote) {
    test::MemoryState below;
    fill(below, kCounter);
    below.accounts[kContract].storage[U256()] = U256(41);
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules, block);
    const auto result = executor.execute(call(0), kSender);
    ASSERT_EQ(result.slots.size(), 1u);
    EXPECT_EQ(result.slots[0].address, kContract);
    EXPECT_EQ(result.slots[0].before, U256(41));
    EXPECT_EQ(result.slots[0].after, U256(42));
    EXPECT_EQ(result.coinbase_payment, eth::Wei(10) * eth::Wei(result.gas_used));
    ASSERT_EQ(result.balances.size(), 2u); // who paid and who was paid
}

TEST_F(Execution, GoesOnWithoutWhatIsMissingAndNamesAllOfIt) {
    PartialState below;
    fill(below, kCounter);
    below.known = {kSender, kContract};
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules, block);
    const auto result = executor.execute(call(0), kSender);
    EXPECT_TRUE(result.succeeded());
    const std::vector<Missing> expected{
        {Missing::Kind::account, block.coinbase, {}},
        {Missing::Kind::storage, kContract, {}},
    };
    EXPECT_EQ(state.missing(), expected);
}

TEST_F(Execution, StopsAtWhatIsMissingWithTheStateAsBefore) {
    PartialState below;
    fill(below, kCounter);
    below.known = {kSender, kContract, block.coinbase};
    Overlay state(below, codes, MissPolicy::stop);
    TransactionExecutor executor(state, rules, block);
    const auto result = executor.execute(call(0), kSender);
    EXPECT_EQ(result.status, Status::missing_state);
    EXPECT_EQ(state.find(kSender)->now, state.find(kSender)->first);
    ASSERT_EQ(state.missing().size(), 1u);
    EXPECT_EQ(state.missing()[0].kind, Missing::Kind::storage);
}

TEST_F(Execution, NamesTheFrameThatFailedFirst) {
    test::MemoryState below;
    fill(below, "0xfe");
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules, block);
    const auto result = executor.execute(call(0, kCaller), kSender);
    EXPECT_NE(result.status, Status::success);
    ASSERT_TRUE(result.first_failure);
    EXPECT_EQ(result.first_failure->address, kContract);
    EXPECT_EQ(result.first_failure->status, Status::invalid_opcode);
    EXPECT_EQ(result.first_failure->depth, 1u);
}

TEST_F(Execution, EndsAtTheLastStepOfItsBudgetAtAnyDepth) {
    test::MemoryState below;
    fill(below, "0x5b5f56"); // for ever
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules, block);
    StepBudget budget(1000);
    const auto result = executor.execute(call(0, kCaller), kSender, {}, budget);
    EXPECT_EQ(result.status, Status::step_budget);
    EXPECT_EQ(budget.left(), 0u);
    EXPECT_EQ(state.find(kSender)->now, state.find(kSender)->first);
}

// A contract that calls itself with all its gas reaches the depth limit or the end of its gas,
// never the end of the host's stack.
TEST_F(Execution, CallsToTheDepthLimitNeedNoStackOfTheHost) {
    test::MemoryState below;
    fill(below, "0x60006000600060006000305af100");
    Overlay state(below, codes);
    BlockEnvironment wide = block;
    wide.gas_limit = 1ULL << 60;
    TransactionExecutor executor(state, rules_of(Fork::prague), wide);
    auto tx = call(0);
    tx.gas_limit = eth::Gas(1ULL << 50);
    tx.max_fee_per_gas = tx.max_priority_fee_per_gas = eth::Wei();
    const auto result = executor.execute(tx, kSender);
    EXPECT_TRUE(result.succeeded());
    EXPECT_GT(result.gas_used, 1024u * 100u);
}

} // namespace
} // namespace viz::evm
