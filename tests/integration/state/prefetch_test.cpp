// A node is asked what a transaction will touch, along with the first state that is missing: how
// many round trips that saves, and that no value of a node's answer is used.
#include <gmock/gmock.h>

#include "components/eth/hex.hpp"
#include "components/state/node_source.hpp"
#include "tests/support/state_node.hpp"
#include "tests/support/values.hpp"

namespace viz::state {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::FakeAnswer;
using test::FakeHttpAnswer;
using test::RpcCall;
using test::StateNode;

constexpr eth::Address kSender{{{0x11}}};
constexpr eth::Address kChain{{{0x22}}};
constexpr std::uint64_t kDeep = 5;

// Reads slot 0, then the slot that it names, and so on.
class PrefetchTest : public testing::Test {
  protected:
    PrefetchTest() {
        below_.accounts[kSender].balance = eth::Wei(1'000'000'000'000'000'000);
        auto& chain = below_.accounts[kChain];
        chain.code_hash =
            below_.add_code(eth::bytes_from_hex("0x5f54545454545f5260205ff3").value());
        for (std::uint64_t i = 0; i < kDeep; ++i) chain.storage[eth::U256(i)] = eth::U256(i + 1);
        tx_.gas_limit = eth::Gas(200'000);
        tx_.to = kChain;
        tx_.data = {1, 2, 3, 4};
    }

    NodeSource source(const NodeLimits& limits = {}) const {
        return {*node::parse_url(node_.node.http_url()), "", limits};
    }
    // Of an unknown state.
    Rounds run(NodeSource& from) { return run(from, call_); }
    Rounds run(NodeSource& from, const Plan& plan) {
        state_ = std::make_unique<HeadState>(kBlock);
        return run_again(from, plan);
    }
    Rounds run_again(NodeSource& from) { return run_again(from, call_); }
    Rounds run_again(NodeSource& from, const Plan& plan) {
        evm::CodeCache codes;
        const auto execute = [&](evm::Overlay& overlay) {
            evm::TransactionExecutor executor(overlay, kRules, environment_);
            result_ =
                executor.execute(tx_, kSender, {.nonce = false, .funds = false, .fees = false});
        };
        return run_in_rounds(*state_, codes, from, {}, execute, [&] { return plan; });
    }
    void expect_right(const Rounds& rounds) const {
        EXPECT_EQ(rounds.end, RoundsEnd::complete) << to_string(rounds.end);
        EXPECT_EQ(eth::from_be(result_.output), eth::U256(kDeep));
    }
    static std::uint64_t of(const NodeSource& from, PrefetchResult result) {
        return from.figures().prefetch[static_cast<std::size_t>(result)];
    }

    const BlockRef kBlock{eth::Hash{{{0x01}}}, 100};
    const evm::Rules& kRules = evm::rules_of(evm::Fork::osaka);
    // One round trip for accounts with their code, one for each slot.
    static constexpr std::uint64_t kTripsWithout = 1 + kDeep;
    evm::BlockEnvironment environment_{
        .chain_id = eth::ChainId(1), .number = 101, .gas_limit = 30'000'000};
    test::MemoryState below_;
    StateNode node_{below_, kBlock, kRules, environment_};
    eth::Transaction tx_;
    const Plan call_{{{&tx_, kSender}}, {}};
    std::unique_ptr<HeadState> state_;
    evm::TransactionResult result_;
};

TEST_F(PrefetchTest, WhatIsFoundOutSlotAfterSlotTakesTwoRoundTrips) {
    auto from = source();
    const auto rounds = run(from);
    expect_right(rounds);
    EXPECT_EQ(node_.node.http_requests(), 2u);
    EXPECT_EQ(rounds.runs, 3u);
    EXPECT_GE(rounds.fetched_ahead, kDeep - 1);
    EXPECT_EQ(of(from, PrefetchResult::listed), 1u);
}

TEST_F(PrefetchTest, ANodeWithAccessListsAloneIsAskedForThem) {
    node_.traces = false;
    auto from = source();
    expect_right(run(from));
    EXPECT_EQ(node_.node.http_requests(), 3u) << "it is learnt on the way what the node has";
    expect_right(run(from));
    EXPECT_EQ(node_.node.http_requests(), 3u + 2u);
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 1u) << "not asked again";
    EXPECT_EQ(of(from, PrefetchResult::method_unknown), 1u);
    EXPECT_EQ(of(from, PrefetchResult::listed), 2u);
}

TEST_F(PrefetchTest, ANodeWithNeitherTakesAsManyRoundTripsAsThereAreSteps) {
    node_.traces = node_.lists = false;
    auto from = source();
    for (std::uint64_t times = 1; times <= 2; ++times) {
        expect_right(run(from));
        EXPECT_EQ(node_.node.http_requests(), times * kTripsWithout);
    }
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 1u);
    EXPECT_EQ(node_.node.calls("eth_createAccessList"), 1u);
}

