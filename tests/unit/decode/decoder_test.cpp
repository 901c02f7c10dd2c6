#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/decode/decoder.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "tests/support/pooled_blob.hpp"
#include "tests/support/signed_transactions.hpp"

namespace viz::decode {
namespace {

using eth::to_hex;
using nlohmann::json;

bus::PendingTx pending(const test::SignedTransaction& tx, bus::BodyFormat format) {
    return {.chain_id = test::kDevChain,
            .source_id = "node-a",
            .announced_hash = tx.hash_bytes(),
            .first_seen_unix_ms = eth::UnixMs{1'700'000'000'123},
            .first_seen_mono_ns = eth::MonoNs{42},
            .backfilled = true,
            .format = format,
            .body = format == bus::BodyFormat::raw_rlp
                        ? tx.bytes()
                        : eth::Bytes(tx.json.begin(), tx.json.end())};
}

bus::PendingTx pending_json(std::string_view name) {
    return pending(test::signed_transaction(name), bus::BodyFormat::node_json);
}
bus::PendingTx pending_raw(std::string_view name) {
    return pending(test::signed_transaction(name), bus::BodyFormat::raw_rlp);
}

template <class Change> void change_json(bus::PendingTx& message, Change change) {
    auto body = json::parse(message.body);
    change(body);
    const auto text = body.dump();
    message.body.assign(text.begin(), text.end());
}

std::string verdict(const bus::PendingTx& message) {
    Decoder decoder;
    const auto tx = decoder.decode(message);
    return tx ? "believed" : std::string(to_string(tx.error()));
}

TEST(Decoder, VerifiesEveryTypeFromBytesAndFromJsonAlike) {
    Decoder decoder;
    for (const auto& vector : test::kSigned)
        for (const auto format : {bus::BodyFormat::raw_rlp, bus::BodyFormat::node_json}) {
            const auto tx = decoder.decode(pending(vector, format));
            ASSERT_TRUE(tx) << vector.name << " " << to_string(tx.error());
            const auto fields = *eth::decode_transaction(vector.bytes());
            EXPECT_EQ(to_hex(tx->hash.view()), vector.hash);
            EXPECT_EQ(to_hex(tx->sender.view()), test::kDevSender);
            EXPECT_EQ(to_hex(tx->raw), vector.raw);
            EXPECT_EQ(tx->chain_id, test::kDevChain);
            EXPECT_EQ(tx->type, fields.type);
            EXPECT_EQ(tx->nonce, fields.nonce);
            EXPECT_EQ(tx->to, fields.to);
            EXPECT_EQ(tx->value, fields.value);
            EXPECT_EQ(tx->gas_limit, fields.gas_limit);
            EXPECT_EQ(tx->max_fee_per_gas, fields.max_fee_per_gas);
            EXPECT_EQ(tx->max_priority_fee_per_gas, fields.max_priority_fee_per_gas);
            EXPECT_EQ(tx->max_fee_per_blob_gas.has_value(), vector.name == "blob");
            EXPECT_EQ(tx->blob_count, fields.blob_versioned_hashes.size());
            EXPECT_EQ(tx->calldata, fields.data);
        }
}

TEST(Decoder, CarriesOnWhereAndWhenItWasSeen) {
    Decoder decoder;
    const auto tx = decoder.decode(pending_json("dynamic_fee"));
    ASSERT_TRUE(tx);
    EXPECT_EQ(tx->source_id, "node-a");
    EXPECT_EQ(tx->first_seen_unix_ms, eth::UnixMs{1'700'000'000'123});
    EXPECT_EQ(tx->first_seen_mono_ns, eth::MonoNs{42});
    EXPECT_TRUE(tx->backfilled);
}

TEST(Decoder, RejectsABodyThatHashesToSomethingElse) {
    auto raw = pending_raw("dynamic_fee");
    raw.announced_hash = test::signed_transaction("blob").hash_bytes();
    EXPECT_EQ(verdict(raw), "hash_mismatch");
    auto changed = pending_json("dynamic_fee");
    change_json(changed, [](json& j) { j["value"] = "0x8"; });
    EXPECT_EQ(verdict(changed), "hash_mismatch");
    auto swapped = pending_json("dynamic_fee"); // another whole transaction under this hash
    swapped.body = pending_json("access_list").body;
    EXPECT_EQ(verdict(swapped), "hash_mismatch");
}

TEST(Decoder, RejectsASenderWhoDidNotSign) {
    auto message = pending_json("dynamic_fee");
    change_json(message, [](json& j) { j["from"] = test::kDevAuthority; });
    EXPECT_EQ(verdict(message), "sender_mismatch");
    change_json(message, [](json& j) { j.erase("from"); });
    EXPECT_EQ(verdict(message), "believed"); // the signature says it
}

TEST(Decoder, RefusesTransactionsOfAnotherChain) {
    for (const auto& vector : test::kSigned) {
        auto message = pending(vector, bus::BodyFormat::raw_rlp);
        message.chain_id = eth::ChainId{1};
        // Without EIP-155 a transaction is for every chain.
        EXPECT_EQ(verdict(message),
                  vector.name == "legacy_unprotected" ? "believed" : "wrong_chain")
            << vector.name;
    }
}

TEST(Decoder, RefusesSignaturesThatTheChainWould) {
    const auto order =
        *eth::u256_from_hex("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    auto tx = *eth::decode_transaction(test::signed_transaction("dynamic_fee").bytes());
    auto message = pending_raw("dynamic_fee");
    const auto announce = [&] {
        message.body = eth::encode_transaction(tx);
        message.announced_hash = eth::transaction_hash(tx);
    };
    tx.signature.s = order - tx.signature.s;
    tx.signature.y_parity ^= 1;
    announce();
    EXPECT_EQ(verdict(message), "high_s");
    tx.signature.s = 0;
    announce();
    EXPECT_EQ(verdict(message), "bad_signature");
}

TEST(Decoder, LeavesTheBlobsOutOfPooledTransactions) {
    const auto& vector = test::signed_transaction("blob");
    for (const auto& sidecar : {test::Sidecar{}, test::Sidecar::with_cells()}) {
        auto message = pending_raw("blob");
        message.body = test::pooled_form(vector.bytes(), sidecar);
        Decoder decoder;
        const auto tx = decoder.decode(message);
        ASSERT_TRUE(tx) << to_string(tx.error());
        EXPECT_EQ(to_hex(tx->raw), vector.raw);
        EXPECT_EQ(tx->blob_count, 2u);
    }
}

TEST(Decoder, GivesTheReasonOfWhatDoesNotParse) {
    auto raw = pending_raw("dynamic_fee");
    raw.body.push_back(0);
    EXPECT_EQ(verdict(raw), "rlp_trailing_bytes");
    raw.body.clear();
    EXPECT_EQ(verdict(raw), "rlp_malformed");
    auto text = pending_json("dynamic_fee");
    text.body.clear();
    EXPECT_EQ(verdict(text), "json_malformed");
    change_json(text = pending_json("dynamic_fee"), [](json& j) { j.erase("r"); });
    EXPECT_EQ(verdict(text), "json_missing_field");
    // Bytes where JSON was said to be, and the other way round.
    auto mixed = pending_raw("dynamic_fee");
    mixed.format = bus::BodyFormat::node_json;
    EXPECT_EQ(verdict(mixed), "json_malformed");
    mixed = pending_json("dynamic_fee");
    mixed.format = bus::BodyFormat::raw_rlp;
    EXPECT_EQ(verdict(mixed), "unknown_type");
}

TEST(Decoder, ServesOnAfterAFailure) {
    Decoder decoder;
    auto broken = pending_json("dynamic_fee");
    broken.body.resize(broken.body.size() / 2);
    EXPECT_FALSE(decoder.decode(broken));
    EXPECT_TRUE(decoder.decode(pending_json("dynamic_fee")));
}

TEST(EventOf, RecordsWhatWasDecoded) {
    Decoder decoder;
    const auto tx = decoder.decode(pending_json("access_list"));
    ASSERT_TRUE(tx);
    const auto event = event_of(*tx);
    EXPECT_EQ(event.hash, tx->hash);
    EXPECT_EQ(event.sender, tx->sender);
    EXPECT_EQ(event.tx_type, eth::TxType::access_list);
    EXPECT_EQ(event.nonce, 3u);
    EXPECT_EQ(event.to, tx->to);
    EXPECT_EQ(event.value, eth::U256(1));
    EXPECT_EQ(event.calldata_len, 4u);
    EXPECT_EQ(event.raw_tx_len, tx->raw.size());
    ASSERT_TRUE(event.selector);
    EXPECT_EQ(to_hex(event.selector->view()), "0xa9059cbb");
    EXPECT_EQ(event.first_seen_mono_ns, eth::MonoNs{42});
}

TEST(EventOf, HasNoSelectorWhereNothingIsCalled) {
    Decoder decoder;
    for (const auto* name : {"legacy_unprotected", "legacy_create", "dynamic_fee"}) {
        const auto tx = decoder.decode(pending_json(name));
        ASSERT_TRUE(tx);
        EXPECT_FALSE(event_of(*tx).selector) << name;
    }
}

} // namespace
} // namespace viz::decode
