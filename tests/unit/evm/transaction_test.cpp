// Which transactions cannot be in a block, what a simulation may leave out, and how gas and fees
// are settled.
#include <gmock/gmock.h>

#include "tests/unit/evm/fixture.hpp"

namespace viz::evm {
namespace {

constexpr eth::Address kCoinbase{{{0xcb}}};
constexpr eth::Gas kPlain(21'000);

struct Transactions : Fixture {
    Transactions() {
        fill(below, kCounter);
        block.coinbase = kCoinbase;
        block.base_fee = eth::Wei(7);
    }
    TransactionResult run(const eth::Transaction& tx, const TransactionChecks& checks = {},
                          const Rules& under = rules_of(Fork::osaka)) {
        Overlay state(below, codes);
        TransactionExecutor executor(state, under, block);
        auto result = executor.execute(tx, kSender, checks);
        sender_after = state.account(state.load(kSender)).now;
        coinbase_after = state.account(state.load(kCoinbase)).now.balance;
        return result;
    }
    std::optional<Invalid> invalid(const eth::Transaction& tx, Fork fork = Fork::osaka) {
        return run(tx, {}, rules_of(fork)).invalid;
    }
    eth::Transaction plain() const {
        auto tx = call(0, eth::Address{{{0x99}}});
        tx.type = eth::TxType::dynamic_fee;
        tx.chain_id = eth::ChainId(1);
        tx.gas_limit = kPlain;
        tx.max_fee_per_gas = eth::Wei(10);
        tx.max_priority_fee_per_gas = eth::Wei(2);
        return tx;
    }
    eth::Transaction with_blob() const {
        auto tx = plain();
        tx.type = eth::TxType::blob;
        tx.max_fee_per_blob_gas = eth::Wei(1);
        tx.blob_versioned_hashes = {eth::Hash{{{0x01}}}};
        return tx;
    }
    test::MemoryState below;
    AccountValue sender_after;
    eth::Wei coinbase_after;
};

TEST_F(Transactions, PayTheBaseFeeToNobodyAndTheTipToTheCoinbase) {
    const auto result = run(plain());
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.gas_used, 21'000u);
    EXPECT_EQ(sender_after.balance, kEther - eth::Wei(9 * 21'000));
    EXPECT_EQ(sender_after.nonce, 1u);
    EXPECT_EQ(coinbase_after, eth::Wei(2 * 21'000));
    EXPECT_EQ(result.coinbase_payment, eth::Wei(2 * 21'000));
}

TEST_F(Transactions, TipIsWhatTheMaximumFeeLeavesOfIt) {
    auto tx = plain();
    tx.max_fee_per_gas = eth::Wei(8);
    EXPECT_EQ(run(tx).coinbase_payment, eth::Wei(21'000));
}

TEST_F(Transactions, CoinbasePaymentCountsWhatIsSentToIt) {
    auto tx = plain();
    tx.to = kCoinbase;
    tx.value = eth::Wei(5);
    EXPECT_EQ(run(tx).coinbase_payment, eth::Wei(2 * 21'000 + 5));
}

TEST_F(Transactions, AreInvalidForTheirNonce) {
    below.accounts[kSender].nonce = 5;
    auto tx = plain();
    tx.nonce = 4;
    EXPECT_EQ(invalid(tx), Invalid::nonce_too_low);
    tx.nonce = 6;
    EXPECT_EQ(invalid(tx), Invalid::nonce_too_high);
    tx.nonce = ~eth::Nonce{0};
    EXPECT_EQ(invalid(tx), Invalid::nonce_max);
}

TEST_F(Transactions, AreInvalidForTheirFees) {
    auto tx = plain();
    tx.max_fee_per_gas = eth::Wei(6);
    tx.max_priority_fee_per_gas = {};
    EXPECT_EQ(invalid(tx), Invalid::max_fee_below_base_fee);
    tx.max_priority_fee_per_gas = eth::Wei(7);
    EXPECT_EQ(invalid(tx), Invalid::tip_above_max_fee);
}

TEST_F(Transactions, MustBeAbleToPayTheMaximum) {
    auto tx = plain();
    below.accounts[kSender].balance = eth::Wei(10 * 21'000);
    EXPECT_EQ(invalid(tx), std::nullopt);
    tx.value = eth::Wei(1);
    EXPECT_EQ(invalid(tx), Invalid::insufficient_funds);
    tx.value = eth::U256() - eth::U256(1); // the sum passes 256 bits
    EXPECT_EQ(invalid(tx), Invalid::insufficient_funds);
}

TEST_F(Transactions, AreInvalidForTheirGas) {
    auto tx = plain();
    tx.gas_limit = eth::Gas(20'999);
    EXPECT_EQ(invalid(tx), Invalid::gas_below_intrinsic);
    tx.gas_limit = eth::Gas(30'000'001);
    EXPECT_EQ(invalid(tx, Fork::prague), Invalid::gas_above_block);
    tx.gas_limit = eth::Gas((1U << 24) + 1); // EIP-7825
    EXPECT_EQ(invalid(tx, Fork::prague), std::nullopt);
    EXPECT_EQ(invalid(tx, Fork::osaka), Invalid::gas_above_cap);
}

TEST_F(Transactions, AreInvalidOnAnotherChainAndBeforeTheirFork) {
    auto tx = plain();
    tx.chain_id = eth::ChainId(2);
    EXPECT_EQ(invalid(tx), Invalid::wrong_chain);
    EXPECT_EQ(invalid(with_blob(), Fork::shanghai), Invalid::type_not_active);
}

TEST_F(Transactions, AreInvalidForTheirBlobs) {
    auto tx = with_blob();
    EXPECT_EQ(invalid(tx), std::nullopt);
    tx.to.reset();
    tx.gas_limit = eth::Gas(100'000);
    EXPECT_EQ(invalid(tx), Invalid::create_not_allowed);
    tx = with_blob();
    tx.blob_versioned_hashes.assign(7, tx.blob_versioned_hashes[0]);
    EXPECT_EQ(invalid(tx, Fork::prague), std::nullopt);
    EXPECT_EQ(invalid(tx, Fork::osaka), Invalid::too_many_blobs); // EIP-7594
    tx.blob_versioned_hashes = {eth::Hash{{{0x02}}}};
    EXPECT_EQ(invalid(tx), Invalid::blob_version_unknown);
    tx.blob_versioned_hashes.clear();
    EXPECT_EQ(invalid(tx), Invalid::no_blobs);
    block.excess_blob_gas = 100 * kGasPerBlob;
    EXPECT_EQ(invalid(with_blob(), Fork::cancun), Invalid::max_blob_fee_below_blob_base_fee);
}

TEST_F(Transactions, ComeFromNoContractButADelegatedAccount) {
    put(below, kSender, "00");
    EXPECT_EQ(invalid(plain()), Invalid::sender_not_eoa); // EIP-3607
    below.accounts[kSender].code_hash = below.add_code(delegation_designator(kContract));
    EXPECT_EQ(invalid(plain()), std::nullopt); // EIP-7702
    EXPECT_EQ(invalid(plain(), Fork::cancun), Invalid::sender_not_eoa);
}

TEST_F(Transactions, InvalidOnesChangeNothing) {
    auto tx = plain();
    tx.nonce = 1;
    EXPECT_TRUE(run(tx).invalid);
    EXPECT_EQ(sender_after.balance, kEther);
    EXPECT_EQ(sender_after.nonce, 0u);
    EXPECT_EQ(coinbase_after, eth::Wei());
}

TEST_F(Transactions, ASimulationMayLeaveOutNonceFundsFeesAndCode) {
    put(below, kSender, "00");
    below.accounts[kSender].balance = {};
    auto tx = plain();
    tx.nonce = 77;
    tx.value = kEther;
    tx.max_fee_per_gas = tx.max_priority_fee_per_gas = {};
    EXPECT_TRUE(run(tx).invalid);
    const auto result = run(tx, {.nonce = false, .funds = false, .fees = false, .eoa = false});
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.gas_used, 21'000u);
}

TEST_F(Transactions, CostAtLeastTheFloorOfTheirCalldata) { // EIP-7623
    auto tx = plain();
    tx.data.assign(100, 1);
    tx.gas_limit = eth::Gas(30'000);
    EXPECT_EQ(run(tx, {}, rules_of(Fork::cancun)).gas_used, 21'000u + 1600);
    EXPECT_EQ(run(tx, {}, rules_of(Fork::prague)).gas_used, 21'000u + 4000);
}

TEST_F(Transactions, GiveBackAtMostAFifthOfTheGas) { // EIP-3529
    std::string code;
    for (int slot = 1; slot <= 9; ++slot)
        code += "5f60" + std::string("0") + std::to_string(slot) + "55";
    put(below, kContract, code);
    for (std::uint64_t slot = 1; slot <= 9; ++slot)
        below.accounts[kContract].storage[eth::U256(slot)] = eth::U256(1);
    const auto result = run(call(0));
    const std::uint64_t before_refund = 21'000 + 9 * (2 + 3 + 5'000);
    EXPECT_EQ(result.gas_refunded, before_refund / 5);
    EXPECT_EQ(result.gas_used, before_refund - before_refund / 5);
}

TEST_F(Transactions, SayWhichReadsMakeThemDependOnTheBuilder) {
    put(below, kContract, "41504450");
    const auto result = run(call(0));
    EXPECT_TRUE(result.flags.coinbase);
    EXPECT_TRUE(result.flags.prev_randao);
    EXPECT_FALSE(result.flags.blob_base_fee);
    put(below, kContract, "4a42");
    EXPECT_TRUE(run(call(0)).flags.blob_base_fee);
    EXPECT_FALSE(run(call(0)).flags.coinbase);
}

// Arbitrum's nodes answer for 0x64 (ArbSys); on mainnet nobody is there.
TEST_F(Transactions, EndUnsupportedAtAPrecompiledContractThatIsNotHere) {
    constexpr eth::Address kArbSys{
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64}}};
    put(below, kContract, calling("fa", kArbSys) + "00");
    EXPECT_TRUE(run(call(0)).succeeded());
    const auto& arbitrum = rules_at(eth::ChainId(42161), 1'800'000'000);
    const auto result = run(call(0), {}, arbitrum);
    EXPECT_EQ(result.status, Status::unsupported_precompile);
    EXPECT_THAT(result.unsupported, testing::ElementsAre(kArbSys));
    EXPECT_EQ(sender_after.balance, kEther);
    EXPECT_EQ(sender_after.nonce, 0u);
    EXPECT_EQ(run(call(0, kArbSys), {}, arbitrum).status, Status::unsupported_precompile);
}

TEST_F(Transactions, FailuresNameTheCodeThatFailedFirstAndItsReason) {
    // The proxy's implementation reverts with Panic(0x12); the proxy reverts with nothing.
    put(below, kContract, "634e487b715f5260126020526024601cfd");
    put(below, kCaller, calling("f4", kContract) + "5f5ffd");
    const auto result = run(call(0, kCaller));
    EXPECT_EQ(result.status, Status::revert);
    ASSERT_TRUE(result.first_failure);
    EXPECT_EQ(result.first_failure->address, kContract);
    EXPECT_EQ(result.first_failure->depth, 1u);
    EXPECT_EQ(result.first_failure->reason.kind, Revert::Kind::panic);
    EXPECT_EQ(result.first_failure->reason.code, eth::U256(0x12));
    EXPECT_TRUE(result.output.empty());
}

TEST_F(Transactions, AFailureThatWasHandledIsNotTheReason) {
    // A call that fails, then one that is never made (no balance for its value), then a revert.
    put(below, kContract, "5f5ffd");
    put(below, kCaller, calling("f1", kContract) + calling("f1", kContract, "09") + "5f5ffd");
    const auto result = run(call(0, kCaller));
    ASSERT_TRUE(result.first_failure);
    EXPECT_EQ(result.first_failure->address, kCaller);
    EXPECT_EQ(result.first_failure->depth, 0u);
}

TEST_F(Transactions, AFrameThatHaltsAfterAFailedCallFailsItself) {
    put(below, kContract, "5f5ffd");
    put(below, kCaller, calling("f1", kContract) + "fe");
    const auto result = run(call(0, kCaller));
    ASSERT_TRUE(result.first_failure);
    EXPECT_EQ(result.first_failure->address, kCaller);
    EXPECT_EQ(result.first_failure->status, Status::invalid_opcode);
}

TEST_F(Transactions, ReasonsHaveTextsOfTheirOwn) {
    std::set<std::string_view> texts;
    constexpr int kLast = static_cast<int>(Invalid::create_not_allowed);
    for (int i = 0; i <= kLast; ++i) texts.insert(to_string(static_cast<Invalid>(i)));
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(kLast) + 1);
    std::set<std::string_view> ends;
    for (int i = 0; i <= static_cast<int>(Status::step_budget); ++i)
        ends.insert(to_string(static_cast<Status>(i)));
    EXPECT_EQ(ends.size(), static_cast<std::size_t>(Status::step_budget) + 1);
}

// What a call without a contract is good for: its constructor's answer.
TEST_F(Transactions, GiveBackTheCodeTheyCreateAlsoWhereItDestroysItself) {
    auto tx = call(0);
    tx.to.reset();
    tx.data = eth::bytes_from_hex("0x602a60005360016000f3").value(); // returns 0x2a
    EXPECT_EQ(run(tx).output, eth::Bytes{0x2a});
    tx.data = eth::bytes_from_hex("0x60ef60005360016000f3").value(); // EIP-3541
    EXPECT_TRUE(run(tx).output.empty());

    // Calls kContract's code as its own, which destroys what is being created.
    fill(below, "0x33ff");
    tx.data =
        eth::bytes_from_hex("0x" + calling("f4", kContract) + "50602a60005360016000f3").value();
    const auto result = run(tx);
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.output, eth::Bytes{0x2a});
}

TEST_F(Transactions, LeaveNoDataToTheCallerOfACreation) { // EIP-211
    // CREATE with an initcode that returns one byte; returns RETURNDATASIZE.
    fill(below, "0x6460016000f3600052"
                "6005601b6000f0503d60005260206000f3");
    EXPECT_EQ(run(call(0)).output, eth::Bytes(32));
}

} // namespace
} // namespace viz::evm