TEST_F(PrefetchTest, IsLeftOutWhereItIsSwitchedOff) {
    auto from = source({.prefetch = false});
    expect_right(run(from));
    EXPECT_EQ(node_.node.http_requests(), kTripsWithout);
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 0u);
    EXPECT_EQ(node_.node.calls("eth_createAccessList"), 0u);
}

TEST_F(PrefetchTest, WhereAllIsKnownNothingIsAsked) {
    auto from = source();
    run(from);
    const auto before = node_.node.http_requests();
    const auto rounds = run_again(from);
    expect_right(rounds);
    EXPECT_EQ(rounds.runs, 1u);
    EXPECT_EQ(node_.node.http_requests(), before);
}

TEST_F(PrefetchTest, OfAPlainTransferNothingIsAsked) {
    tx_.to = eth::Address{{{0x33}}};
    tx_.data.clear();
    auto from = source();
    EXPECT_EQ(run(from).end, RoundsEnd::complete);
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 0u);
}

TEST_F(PrefetchTest, OfManyCallsOneBatchAsksAboutTheFirst) {
    Plan many;
    for (int i = 0; i < 40; ++i) many.calls.push_back({&tx_, kSender});
    auto from = source();
    expect_right(run(from, many));
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 16u);
    auto big = tx_;
    big.data.resize(200'000);
    const auto before = node_.node.calls("debug_traceCall");
    expect_right(run(from, {{{&big, kSender}, {&big, kSender}}, {}}));
    EXPECT_EQ(node_.node.calls("debug_traceCall") - before, 1u) << "calldata is bounded, too";
}

TEST_F(PrefetchTest, ValuesInTheAnswerAreNotUsed) {
    node_.trace = [](const RpcCall& call) {
        EXPECT_EQ(call.params[1]["blockHash"], "0x01" + std::string(62, '0'));
        json storage;
        for (std::uint64_t i = 0; i <= kDeep; ++i) storage[eth::quantity_hex(i)] = "0x63";
        return StateNode::result(
            call, {{eth::to_hex(kChain.view()),
                    {{"balance", "0x63"}, {"nonce", 99}, {"code", "0x00"}, {"storage", storage}}}});
    };
    auto from = source();
    expect_right(run(from));
    EXPECT_EQ(node_.node.http_requests(), 2u) << "it was taken as a list";
    eth::U256 value;
    ASSERT_EQ(state_->storage(kChain, eth::U256(1), value), evm::Answer::here);
    EXPECT_EQ(value, eth::U256(2));
}

TEST_F(PrefetchTest, AListOfOtherThingsCostsWhatItNamesAndNoRoundTrip) {
    const auto stranger = eth::to_hex(eth::Address{{{0x99}}}.view());
    node_.trace = [&](const RpcCall& call) {
        return StateNode::result(call, {{stranger, {{"storage", {{"0x1", "0x1"}}}}}});
    };
    auto from = source();
    const auto rounds = run(from);
    expect_right(rounds);
    EXPECT_EQ(node_.node.http_requests(), kTripsWithout);
    EXPECT_EQ(rounds.fetched_ahead, 2u);
}

