#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/ingest/block_reader.hpp"
#include "components/ingest/rpc_message.hpp"
#include "tests/support/values.hpp"

namespace viz::ingest {
namespace {

using test::hash_of;

std::string hex(const eth::Hash& hash) {
    return eth::to_hex(hash.view());
}

class RpcRead : public testing::Test {
  protected:
    RpcMessage read(std::string text) {
        text_ = std::move(text);
        return reader_.read(padded(text_), {.pending = "0xaa", .heads = "0xbb"});
    }
    RpcMessage notice(const std::string& subscription, const std::string& result) {
        return read(R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")" +
                    subscription + R"(","result":)" + result + "}}");
    }
    std::vector<RpcMessage> batch(std::string text, std::size_t limit = 10) {
        text_ = std::move(text);
        std::vector<RpcMessage> out;
        reader_.read_batch(padded(text_), limit,
                           [&](const RpcMessage& message) { out.push_back(message); });
        return out;
    }
    RpcReader reader_;
    std::string text_;
};

TEST_F(RpcRead, AHashOfAPendingTransaction) {
    const auto message = notice("0xaa", '"' + hex(hash_of(1)) + '"');
    ASSERT_TRUE(std::holds_alternative<PendingHash>(message));
    EXPECT_EQ(std::get<PendingHash>(message).hash, hash_of(1));
}

TEST_F(RpcRead, ABodyOfAPendingTransactionAsItStands) {
    const auto body = R"({"nonce":"0x1", "hash":")" + hex(hash_of(2)) + R"(" ,"input":"0x"})";
    const auto message = notice("0xaa", body);
    ASSERT_TRUE(std::holds_alternative<PendingBody>(message));
    EXPECT_EQ(std::get<PendingBody>(message).hash, hash_of(2));
    EXPECT_EQ(std::get<PendingBody>(message).json, body);
}

TEST_F(RpcRead, AHead) {
    const auto message =
        notice("0xbb", R"({"number":"0x10","hash":")" + hex(hash_of(3)) + R"(","parentHash":")" +
                           hex(hash_of(4)) + R"(","timestamp":"0x20"})");
    ASSERT_TRUE(std::holds_alternative<HeadNotice>(message));
    const auto head = std::get<HeadNotice>(message);
    EXPECT_EQ(head.number.value, 16u);
    EXPECT_EQ(head.hash, hash_of(3));
    EXPECT_EQ(head.parent_hash, hash_of(4));
    EXPECT_EQ(head.timestamp_s, 32);
}

TEST_F(RpcRead, FieldsInAnyOrder) {
    const auto message =
        read(R"({"params":{"result":")" + hex(hash_of(1)) +
             R"(","subscription":"0xaa"},"method":"eth_subscription","jsonrpc":"2.0"})");
    EXPECT_TRUE(std::holds_alternative<PendingHash>(message));
}

TEST_F(RpcRead, AReply) {
    const auto message = read(R"({"jsonrpc":"2.0","id":7,"result":{"a":[1,2]}})");
    ASSERT_TRUE(std::holds_alternative<Reply>(message));
    EXPECT_EQ(std::get<Reply>(message).id, 7u);
    EXPECT_EQ(std::get<Reply>(message).result, R"({"a":[1,2]})");
}

TEST_F(RpcRead, ANullResultIsAReply) {
    const auto message = read(R"({"jsonrpc":"2.0","id":7,"result":null})");
    ASSERT_TRUE(std::holds_alternative<Reply>(message));
    EXPECT_EQ(std::get<Reply>(message).result, "null");
}

TEST_F(RpcRead, AnErrorWithId) {
    const auto message =
        read(R"({"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no such method"}})");
    ASSERT_TRUE(std::holds_alternative<ErrorReply>(message));
    EXPECT_EQ(std::get<ErrorReply>(message).id, 7u);
    EXPECT_EQ(std::get<ErrorReply>(message).code, -32601);
    EXPECT_EQ(std::get<ErrorReply>(message).message, "no such method");
}

TEST_F(RpcRead, AnErrorWithoutId) {
    for (const auto* text : {R"({"error":{"code":-32603,"message":"x"}})",
                             R"({"id":null,"error":{"code":-32603,"message":"x"}})"}) {
        const auto message = read(text);
        ASSERT_TRUE(std::holds_alternative<ErrorReply>(message)) << text;
        EXPECT_FALSE(std::get<ErrorReply>(message).id);
    }
}

