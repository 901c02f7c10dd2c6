// State asked of a node over HTTP: what it answers, refuses, or never answers.
#include "components/state/node_source.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "components/eth/hex.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/values.hpp"

namespace viz::state {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using test::address_of;
using test::FakeAnswer;
using test::FakeHttpAnswer;
using test::RpcCall;

class NodeSourceTest : public testing::Test {
  protected:
    NodeSource source(const NodeLimits& limits = {}) const {
        return {*node::parse_url(node_.http_url()), "", limits};
    }
    static FakeAnswer answer(const RpcCall& call, const json& result) {
        return {R"({"jsonrpc":"2.0","id":)" + call.id + R"(,"result":)" + result.dump() + "}",
                false};
    }
    static FakeAnswer refusal(const RpcCall& call, int code, const std::string& message) {
        return {json{{"jsonrpc", "2.0"},
                     {"id", json::parse(call.id)},
                     {"error", {{"code", code}, {"message", message}}}}
                    .dump(),
                false};
    }
    // Every account has a balance of 7 and every slot holds 9.
    void answer_proofs() {
        node_.answer_calls([](const RpcCall& call) -> std::optional<FakeAnswer> {
            if (call.method == "eth_getCode") return answer(call, "0x");
            if (call.method != "eth_getProof") return std::nullopt;
            json slots = json::array();
            for (const auto& key : call.params[1])
                slots.push_back({{"key", key}, {"value", "0x9"}, {"proof", json::array()}});
            const auto empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
            return answer(call, {{"address", call.params[0]},
                                 {"balance", "0x7"},
                                 {"nonce", "0x1"},
                                 {"codeHash", empty},
                                 {"storageHash", empty},
                                 {"accountProof", json::array()},
                                 {"storageProof", slots}});
        });
    }

    static std::vector<evm::Missing> accounts(std::size_t count) {
        std::vector<evm::Missing> missing;
        for (std::size_t n = 0; n < count; ++n)
            missing.push_back({.kind = evm::Missing::Kind::account, .address = address_of(n)});
        return missing;
    }

    test::FakeNode node_;
    HeadState state_{{test::hash_of(1), 100}};
};

TEST_F(NodeSourceTest, BringsWhatIsMissing) {
    answer_proofs();
    auto from = source();
    const auto missing = accounts(1);
    ASSERT_TRUE(from.fetch(missing, state_)) << from.last_error();
    std::optional<evm::AccountState> account;
    ASSERT_EQ(state_.account(address_of(0), account), evm::Answer::here);
    ASSERT_TRUE(account);
    EXPECT_EQ(account->balance, eth::U256{7});
    EXPECT_EQ(from.figures().failed, 0u);
}

TEST_F(NodeSourceTest, ManyGoInSeveralBatches) {
    answer_proofs();
    auto from = source();
    ASSERT_TRUE(from.fetch(accounts(600), state_));
    EXPECT_EQ(state_.accounts(), 600u);
    EXPECT_EQ(from.figures().batches, 3u);
}

TEST_F(NodeSourceTest, ANodeWithoutProofsIsAskedPieceByPieceFromThenOn) {
    node_.answer_calls([](const RpcCall& call) -> std::optional<FakeAnswer> {
        if (call.method == "eth_getProof")
            return refusal(call, -32601, "the method does not exist");
        if (call.method == "eth_getBalance") return answer(call, "0x7");
        if (call.method == "eth_getTransactionCount") return answer(call, "0x1");
        if (call.method == "eth_getCode") return answer(call, "0x");
        return std::nullopt;
    });
    auto from = source();
    ASSERT_TRUE(from.fetch(accounts(1), state_));
    EXPECT_EQ(state_.accounts(), 1u);
    const auto proofs = node_.calls("eth_getProof");
    ASSERT_TRUE(from.fetch(accounts(3), state_));
    EXPECT_EQ(node_.calls("eth_getProof"), proofs);
}

TEST_F(NodeSourceTest, ABlockThatTheNodeDoesNotKnowGivesNothing) {
    node_.answer_calls([](const RpcCall& call) -> std::optional<FakeAnswer> {
        return refusal(call, -32000, "header for hash not found");
    });
    auto from = source();
    EXPECT_FALSE(from.fetch(accounts(1), state_));
    EXPECT_EQ(state_.accounts(), 0u);
    EXPECT_NE(from.last_error(), "");
}

TEST_F(NodeSourceTest, WhatNeverComesEndsInTime) {
    node_.answer_http([](const std::string&) { return FakeHttpAnswer{.silent = true}; });
    auto from = source({.request_timeout = 50ms});
    EXPECT_FALSE(from.fetch(accounts(1), state_));
    EXPECT_EQ(from.last_error(), "timed_out");
    EXPECT_EQ(from.figures().failed, 1u);
}

TEST_F(NodeSourceTest, AStopEndsAFetchThatIsNeverAnswered) {
    node_.answer_http([](const std::string&) { return FakeHttpAnswer{.silent = true}; });
    auto from = source({.connect_timeout = 1h, .request_timeout = 1h});
    std::stop_source stop;
    evm::RunGuard guard(stop.get_token());
    std::jthread stopper([&] {
        while (node_.http_requests() == 0) std::this_thread::yield();
        stop.request_stop();
    });
    {
        const Serving serving(from, &guard);
        EXPECT_FALSE(from.fetch(accounts(1), state_));
    }
    stopper.join();
    answer_proofs();
    node_.answer_http({});
    EXPECT_TRUE(from.fetch(accounts(1), state_)) << "on another connection";
}

TEST_F(NodeSourceTest, TheEndOfTheRunsTimeEndsAFetchThatIsNeverAnswered) {
    node_.answer_http([](const std::string&) { return FakeHttpAnswer{.silent = true}; });
    auto from = source({.connect_timeout = 1h, .request_timeout = 1h});
    evm::RunGuard guard(
        {}, [] { return std::chrono::steady_clock::now().time_since_epoch().count(); }, 30ms);
    const Serving serving(from, &guard);
    EXPECT_FALSE(from.fetch(accounts(600), state_));
    EXPECT_EQ(from.figures().batches, 1u) << "and nothing more is asked";
    EXPECT_EQ(interrupted(&guard), RoundsEnd::out_of_time);
}

TEST_F(NodeSourceTest, GoesOnWhenTheNodeIsBack) {
    answer_proofs();
    auto from = source({.connect_timeout = 500ms, .request_timeout = 500ms});
    ASSERT_TRUE(from.fetch(accounts(1), state_));
    node_.stop();
    EXPECT_FALSE(from.fetch(accounts(2), state_));
    EXPECT_NE(from.last_error(), "");
    node_.start();
    EXPECT_TRUE(from.fetch(accounts(2), state_));
}

TEST_F(NodeSourceTest, RefusalsByStatusAndHalfAnswersAreNoState) {
    auto from = source();
    for (const auto& bad : {FakeHttpAnswer{.status = 429, .body = "slow down"},
                            FakeHttpAnswer{.status = 500, .body = ""},
                            FakeHttpAnswer{.body = "[{\"id\":0,", .close_midway = true},
                            FakeHttpAnswer{.body = "not json"}}) {
        node_.answer_http([&](const std::string&) { return bad; });
        EXPECT_FALSE(from.fetch(accounts(1), state_)) << bad.body;
        EXPECT_EQ(state_.accounts(), 0u);
    }
}

} // namespace
} // namespace viz::state
