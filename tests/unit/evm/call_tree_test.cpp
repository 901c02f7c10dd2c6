#include "components/evm/call_tree.hpp"

#include "components/evm/step_budget.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::evm {
namespace {

constexpr eth::Address kOther{{{0x44}}};
constexpr eth::Address kIdentity{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4}}};

struct CallTrees : Fixture {
    void run(const std::string& code, const std::string& other = "00") {
        fill(below, "0x00");
        put(below, kContract, code);
        put(below, kOther, other);
        Overlay state(below, codes);
        TransactionExecutor executor(state, rules, block);
        executor.machine().observer = &tree;
        auto tx = call(0);
        tx.value = eth::Wei(9);
        tx.data = {1, 2, 3};
        result = executor.execute(tx, kSender);
    }
    test::MemoryState below;
    CallTree tree;
    TransactionResult result;
};

TEST_F(CallTrees, BeginWithTheTransactionItself) {
    run("00");
    ASSERT_EQ(tree.calls().size(), 1u);
    const auto& top = tree.calls()[0];
    EXPECT_EQ(top.parent, TracedCall::kNone);
    EXPECT_EQ(top.from, kSender);
    EXPECT_EQ(top.to, kContract);
    EXPECT_EQ(top.value, eth::Wei(9));
    EXPECT_EQ(top.input, (eth::Bytes{1, 2, 3}));
    EXPECT_EQ(top.status, Status::success);
    EXPECT_EQ(top.gas_used, 0);
}

TEST_F(CallTrees, HoldCallsAndPrecompiledContractsInTheOrderOfTheirBeginning) {
    run(calling("f1", kOther, "05") + calling("fa", kIdentity, "", "20"),
        calling("fa", kIdentity) + "60016000fd"); // reverts with one byte
    const auto& calls = tree.calls();
    ASSERT_EQ(calls.size(), 4u);
    EXPECT_EQ(calls[1].to, kOther);
    EXPECT_EQ(calls[1].value, eth::Wei(5));
    EXPECT_EQ(calls[1].status, Status::revert);
    EXPECT_EQ(calls[1].output, eth::Bytes{0});
    EXPECT_EQ(calls[2].parent, 1u);
    EXPECT_EQ(calls[2].depth, 2u);
    EXPECT_EQ(calls[2].kind, CallKind::static_call);
    EXPECT_EQ(calls[3].parent, 0u);
    EXPECT_EQ(calls[3].gas_used, 18); // Yellow Paper appendix E, identity of one word
    EXPECT_EQ(calls[3].output.size(), 32u);
}

TEST_F(CallTrees, ShowWhoseStorageADelegateCallWorksOn) {
    run(calling("f4", kOther), calling("f1", kIdentity));
    const auto& calls = tree.calls();
    ASSERT_EQ(calls.size(), 3u);
    EXPECT_EQ(calls[1].from, kContract);
    EXPECT_EQ(calls[1].to, kOther);
    EXPECT_EQ(calls[1].storage, kContract);
    EXPECT_EQ(calls[1].value, eth::Wei(9)); // EIP-7: the caller's
    EXPECT_EQ(calls[2].from, kContract);
}

TEST_F(CallTrees, ShowCreations) {
    // One byte of code (0x00), of 3 wei.
    run("6460016000f3600052" // MSTORE of an initcode that returns one byte of zero
        "6005601b6003f0");   // CREATE with 3 wei
    const auto& calls = tree.calls();
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls[1].kind, CallKind::create);
    EXPECT_EQ(calls[1].from, kContract);
    EXPECT_EQ(calls[1].to, create_address(kContract, 0));
    EXPECT_EQ(calls[1].storage, calls[1].to);
    EXPECT_EQ(calls[1].value, eth::Wei(3));
    EXPECT_EQ(eth::to_hex(calls[1].input), "0x60016000f3");
    EXPECT_EQ(calls[1].output, eth::Bytes(1));     // its code
    EXPECT_EQ(calls[1].gas_used, 3 + 3 + 3 + 200); // two pushes, a word of memory, a byte of code
    EXPECT_EQ(calls[1].status, Status::success);
}

TEST_F(CallTrees, EndAsTheAbortThatCutThemShort) {
    fill(below, "0x5b5f56");
    Overlay state(below, codes);
    TransactionExecutor executor(state, rules, block);
    executor.machine().observer = &tree;
    StepBudget budget(100);
    executor.execute(call(0, kCaller), kSender, {}, budget);
    ASSERT_EQ(tree.calls().size(), 2u);
    EXPECT_EQ(tree.calls()[0].status, Status::step_budget);
    EXPECT_EQ(tree.calls()[1].status, Status::step_budget);
}

TEST_F(CallTrees, AreCutAtTheirLimits) {
    tree = CallTree({.calls = 2, .bytes = 2});
    run(calling("f1", kOther) + calling("f1", kOther), calling("fa", kIdentity));
    EXPECT_EQ(tree.calls().size(), 2u);
    EXPECT_TRUE(tree.truncated());
    EXPECT_EQ(tree.calls()[0].input, (eth::Bytes{1, 2}));
    EXPECT_EQ(tree.calls()[1].status, Status::success);
    tree.clear();
    EXPECT_TRUE(tree.calls().empty());
    EXPECT_FALSE(tree.truncated());
}

} // namespace
} // namespace viz::evm