TEST_F(RpcRead, ErrorTextsAreCutAndCleaned) {
    const auto message = read(R"({"id":1,"error":{"code":1,"message":")" + std::string(1000, 'x') +
                              "\xc3\xa9" + R"("}})");
    EXPECT_EQ(std::get<ErrorReply>(message).message.size(), kMaxErrorText);
}

TEST_F(RpcRead, WhatCannotBeReadHasAReason) {
    struct Case {
        std::string text;
        Malformed reason;
    };
    const std::vector<Case> cases{
        {"", Malformed::not_json},
        {"garbage", Malformed::not_json},
        {"{", Malformed::not_json},
        {R"({"id":1,"result":[1,2})", Malformed::not_json},
        {"[]", Malformed::not_json},
        {"{}", Malformed::not_rpc},
        {R"({"id":1})", Malformed::not_rpc},
        {R"({"id":"1","result":1})", Malformed::bad_id},
        {R"({"id":-1,"result":1})", Malformed::bad_id},
        {R"({"id":99999999999999999999,"result":1})", Malformed::bad_id},
        {R"({"method":"eth_subscription","params":[]})", Malformed::bad_notice},
        {R"({"method":"eth_subscription","params":{"subscription":"0xaa"}})",
         Malformed::bad_notice},
        {R"({"method":"eth_subscription","params":{"subscription":"0xcc","result":1}})",
         Malformed::unknown_subscription},
        {R"({"method":"eth_subscription","params":{"subscription":"0xaa","result":1}})",
         Malformed::bad_pending},
        {R"({"method":"eth_subscription","params":{"subscription":"0xaa","result":"0x12"}})",
         Malformed::bad_pending},
        {R"({"method":"eth_subscription","params":{"subscription":"0xaa","result":{}}})",
         Malformed::bad_pending},
        {R"({"method":"eth_subscription","params":{"subscription":"0xbb","result":{}}})",
         Malformed::bad_head},
    };
    for (const auto& c : cases) {
        const auto message = read(c.text);
        ASSERT_TRUE(std::holds_alternative<Malformed>(message)) << c.text;
        EXPECT_EQ(to_string(std::get<Malformed>(message)), to_string(c.reason)) << c.text;
    }
}

TEST_F(RpcRead, ABatchInAnyOrderWithErrorsAmongTheReplies) {
    const auto messages =
        batch(R"([{"id":3,"result":"0x1"}, {"id":1,"error":{"code":1,"message":"m"}}, 17])");
    ASSERT_EQ(messages.size(), 3u);
    EXPECT_EQ(std::get<Reply>(messages[0]).id, 3u);
    EXPECT_EQ(std::get<ErrorReply>(messages[1]).id, 1u);
    EXPECT_TRUE(std::holds_alternative<Malformed>(messages[2]));
}

TEST_F(RpcRead, ALoneErrorRefusesTheWholeBatch) {
    const auto messages = batch(R"({"error":{"code":-32005,"message":"limit exceeded"}})");
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<ErrorReply>(messages[0]));
}

TEST_F(RpcRead, ABatchIsReadNoFurtherThanItsLimit) {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += R"({"id":1,"result":1},)";
    EXPECT_EQ(batch(text + "1]", 4).size(), 5u);
}

TEST_F(RpcRead, DeepNestingIsSurvived) {
    const std::string deep(100'000, '[');
    EXPECT_TRUE(std::holds_alternative<Malformed>(read(R"({"id":1,"result":)" + deep)));
    (void)read(R"({"id":1,"result":)" + deep + std::string(100'000, ']') + "}");
}

TEST_F(RpcRead, ThePoolsTransactionsOfAllGroups) {
    text_ = R"({"pending":{"0xaa":{"1":{"hash":")" + hex(hash_of(1)) +
            R"("},"2":{"nonce":"0x2"}}},)" + R"("queued":{"0xbb":{"9":{"hash":")" +
            hex(hash_of(9)) + R"("}}}})";
    std::vector<std::optional<eth::Hash>> hashes;
    EXPECT_TRUE(reader_.read_pool(
        padded(text_), [&](const auto& hash, std::string_view) { hashes.push_back(hash); }));
    EXPECT_EQ(hashes,
              (std::vector<std::optional<eth::Hash>>{hash_of(1), std::nullopt, hash_of(9)}));
    text_ = R"({"pending":[]})";
    EXPECT_FALSE(reader_.read_pool(padded(text_), [](const auto&, std::string_view) {}));
}

