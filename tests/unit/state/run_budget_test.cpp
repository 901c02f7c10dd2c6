// What ends a run before it is complete: each limit, time, and a request to stop.
#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/evm/block.hpp"
#include "components/evm/step_budget.hpp"
#include "components/evm/token_view.hpp"
#include "tests/support/memory_source.hpp"

namespace viz::state {
namespace {

using namespace std::chrono_literals;

constexpr eth::Address kSender{{{0x11}}};
constexpr eth::Address kCalled{{{0x22}}};

struct BudgetOfARun : testing::Test {
    BudgetOfARun() { below.accounts[kSender].balance = eth::Wei(1'000'000'000'000'000'000); }
    void deploy(const char* code) {
        below.accounts[kCalled].code_hash = below.add_code(eth::bytes_from_hex(code).value());
    }
    Rounds run(const RoundLimits& limits, evm::RunGuard* guard = nullptr) {
        return run_in_rounds(
            state, codes, source, limits,
            [&](evm::Overlay& overlay) {
                evm::TransactionExecutor executor(overlay, evm::rules_of(fork), block);
                executor.machine().guard = guard;
                eth::Transaction tx;
                tx.gas_limit = gas;
                tx.to = kCalled;
                evm::StepBudget budget(1'000'000'000, guard);
                result = executor.execute(tx, kSender,
                                          {.nonce = false, .funds = false, .fees = false}, budget);
            },
            &nothing_planned, guard);
    }
    evm::RunGuard in_time(std::chrono::nanoseconds time) {
        return {stop.get_token(), [this] { return now += step; }, time};
    }

    evm::BlockEnvironment block{.chain_id = eth::ChainId(1), .number = 7, .gas_limit = 30'000'000};
    test::MemoryState below;
    test::MemorySource source{below};
    HeadState state{{eth::Hash{{{0x01}}}, 0}};
    evm::CodeCache codes;
    evm::TransactionResult result;
    evm::Fork fork{evm::Fork::osaka};
    eth::Gas gas{16'700'000};
    std::stop_source stop;
    std::int64_t now{};
    std::int64_t step{1'000'000};
};

// NUMBER, then SLOAD of the next word, for ever: 7,000 slots.
constexpr const char* kManySlots = "0x435b600101805450600156";
// JUMPDEST, PUSH1 0, JUMP.
constexpr const char* kBurner = "0x5b600056";

TEST_F(BudgetOfARun, EndsWhereOneRunMissesTooMuch) {
    deploy(kManySlots);
    EXPECT_EQ(run(kTransactionLimits).end, RoundsEnd::too_much_missing);
    EXPECT_EQ(source.fetches, 2u) << "the accounts and the code; not the slots";
}

TEST_F(BudgetOfARun, EndsWhereAllRoundsTogetherAskForTooMuch) {
    deploy(kManySlots);
    EXPECT_EQ(run({.requests = 1'000}).end, RoundsEnd::too_many_requests);
}

TEST_F(BudgetOfARun, EndsWhereTooManyAccountsAreAskedFor) {
    deploy(kManySlots);
    EXPECT_EQ(run({.accounts = 1}).end, RoundsEnd::too_much_code);
    EXPECT_EQ(source.fetches, 0u);
}

TEST_F(BudgetOfARun, EndsInTheMiddleOfAnExecutionWhenItsTimeIsOver) {
    deploy(kBurner);
    auto guard = in_time(20ms); // each look at the clock takes a millisecond
    EXPECT_EQ(run({}, &guard).end, RoundsEnd::out_of_time);
    EXPECT_EQ(result.status, evm::Status::step_budget);
}

// One call of MODEXP with four million bytes of exponent, as blocks without a cap on transactions
// can pay for. Nothing else takes any time: fewer looks at the clock than the run has milliseconds.
TEST_F(BudgetOfARun, EndsInTheMiddleOfAPrecompiledContractWhenItsTimeIsOver) {
    deploy("0x6002600052"             // length of the base
           "623d0900602052"           // of the exponent
           "6008604052"               // of the modulus
           "600360615360ff606253"     // the base, the exponent's first byte
           "60ff623d096953"           // the modulus
           "60006000623d096a60006005" // from there on
           "5afa00");
    fork = evm::Fork::cancun;
    block.gas_limit = 400'000'000;
    gas = eth::Gas(400'000'000);
    auto enough = in_time(1h);
    EXPECT_EQ(run({}, &enough).end, RoundsEnd::complete);
    EXPECT_EQ(result.status, evm::Status::success);
    auto guard = in_time(40ms);
    EXPECT_EQ(run({}, &guard).end, RoundsEnd::out_of_time);
    EXPECT_EQ(result.status, evm::Status::step_budget);
}

TEST_F(BudgetOfARun, OfABlockEndsBeforeTheNextTransaction) {
    evm::Overlay overlay(below, codes);
    eth::Transaction tx;
    tx.gas_limit = eth::Gas(21'000);
    tx.to = kCalled;
    const std::vector<eth::Transaction> transactions{tx};
    const std::vector<eth::Address> senders{kSender};
    evm::BlockInput input{block, {}, {}, transactions, senders, {}};
    auto guard = in_time(1h);
    EXPECT_FALSE(evm::execute_block(overlay, evm::rules_of(evm::Fork::osaka), input, false, &guard)
                     .stopped_at);
    stop.request_stop();
    evm::Overlay anew(below, codes);
    const auto stopped =
        evm::execute_block(anew, evm::rules_of(evm::Fork::osaka), input, false, &guard);
    EXPECT_EQ(stopped.stopped_at, 0u);
    EXPECT_TRUE(stopped.results.empty());
}

// balanceOf reads a hundred slots that all may be the holder's: each is tried.
TEST_F(BudgetOfARun, EndsBetweenViewCalls) {
    struct Counting : evm::CallObserver {
        void enter(const evm::Message&, std::uint32_t) override { ++calls; }
        void leave(evm::Status, std::int64_t, eth::BytesView) override {}
        int calls{};
    } counting;
    deploy("0x60005b8054506001018060641160025750600060005260206000f3");
    evm::Overlay overlay(below, codes);
    evm::Machine machine(overlay, evm::rules_of(evm::Fork::osaka), block);
    machine.observer = &counting;
    evm::find_balance_slot(machine, kCalled, kSender);
    EXPECT_GE(counting.calls, 100);
    counting.calls = 0;
    auto guard = in_time(20ms);
    machine.guard = &guard;
    EXPECT_FALSE(evm::find_balance_slot(machine, kCalled, kSender));
    EXPECT_LE(counting.calls, 20);
}

TEST_F(BudgetOfARun, EndsWhenAStopIsRequested) {
    deploy(kBurner);
    auto guard = in_time(1h);
    stop.request_stop();
    EXPECT_EQ(run({}, &guard).end, RoundsEnd::stopped);
    EXPECT_EQ(source.fetches, 0u);
}

TEST(ReasonsOfAnEnd, HaveStableTexts) {
    EXPECT_EQ(to_string(RoundsEnd::out_of_time), "out_of_time");
    EXPECT_EQ(to_string(RoundsEnd::too_many_requests), "too_many_requests");
    EXPECT_EQ(to_string(RoundsEnd::too_much_code), "too_much_code");
    EXPECT_EQ(to_string(RoundsEnd::stopped), "stopped");
}

} // namespace
} // namespace viz::state
