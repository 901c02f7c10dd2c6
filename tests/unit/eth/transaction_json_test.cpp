#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/transaction_json.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "tests/support/signed_transactions.hpp"

namespace viz::eth {
namespace {

using nlohmann::json;
using Change = std::function<void(json&)>;

std::string changed(std::string_view name, const Change& change) {
    auto body = json::parse(test::signed_transaction(name).json);
    change(body);
    return body.dump();
}

// The hash proves that nothing was lost or made up.
void expect_same(std::string_view name, const Change& change, std::string_view why) {
    TransactionJsonParser parser;
    const auto read = parser.parse(changed(name, change));
    ASSERT_TRUE(read) << why << ": " << to_string(read.error());
    EXPECT_EQ(to_hex(transaction_hash(read->tx).view()), test::signed_transaction(name).hash)
        << why;
}

std::string verdict(std::string_view text) {
    TransactionJsonParser parser;
    const auto read = parser.parse(text);
    return read ? "accepted" : std::string(to_string(read.error()));
}

std::string verdict_after(std::string_view name, const Change& change) {
    return verdict(changed(name, change));
}

TEST(TransactionJson, ReadsEveryTypeAsAnvilWritesIt) {
    TransactionJsonParser parser;
    for (const auto& vector : test::kSigned) {
        const auto read = parser.parse(vector.json);
        ASSERT_TRUE(read) << vector.name << " " << to_string(read.error());
        EXPECT_EQ(read->tx, *decode_transaction(vector.bytes())) << vector.name;
        ASSERT_TRUE(read->hash && read->from);
        EXPECT_EQ(to_hex(read->hash->view()), vector.hash);
        EXPECT_EQ(to_hex(read->from->view()), test::kDevSender);
        EXPECT_FALSE(read->block_number);
        EXPECT_FALSE(read->block_hash);
    }
}

TEST(TransactionJson, ReadsTheDialectsOfNodes) {
    expect_same(
        "dynamic_fee", [](json& j) { j.erase("v"); }, "yParity only");
    expect_same(
        "dynamic_fee", [](json& j) { j.erase("yParity"); }, "v only");
    expect_same(
        "dynamic_fee",
        [](json& j) {
            j.erase("yParity");
            j["v"] = "0x1c";
        },
        "v of a typed transaction as 27 or 28");
    expect_same(
        "dynamic_fee", [](json& j) { j.erase("gasPrice"); }, "no gasPrice beside the fees");
    expect_same(
        "dynamic_fee", [](json& j) { j.erase("accessList"); }, "no empty access list");
    expect_same(
        "dynamic_fee", [](json& j) { j["accessList"] = nullptr; }, "null access list");
    expect_same(
        "legacy_protected", [](json& j) { j["accessList"] = nullptr; }, "null access list");
    expect_same(
        "legacy_protected",
        [](json& j) { j["maxFeePerGas"] = j["maxPriorityFeePerGas"] = j["yParity"] = nullptr; },
        "fields of other types as null");
    expect_same(
        "legacy_protected", [](json& j) { j.erase("chainId"); }, "no chainId on legacy");
    expect_same(
        "legacy_protected", [](json& j) { j.erase("type"); }, "no type on legacy");
    expect_same(
        "legacy_unprotected", [](json& j) { j["chainId"] = "0x7a69"; },
        "the node's own chainId on an unprotected transaction");
    expect_same(
        "legacy_unprotected", [](json& j) { j["chainId"] = nullptr; }, "null chainId");
    expect_same(
        "legacy_create", [](json& j) { j.erase("to"); }, "no `to` on a creation");
    for (const auto* name : {"access_list", "dynamic_fee", "blob", "set_code"})
        expect_same(
            name, [](json& j) { j.erase("type"); }, "type left out");
    expect_same(
        "access_list",
        [](json& j) {
            j["data"] = j["input"];
            j.erase("input");
        },
        "data instead of input");
    expect_same(
        "access_list", [](json& j) { j["data"] = j["input"]; }, "data and input");
    expect_same(
        "set_code",
        [](json& j) {
            auto& tuple = j["authorizationList"][0];
            tuple["v"] = tuple["yParity"];
            tuple.erase("yParity");
        },
        "v in an authorization");
    expect_same(
        "set_code", [](json& j) { j["authorizationList"][0]["v"] = "0x1c"; },
        "v beside yParity in an authorization");
}

TEST(TransactionJson, TakesPaddedQuantitiesAndAnyCase) {
    expect_same(
        "set_code",
        [](json& j) {
            for (const auto* field : {"nonce", "gas", "maxFeePerGas", "value", "type", "chainId"})
                j[field] = "0x00" + j[field].get<std::string>().substr(2);
            j["r"] = "0x0" + j["r"].get<std::string>().substr(2); // 63 digits as given
        },
        "padded");
    expect_same(
        "access_list",
        [](json& j) {
            j["to"] = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"; // EIP-55
            j["input"] = "0xA9059CBB";
        },
        "upper case");
}

TEST(TransactionJson, LooksPastFieldsItDoesNotKnow) {
    expect_same(
        "blob",
        [](json& j) {
            j["creates"] = nullptr;
            j["publicKey"] = "0x04";
            j["standardV"] = 1;
            j["condition"] = {{"nested", json::array({1, "two", {{"three", 3.5}}})}};
            j["blobs"] = json::array();
        },
        "unknown fields");
}

TEST(TransactionJson, KnowsWhereAMinedTransactionStands) {
    TransactionJsonParser parser;
    const auto read = parser.parse(changed("dynamic_fee", [](json& j) {
        j["blockNumber"] = "0x10";
        j["blockHash"] = "0x" + std::string(64, '2');
    }));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->block_number, BlockNumber{16});
    EXPECT_EQ(to_hex(read->block_hash->view()), "0x" + std::string(64, '2'));
}

TEST(TransactionJson, NamesWhatIsMissing) {
    const std::string kMissing = "json_missing_field";
    for (const auto* field : {"nonce", "gas", "input", "r", "s", "v", "gasPrice"})
        EXPECT_EQ(verdict_after("legacy_protected", [&](json& j) { j.erase(field); }), kMissing)
            << field;
    for (const auto* field : {"chainId", "maxFeePerGas", "maxPriorityFeePerGas", "r", "s"})
        EXPECT_EQ(verdict_after("dynamic_fee", [&](json& j) { j.erase(field); }), kMissing)
            << field;
    for (const auto* field : {"chainId", "address", "nonce", "yParity", "r", "s"})
        EXPECT_EQ(
            verdict_after("set_code", [&](json& j) { j["authorizationList"][0].erase(field); }),
            kMissing)
            << field;
    EXPECT_EQ(verdict_after("access_list", [](json& j) { j["accessList"][0].erase("address"); }),
              kMissing);
    for (const auto* name : {"blob", "set_code"}) // which cannot create
        EXPECT_EQ(verdict_after(name, [](json& j) { j["to"] = nullptr; }), kMissing) << name;
    EXPECT_EQ(verdict("{}"), kMissing);
}

TEST(TransactionJson, RefusesValuesOutOfRange) {
    struct Case {
        std::string_view tx;
        std::string_view field;
        std::string value;
        std::string_view error;
    };
    for (const auto& c : {
             Case{"dynamic_fee", "nonce", "0x10000000000000000", "field_out_of_range"},
             Case{"dynamic_fee", "gas", "0x10000000000000000", "field_out_of_range"},
             Case{"dynamic_fee", "chainId", "0x10000000000000000", "field_out_of_range"},
             Case{"dynamic_fee", "value", "0x1" + std::string(64, '0'), "field_out_of_range"},
             Case{"dynamic_fee", "value", "0x", "field_out_of_range"},
             Case{"dynamic_fee", "value", "12", "field_out_of_range"},
             Case{"dynamic_fee", "type", "0x5", "unknown_type"},
             Case{"dynamic_fee", "type", "0x7e", "unknown_type"},
             Case{"dynamic_fee", "yParity", "0x2", "bad_y_parity"},
             Case{"legacy_protected", "v", "0x1d", "bad_y_parity"},
             Case{"legacy_protected", "v", "0x23", "bad_y_parity"},
             Case{"legacy_protected", "v", "0x1" + std::string(60, '0'), "field_out_of_range"},
             Case{"dynamic_fee", "to", "0x1234", "json_malformed"},
             Case{"dynamic_fee", "input", "0x123", "json_malformed"},
             Case{"dynamic_fee", "input", "1234", "json_malformed"},
             Case{"dynamic_fee", "hash", "0x1234", "json_malformed"},
         })
        EXPECT_EQ(verdict_after(c.tx, [&](json& j) { j[std::string(c.field)] = c.value; }), c.error)
            << c.field << " " << c.value;
    EXPECT_EQ(
        verdict_after("set_code", [](json& j) { j["authorizationList"][0]["yParity"] = "0x100"; }),
        "field_out_of_range");
}

TEST(TransactionJson, RefusesWhatIsNotOneObject) {
    const std::string kMalformed = "json_malformed";
    for (const auto* text :
         {"", " ", "null", "1", "\"0x\"", "[]", "[{}]", "{", "}", "{]", "{\"a\"}", "nul", "\xff"})
        EXPECT_EQ(verdict(text), kMalformed) << text;
    const std::string good(test::signed_transaction("dynamic_fee").json);
    EXPECT_EQ(verdict(good + " \n"), "accepted");
    EXPECT_EQ(verdict(good + "{}"), kMalformed);
    EXPECT_EQ(verdict(good + " x"), kMalformed);
    EXPECT_EQ(verdict(good + "}"), kMalformed);
    for (const auto* field : {"nonce", "value", "to", "input", "accessList", "r", "hash"})
        for (const auto& value : {json(7), json(true), json::object(), json::array({1})})
            EXPECT_EQ(verdict_after("dynamic_fee", [&](json& j) { j[field] = value; }), kMalformed)
                << field << " " << value;
}

TEST(TransactionJson, RefusesEveryBeginning) {
    for (const auto& vector : test::kSigned)
        for (std::size_t n = 0; n < vector.json.size(); ++n)
            ASSERT_NE(verdict(vector.json.substr(0, n)), "accepted") << vector.name << " " << n;
}

TEST(TransactionJson, AParserServesOnAfterAnError) {
    TransactionJsonParser parser;
    EXPECT_FALSE(parser.parse("{\"nonce\":"));
    EXPECT_TRUE(parser.parse(test::signed_transaction("blob").json));
    EXPECT_FALSE(parser.parse(""));
    EXPECT_TRUE(parser.parse(test::signed_transaction("set_code").json));
}

json block_of(const json& transactions) {
    const auto hash = [](char digit) { return "0x" + std::string(64, digit); };
    return {{"number", "0x10"},
            {"hash", hash('a')},
            {"parentHash", hash('b')},
            {"transactionsRoot", hash('c')},
            {"timestamp", "0x64"},
            {"baseFeePerGas", "0x7"},
            {"gasUsed", "0x5208"},
            {"gasLimit", "0x1c9c380"},
            {"transactions", transactions}};
}

TEST(BlockJson, ReadsTheHeaderAndWholeTransactions) {
    auto transactions = json::array();
    for (const auto& vector : test::kSigned) transactions.push_back(json::parse(vector.json));
    TransactionJsonParser parser;
    const auto block = parser.parse_block(block_of(transactions).dump());
    ASSERT_TRUE(block) << to_string(block.error());
    EXPECT_EQ(block->number, BlockNumber{16});
    EXPECT_EQ(block->parent_hash.bytes[0], 0xbb);
    EXPECT_EQ(block->timestamp_s, 100);
    EXPECT_EQ(block->base_fee, U256(7));
    EXPECT_EQ(block->gas_used, Gas{21000});
    EXPECT_EQ(block->gas_limit, Gas{30'000'000});
    ASSERT_EQ(block->transactions.size(), test::kSigned.size());
    for (std::size_t i = 0; i < test::kSigned.size(); ++i) {
        EXPECT_EQ(block->transaction_hashes[i], test::kSigned[i].hash_bytes());
        EXPECT_EQ(transaction_hash(block->transactions[i].tx), test::kSigned[i].hash_bytes());
    }
}

TEST(BlockJson, ReadsHashesAlone) {
    TransactionJsonParser parser;
    const auto hashes = json::array({test::kSigned[0].hash, test::kSigned[1].hash});
    const auto block = parser.parse_block(block_of(hashes).dump());
    ASSERT_TRUE(block);
    EXPECT_TRUE(block->transactions.empty());
    ASSERT_EQ(block->transaction_hashes.size(), 2u);
    EXPECT_EQ(block->transaction_hashes[1], test::kSigned[1].hash_bytes());
}

TEST(BlockJson, FailsAsAWholeWhenOnePartIsBad) {
    TransactionJsonParser parser;
    const auto said = [&](const Change& change) {
        auto block = block_of(json::array({json::parse(test::kSigned[4].json)}));
        change(block);
        const auto read = parser.parse_block(block.dump());
        return read ? "accepted" : to_string(read.error());
    };
    EXPECT_EQ(said([](json&) {}), "accepted");
    EXPECT_EQ(said([](json& b) { b.erase("baseFeePerGas"); }), "accepted"); // before EIP-1559
    for (const auto* field : {"number", "hash", "parentHash", "transactions"})
        EXPECT_EQ(said([&](json& b) { b.erase(field); }), "json_missing_field") << field;
    EXPECT_EQ(said([](json& b) { b["transactions"][0].erase("nonce"); }), "json_missing_field");
    EXPECT_EQ(said([](json& b) { b["transactions"][0].erase("hash"); }), "json_missing_field");
    EXPECT_EQ(said([](json& b) { b["transactions"][0] = "0x12"; }), "json_malformed");
    EXPECT_EQ(said([](json& b) { b["timestamp"] = "0xffffffffffffffff"; }), "field_out_of_range");
}

} // namespace
} // namespace viz::eth