TEST_F(RpcRead, WhereATransactionStands) {
    text_ = R"({"hash":")" + hex(hash_of(1)) + R"(","blockHash":null,"blockNumber":null})";
    EXPECT_FALSE(reader_.transaction_place(padded(text_))->block_number);
    text_ = R"({"hash":")" + hex(hash_of(1)) + R"(","blockHash":")" + hex(hash_of(2)) +
            R"(","blockNumber":"0x5"})";
    const auto mined = reader_.transaction_place(padded(text_));
    EXPECT_EQ(mined->block_number->value, 5u);
    EXPECT_EQ(mined->block_hash, hash_of(2));
}

TEST(RpcRequest, IsOneObject) {
    EXPECT_EQ(rpc_request(3, "eth_chainId", "[]"),
              R"({"jsonrpc":"2.0","id":3,"method":"eth_chainId","params":[]})");
}

class BlockRead : public testing::Test {
  protected:
    std::string header() const {
        return R"("number":"0x10","hash":")" + hex(hash_of(3)) + R"(","parentHash":")" +
               hex(hash_of(2)) +
               R"(","timestamp":"0x64","gasUsed":"0x5208","gasLimit":"0x1c9c380")";
    }
    Result<bus::Head, BlockError> read(std::string text) {
        text_ = std::move(text);
        BlockReader reader(eth::ChainId{1}, [](const eth::Authorization& authorization) {
            return authorization.r == eth::U256{1}
                       ? std::optional(test::address_of(authorization.nonce))
                       : std::nullopt;
        });
        return reader.read(padded(text_));
    }
    std::string text_;
};

TEST_F(BlockRead, HeaderAndTransactions) {
    const auto head = read("{" + header() + R"(,"baseFeePerGas":"0x7","transactions":[{"hash":")" +
                           hex(hash_of(1)) + R"(","from":")" +
                           eth::to_hex(test::address_of(5).view()) + R"(","nonce":"0x9"}]})");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->number.value, 16u);
    EXPECT_EQ(head->base_fee, eth::U256{7});
    EXPECT_EQ(head->timestamp_s, 100);
    ASSERT_EQ(head->transactions.size(), 1u);
    EXPECT_EQ(head->transactions[0].sender, test::address_of(5));
    EXPECT_EQ(head->transactions[0].nonce, 9u);
}

TEST_F(BlockRead, AuthoritiesThatTheProtocolDoesNotSkip) {
    const auto authorization = [](const std::string& chain, const std::string& nonce,
                                  const std::string& r) {
        return R"({"chainId":")" + chain +
               R"(","address":"0x00000000000000000000000000000000000000aa","nonce":")" + nonce +
               R"(","yParity":"0x0","r":")" + r + R"(","s":"0x1"})";
    };
    const auto head =
        read("{" + header() + R"(,"transactions":[{"hash":")" + hex(hash_of(1)) + R"(","from":")" +
             eth::to_hex(test::address_of(5).view()) + R"(","nonce":"0x9","authorizationList":[)" +
             authorization("0x1", "0x3", "0x1") + "," + authorization("0x0", "0x4", "0x1") + "," +
             authorization("0x2", "0x5", "0x1") + "," +
             authorization("0x1", "0xffffffffffffffff", "0x1") + "," +
             authorization("0x1", "0x6", "0x2") + "]}]}");
    ASSERT_TRUE(head);
    const auto& authorities = head->transactions[0].authorities;
    ASSERT_EQ(authorities.size(), 2u);
    EXPECT_EQ(authorities[0].address, test::address_of(3));
    EXPECT_EQ(authorities[0].nonce, 3u);
    EXPECT_EQ(authorities[1].nonce, 4u);
}

TEST_F(BlockRead, RefusesWhatIsNoBlock) {
    EXPECT_EQ(read("null").error(), BlockError::null_block);
    EXPECT_EQ(read("{}").error(), BlockError::not_a_block);
    EXPECT_EQ(read("{" + header() + "}").error(), BlockError::not_a_block);
    EXPECT_EQ(read("{" + header() + R"(,"transactions":["0x12"]})").error(),
              BlockError::bad_transaction);
    EXPECT_EQ(read("{" + header() + R"(,"transactions":[{}]})").error(),
              BlockError::bad_transaction);
}

} // namespace
} // namespace viz::ingest