TEST_F(PrefetchTest, AnEndlessListIsCut) {
    json everything;
    for (std::uint64_t n = 0; n < 3'000; ++n) {
        const auto name = eth::to_hex(eth::to_be(eth::U256(1'000 + n))).substr(26);
        everything["0x" + name]["storage"] = {{"0x1", "0x1"}, {"0x2", "0x1"}};
    }
    json& chain = everything[eth::to_hex(kChain.view())];
    for (std::uint64_t n = 0; n < 5'000; ++n) chain["storage"][eth::quantity_hex(n)] = "0x1";
    node_.trace = [&](const RpcCall& call) { return StateNode::result(call, everything); };
    auto from = source();
    const auto rounds = run(from);
    expect_right(rounds);
    EXPECT_LE(rounds.fetched_ahead, 256u + 1'024u);
}

TEST_F(PrefetchTest, GarbageIsCountedAndHarmless) {
    std::vector<json> garbage{nullptr,
                              7,
                              "0x",
                              json::array(),
                              json::array({1, 2}),
                              {{"0x12", json::object()}},
                              {{eth::to_hex(kChain.view()), 7}},
                              {{eth::to_hex(kChain.view()), {{"storage", {{"slot", "0x1"}}}}}},
                              {{eth::to_hex(kChain.view()), {{"storage", json::array({1})}}}}};
    auto from = source();
    for (const auto& each : garbage) {
        const auto before = node_.node.http_requests();
        node_.trace = [&](const RpcCall& call) { return StateNode::result(call, each); };
        expect_right(run(from));
        EXPECT_EQ(node_.node.http_requests() - before, kTripsWithout) << each;
    }
    EXPECT_EQ(of(from, PrefetchResult::malformed), garbage.size());
}

TEST_F(PrefetchTest, ABlockIsAskedAboutAsAWholeWhereTheNodeTracesBlocks) {
    node_.block_trace = json::array({{{"txHash", "0x"}, {"error", "execution timeout"}},
                                     {{"txHash", "0x"}, {"result", json::object()}}});
    for (std::uint64_t i = 0; i < kDeep; ++i)
        (*node_.block_trace)[1]["result"][eth::to_hex(kChain.view())]["storage"]
                            [eth::quantity_hex(i)] = "0x0";
    auto from = source();
    expect_right(run(from, {{}, test::hash_of(2)}));
    EXPECT_EQ(node_.node.http_requests(), 2u);
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 0u);
}

TEST_F(PrefetchTest, ANodeThatDoesNotTraceBlocksMayTraceCalls) {
    auto from = source();
    const Plan block{{}, test::hash_of(2)};
    for (std::uint64_t times = 1; times <= 2; ++times) {
        expect_right(run(from, block));
        EXPECT_EQ(node_.node.http_requests(), times * kTripsWithout);
    }
    EXPECT_EQ(node_.node.calls("debug_traceBlockByHash"), 1u);
    expect_right(run(from));
    EXPECT_EQ(node_.node.http_requests(), 2 * kTripsWithout + 2);
}

TEST_F(PrefetchTest, ARefusalIsCountedAndAskedAgainNextTime) {
    node_.trace = [&](const RpcCall& call) {
        return StateNode::refusal(call, -32000, "insufficient funds for transfer");
    };
    auto from = source();
    expect_right(run(from));
    expect_right(run(from));
    EXPECT_EQ(node_.node.calls("debug_traceCall"), 2u);
    EXPECT_EQ(of(from, PrefetchResult::refused), 2u);
}

TEST_F(PrefetchTest, ABatchThatIsRefusedForItIsSentWithoutIt) {
    for (const auto& refused :
         {FakeHttpAnswer{.status = 403, .body = "forbidden"},
          FakeHttpAnswer{.body = R"({"error":{"code":-32601,"message":"not in a batch"}})"}}) {
        node_.node.answer_http([=](const std::string& body) -> std::optional<FakeHttpAnswer> {
            if (body.find("debug_traceCall") == std::string::npos) return std::nullopt;
            return refused;
        });
        auto from = source();
        const auto before = node_.node.http_requests();
        expect_right(run(from));
        EXPECT_EQ(node_.node.http_requests() - before, kTripsWithout + 1);
        expect_right(run(from));
        EXPECT_EQ(node_.node.http_requests() - before, 2 * kTripsWithout + 1) << "it rests";
        EXPECT_EQ(of(from, PrefetchResult::unanswered), 1u);
    }
}

TEST_F(PrefetchTest, OneThatTakesTheNodeTooLongIsNotRepeated) {
    node_.node.answer_http([](const std::string& body) -> std::optional<FakeHttpAnswer> {
        if (body.find("debug_traceCall") == std::string::npos) return std::nullopt;
        return FakeHttpAnswer{.silent = true};
    });
    auto from = source({.request_timeout = 300ms});
    EXPECT_EQ(run(from).end, RoundsEnd::state_not_found);
    expect_right(run(from));
}

} // namespace
} // namespace viz::state
