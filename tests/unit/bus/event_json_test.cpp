#include "bus/event_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/opportunity_samples.hpp"

namespace viz::bus {
namespace {

using test::address_of;
using test::hash_of;

Envelope event(EventData data) {
    return {.seq_id = 7,
            .ingest_ts_unix_ms = UnixMs{1'700'000'000'123},
            .ingest_ts_mono_ns = MonoNs{99},
            .source_id = "node-a",
            .chain_id = ChainId{8453},
            .data = std::move(data)};
}

nlohmann::json data_of(EventData data) {
    return nlohmann::json::parse(to_json(event(std::move(data)))).at("payload").at("data");
}

TEST(EventJson, IsTheContractsEnvelope) {
    EXPECT_EQ(to_json(event(TxSeen{.hash = hash_of(1), .backfilled = true})),
              R"({"seq_id":7,"ingest_ts_unix_ms":1700000000123,"ingest_ts_mono_ns":99,)"
              R"("source_id":"node-a","payload":{"type":"TxSeen","data":{"hash":)"
              R"("0x01000000000000000000000000000)"
              R"(0aa00000000000000000000000000000001","chain_id":8453,"backfilled":true}}})");
}

TEST(EventJson, WritesAmountsAsDecimalStringsAndAbsentAsNull) {
    TxDecoded tx{};
    tx.hash = hash_of(1);
    tx.tx_type = TxType::dynamic_fee;
    tx.value.limbs = {0, 0, 0, 0x8000'0000'0000'0000};
    tx.max_fee_per_gas = Wei{30'000'000'000};
    tx.max_priority_fee_per_gas = Wei{1};
    tx.nonce = 18'446'744'073'709'551'614ULL;
    auto data = data_of(tx);
    EXPECT_EQ(data["value_wei"], "57896044618658097711785492504343953926634992332820282019728792003"
                                 "956564819968");
    EXPECT_EQ(data["max_fee_per_gas_wei"], "30000000000");
    EXPECT_EQ(data["max_priority_fee_per_gas_wei"], "1");
    EXPECT_TRUE(data["gas_price_wei"].is_null());
    EXPECT_TRUE(data["max_fee_per_blob_gas_wei"].is_null());
    EXPECT_TRUE(data["to"].is_null());
    EXPECT_TRUE(data["method_selector"].is_null());
    EXPECT_EQ(data["nonce"], 18'446'744'073'709'551'614ULL);
    EXPECT_EQ(data["tx_type"], 2);

    tx.tx_type = TxType::legacy;
    tx.to = address_of(5);
    tx.selector = Selector{{{0xa9, 0x05, 0x9c, 0xbb}}};
    data = data_of(tx);
    EXPECT_EQ(data["gas_price_wei"], "30000000000");
    EXPECT_TRUE(data["max_fee_per_gas_wei"].is_null());
    EXPECT_EQ(data["to"], "0xbb00000000000000000000000000000000000005");
    EXPECT_EQ(data["method_selector"], "0xa9059cbb");
}

TEST(EventJson, NamesTheFieldsOfEachEvent) {
    const auto h = hash_of(1);
    const auto a = address_of(2);
    const auto keys = [](const nlohmann::json& object) {
        std::vector<std::string> names;
        for (const auto& [key, value] : object.items()) names.push_back(key);
        return names;
    };
    using List = std::vector<std::string>;
    EXPECT_EQ(keys(data_of(TxFetched{h, 1})), (List{"body_bytes", "chain_id", "hash"}));
    EXPECT_EQ(keys(data_of(TxReady{h, a, 1, "x"})),
              (List{"chain_id", "hash", "nonce", "reason", "sender"}));
    EXPECT_EQ(keys(data_of(TxBlocked{h, a, 1, 0, "x"})),
              (List{"chain_id", "expected_nonce", "hash", "nonce", "reason", "sender"}));
    EXPECT_EQ(keys(data_of(TxReplaced{h, a, 1, h, 1, "x"})),
              (List{"bump_bps", "chain_id", "hash", "nonce", "reason", "replaced_by", "sender"}));
    EXPECT_EQ(keys(data_of(TxDropped{h, a, 1, "x", {}})),
              (List{"by", "chain_id", "hash", "nonce", "reason", "sender"}));
    EXPECT_EQ(keys(data_of(TxConfirmedProvisional{h, a, 1, BlockNumber{2}, h, 3, 4})),
              (List{"block_hash", "block_number", "block_timestamp_s", "chain_id", "hash",
                    "inclusion_delay_ms", "nonce", "sender"}));
    EXPECT_EQ(keys(data_of(TxConfirmedFinal{h, BlockNumber{2}, h})),
              (List{"block_hash", "block_number", "chain_id", "hash"}));
    EXPECT_EQ(keys(data_of(TxReorged{h, BlockNumber{2}, h, 1})),
              (List{"block_hash", "block_number", "chain_id", "depth", "hash"}));
    EXPECT_EQ(keys(data_of(Feature{})),
              (List{"actions", "category", "chain_id", "feature_engine_version", "hash",
                    "method_selector", "mev_score", "protocol", "reasons", "urgency_score"}));
    EXPECT_EQ(keys(data_of(BlockRecord{})),
              (List{"base_fee_wei", "canonical", "chain_id", "gas_limit", "gas_used", "hash",
                    "number", "parent_hash", "timestamp_s", "tx_count"}));
    EXPECT_EQ(keys(data_of(SimDispatched{})),
              (List{"block_hash", "block_number", "candidate_id", "chain_id", "hash", "sim_id"}));
    EXPECT_EQ(
        keys(data_of(SimCompleted{})),
        (List{"block_hash", "block_number", "candidate_id", "chain_id", "coinbase_payment_wei",
              "duration_us", "fail_category", "flags", "gas_used", "hash", "log_count",
              "revert_reason", "rounds", "sim_id", "state_age_ms", "status"}));
}

TEST(EventJson, WritesOpportunitiesWithSignedAmounts) {
    const auto completed = data_of(test::sample_simulated().completed);
    EXPECT_EQ(completed["net_wei"], "-35");
    EXPECT_EQ(completed["gross_wei"], "31");
    EXPECT_EQ(completed["net_base_fee_up_wei"], "-37");
    EXPECT_TRUE(completed["net_competing_swap_wei"].is_null());
    EXPECT_EQ(completed["plainly_profitable"], true);

    const auto found = data_of(test::sample_opportunity());
    EXPECT_EQ(found["expected_net_wei"], "-16");
    EXPECT_EQ(found["member_tx_hashes"].size(), 1u);
    EXPECT_EQ(found["strategy_version"], "3");
    auto without_member = test::sample_opportunity();
    without_member.hash.reset();
    EXPECT_TRUE(data_of(without_member)["hash"].is_null());

    EXPECT_EQ(data_of(test::sample_decision())["net_wei"], "-35");
    const auto submitted = data_of(test::sample_submission());
    EXPECT_EQ(submitted["attempts"][0]["error"], "busy");
    EXPECT_EQ(submitted["attempts"][1]["http_status"], 200);
    const auto outcome = data_of(test::sample_outcome());
    EXPECT_EQ(outcome["slot_key"],
              "0x0000000000000000000000000000000000000000000000000000000000000008");
    EXPECT_EQ(outcome["coinbase_payment_wei"], "71");
    EXPECT_EQ(outcome["reason"], "speed_up");
    EXPECT_EQ(data_of(test::sample_exposure())["protecting_out"], "79");
    const auto dearer = data_of(test::sample_dearer_exposure());
    EXPECT_EQ(dearer["pays_more"], true);
    EXPECT_EQ(dearer["most_in"], "95");
    EXPECT_EQ(dearer["protecting_in"], "91");
    EXPECT_EQ(data_of(test::sample_parity())["result"], "mismatch");
    EXPECT_EQ(data_of(test::sample_case())["body_bytes"], 2);
}

TEST(EventJson, NamesADamagedEventInItsPlaceAndNothingElseOfIt) {
    const Envelope event{.seq_id = 7,
                         .ingest_ts_unix_ms = UnixMs{5},
                         .ingest_ts_mono_ns = {},
                         .source_id = "storage",
                         .chain_id = ChainId{1},
                         .data = Damaged{"checksum_mismatch"}};
    EXPECT_EQ(to_json(event), R"({"seq_id":7,"ingest_ts_unix_ms":5,"ingest_ts_mono_ns":0,)"
                              R"("source_id":"storage","payload":{"type":"Damaged",)"
                              R"("data":{"reason":"checksum_mismatch"}}})");
}

TEST(EventJson, EscapesWhatAStringMayHold) {
    std::string out;
    append_json_string(out, "a\"b\\c\n\t\r\x01\x1f é€😀");
    EXPECT_EQ(out, "\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u001f é€😀\"");
    EXPECT_EQ(nlohmann::json::parse(out), "a\"b\\c\n\t\r\x01\x1f é€😀");
}

TEST(EventJson, ReplacesBytesThatAreNotUtf8) {
    const std::vector<std::string> broken{"\xff",         "\xc0\x80",         "\xe2\x82",
                                          "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80",
                                          "\x80"};
    for (const auto& text : broken) {
        std::string out;
        append_json_string(out, "<" + text + ">");
        const auto parsed = nlohmann::json::parse(out).get<std::string>();
        EXPECT_EQ(parsed.front(), '<');
        EXPECT_EQ(parsed.back(), '>');
        EXPECT_NE(parsed.find("\xef\xbf\xbd"), std::string::npos);
    }
}

} // namespace
} // namespace viz::bus
