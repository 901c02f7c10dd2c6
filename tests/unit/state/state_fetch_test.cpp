#include "components/state/state_fetch.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"

namespace viz::state {
namespace {

using eth::U256;
using evm::Answer;
using evm::Missing;
using nlohmann::json;

constexpr eth::Address kPool{{{0x0b}}};
const BlockRef kHead{eth::Hash{{{0x01}}}, 100};
const std::string kPoolHex = "0x0b00000000000000000000000000000000000000";
const std::string kHeadHex = "0x01" + std::string(62, '0');
const std::string kEmptyCode = eth::to_hex(evm::kEmptyCodeHash.view());
const std::string kSomeRoot = "0x" + std::string(64, '7');

std::string word(std::uint64_t v) {
    return eth::to_hex(eth::to_be(U256(v)));
}

struct Fetches : testing::Test {
    StateFetch fetch_of(const std::vector<Missing>& missing, FetchStyle style = FetchStyle::proof) {
        return StateFetch(kHead, missing, style);
    }
    static json answer(std::size_t id, json result) {
        return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
    }
    static json proof(std::uint64_t balance, const std::string& code_hash,
                      json slots = json::array()) {
        return {{"address", kPoolHex},      {"balance", eth::quantity_hex(balance)},
                {"nonce", "0x1"},           {"codeHash", code_hash},
                {"storageHash", kSomeRoot}, {"storageProof", std::move(slots)}};
    }
    static json slot(std::uint64_t key, std::uint64_t value) {
        return {{"key", word(key)}, {"value", eth::quantity_hex(value)}, {"proof", json::array()}};
    }
    HeadState state{kHead};
    const std::vector<Missing> account{{Missing::Kind::account, kPool, {}}};
    const std::vector<Missing> both{{Missing::Kind::account, kPool, {}},
                                    {Missing::Kind::storage, kPool, U256(8)},
                                    {Missing::Kind::storage, kPool, U256(9)}};
};

TEST_F(Fetches, AskForAnAccountWithAllItsSlotsAtOnceByTheBlocksHash) {
    const auto request = json::parse(fetch_of(both).request());
    ASSERT_EQ(request.size(), 2u);
    EXPECT_EQ(request[0]["method"], "eth_getProof");
    EXPECT_EQ(request[0]["params"],
              json::array({kPoolHex, json::array({word(8), word(9)}), {{"blockHash", kHeadHex}}}));
    EXPECT_EQ(request[1]["method"], "eth_getCode");
}

TEST_F(Fetches, AskPiecemealWhereANodeHasNoProofs) {
    const auto request = json::parse(fetch_of(both, FetchStyle::plain).request());
    std::vector<std::string> methods;
    for (const auto& one : request) methods.push_back(one["method"]);
    EXPECT_THAT(methods,
                testing::ElementsAre("eth_getBalance", "eth_getTransactionCount", "eth_getCode",
                                     "eth_getStorageAt", "eth_getStorageAt"));
    EXPECT_EQ(request[4]["params"], json::array({kPoolHex, word(9), {{"blockHash", kHeadHex}}}));
}

TEST_F(Fetches, KeepAccountsSlotsAndCode) {
    const eth::Bytes code{0x5b};
    const auto hash = eth::to_hex(eth::keccak256(code).view());
    const json reply =
        json::array({answer(1, "0x5b"), answer(0, proof(7, hash, {slot(8, 1), slot(9, 2)}))});
    const auto report = fetch_of(both).store(reply.dump(), state);
    EXPECT_EQ(report.refused, 0u) << report.reason;
    EXPECT_EQ(report.stored, 3u);
    std::optional<evm::AccountState> account_now;
    EXPECT_EQ(state.account(kPool, account_now), Answer::here);
    EXPECT_EQ(account_now->balance, eth::Wei(7));
    EXPECT_TRUE(account_now->has_storage);
    U256 value;
    EXPECT_EQ(state.storage(kPool, U256(9), value), Answer::here);
    EXPECT_EQ(value, U256(2));
    eth::Bytes out;
    EXPECT_EQ(state.code(kPool, eth::keccak256(code), out), Answer::here);
}

TEST_F(Fetches, KnowAnAccountThatDoesNotExist) {
    auto nobody = proof(0, "0x" + std::string(64, '0'));
    nobody["nonce"] = "0x0";
    nobody["storageHash"] = "0x" + std::string(64, '0');
    fetch_of(account).store(json::array({answer(0, nobody), answer(1, "0x")}).dump(), state);
    std::optional<evm::AccountState> out = evm::AccountState{};
    EXPECT_EQ(state.account(kPool, out), Answer::here);
    EXPECT_FALSE(out);
}

TEST_F(Fetches, MakeAnAccountOfItsThreeParts) {
    const auto fetch = fetch_of(account, FetchStyle::plain);
    fetch.store(json::array({answer(0, "0x5"), answer(2, "0x")}).dump(), state);
    std::optional<evm::AccountState> out;
    EXPECT_EQ(state.account(kPool, out), Answer::not_here);
    const auto report = fetch.store(
        json::array({answer(0, "0x5"), answer(1, "0x2"), answer(2, "0x")}).dump(), state);
    EXPECT_EQ(report.stored, 1u);
    EXPECT_EQ(state.account(kPool, out), Answer::here);
    EXPECT_EQ(out->nonce, 2u);
    EXPECT_EQ(out->code_hash, evm::kEmptyCodeHash);
}

TEST_F(Fetches, TakeCodeOnlyWithTheHashOfItsAccount) {
    const eth::Bytes code{0x5b};
    state.put_account(kPool, evm::AccountState{{}, 1, eth::keccak256(code), false});
    const auto fetch = fetch_of({{Missing::Kind::code, kPool, {}}});
    EXPECT_EQ(fetch.store(json::array({answer(0, "0x00")}).dump(), state).refused, 1u);
    EXPECT_EQ(fetch.store(json::array({answer(0, "0x5b")}).dump(), state).stored, 1u);
}

TEST_F(Fetches, ReadBlockHashes) {
    const auto fetch = fetch_of({{Missing::Kind::block_hash, {}, U256(99)}});
    EXPECT_EQ(json::parse(fetch.request())[0]["params"], json::array({"0x63", false}));
    fetch.store(json::array({answer(0, {{"hash", kSomeRoot}})}).dump(), state);
    eth::Hash hash;
    EXPECT_EQ(state.block_hash(99, hash), Answer::here);
    EXPECT_EQ(eth::to_hex(hash.view()), kSomeRoot);
}

TEST_F(Fetches, SayWhyTheNodeGaveNothing) {
    const auto error = [](int code, const std::string& message) {
        return json::array({{{"jsonrpc", "2.0"},
                             {"id", 0},
                             {"error", {{"code", code}, {"message", message}}}}})
            .dump();
    };
    const auto fetch = fetch_of(account);
    auto report = fetch.store(error(-32601, "the method eth_getProof does not exist"), state);
    EXPECT_TRUE(report.method_unknown);
    EXPECT_EQ(report.refused, 2u); // and the one without an answer
    EXPECT_EQ(report.reason, "the method eth_getProof does not exist");
    report = fetch.store(error(-32000, "header not found"), state);
    EXPECT_TRUE(report.block_unknown);
    report = fetch.store(R"({"error":{"code":-32005,"message":"batch too large"}})", state);
    EXPECT_EQ(report.reason, "batch too large");
    EXPECT_EQ(fetch.store("{", state).reason, "the reply is not JSON");
    EXPECT_EQ(fetch.store(std::string(31u << 20, '['), state).reason, "the reply is too_deep");
    std::string many = "[";
    for (int i = 0; i < 5'000'000; ++i) many += "{},";
    EXPECT_EQ(fetch.store(many + "{}]", state).reason, "the reply is too_many_values");
    EXPECT_EQ(fetch.store("7", state).reason, "the reply is not a batch");
    EXPECT_EQ(fetch.store("[]", state).reason, "no answer to a request");
    EXPECT_LE(fetch.store(error(1, std::string(5'000, 'x')), state).reason.size(), 160u);
}

TEST_F(Fetches, KeepNothingOfAnAnswerInAnotherShape) {
    const auto fetch = fetch_of(both);
    auto wrong_key = proof(7, kEmptyCode, {slot(8, 1), slot(10, 2)});
    auto too_few = proof(7, kEmptyCode, {slot(8, 1)});
    auto no_nonce = proof(7, kEmptyCode, {slot(8, 1), slot(9, 2)});
    no_nonce.erase("nonce");
    for (const auto& result : {wrong_key, too_few, no_nonce, json("0x1"), json(nullptr)}) {
        const auto report =
            fetch.store(json::array({answer(0, result), answer(1, "0x")}).dump(), state);
        EXPECT_EQ(report.refused, 1u);
        EXPECT_EQ(state.accounts() + state.slots(), 0u);
    }
}

TEST_F(Fetches, CountAnAnswerOnce) {
    const auto one = answer(0, proof(7, kEmptyCode));
    const auto report = fetch_of(account).store(
        json::array({one, one, answer(99, "0x"), answer(1, "0x")}).dump(), state);
    EXPECT_EQ(report.stored, 1u);
    EXPECT_EQ(report.refused, 0u);
}

} // namespace
} // namespace viz::state
