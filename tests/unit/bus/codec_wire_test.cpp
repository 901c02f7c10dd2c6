// The wire form against bytes that are cut, foreign, or not where FlatBuffers wants them.
#include "bus/codec.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::bus {
namespace {

using test::address_of;
using test::hash_of;

Wei big_wei() {
    Wei wei;
    wei.limbs = {1, 2, 3, 0xffff'ffff'ffff'ffff};
    return wei;
}

// The messages have no comparison: what two encodings of equal values have in common is that they
// are the same bytes.
template <class T> void expect_round_trip(const T& message) {
    const auto bytes = encode(message);
    const auto back = decode<T>(bytes);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(encode(*back), bytes);
}

template <class T> void expect_refuses_broken(const T& message) {
    const auto bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const Payload cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        if (size + 8 >= bytes.size()) break; // may have taken away padding only
        EXPECT_FALSE(decode<T>(cut)) << size << " of " << bytes.size();
    }
    EXPECT_FALSE(decode<T>(Payload(64, 0xff)));
    EXPECT_FALSE(decode<T>(Payload(64, 0x00)));
    auto bad_root = bytes;
    bad_root[0] = 0xf0;
    bad_root[3] = 0x7f;
    EXPECT_FALSE(decode<T>(bad_root));
}

PendingTx pending() {
    return {.chain_id = ChainId{1},
            .source_id = "node-a",
            .announced_hash = hash_of(1),
            .first_seen_unix_ms = UnixMs{1'700'000'000'001},
            .first_seen_mono_ns = MonoNs{42},
            .backfilled = true,
            .format = BodyFormat::raw_rlp,
            .body = {1, 2, 3}};
}

DecodedTx decoded_full() {
    return {.chain_id = ChainId{8453},
            .source_id = "a-source-with-a-long-name",
            .hash = hash_of(2),
            .sender = address_of(3),
            .first_seen_unix_ms = UnixMs{5},
            .first_seen_mono_ns = MonoNs{6},
            .backfilled = true,
            .type = TxType::blob,
            .nonce = 7,
            .to = address_of(4),
            .value = big_wei(),
            .gas_limit = Gas{21000},
            .max_fee_per_gas = Wei{100},
            .max_priority_fee_per_gas = Wei{2},
            .max_fee_per_blob_gas = Wei{9},
            .blob_count = 6,
            .calldata = Bytes(1000, 0xab),
            .raw = Bytes(1200, 0xcd)};
}

Head head() {
    return {.chain_id = ChainId{1},
            .number = BlockNumber{19'000'000},
            .hash = hash_of(10),
            .parent_hash = hash_of(11),
            .timestamp_s = 1'700'000'000,
            .base_fee = Wei{7},
            .gas_used = Gas{1},
            .gas_limit = Gas{2},
            .first = true,
            .catch_up = true,
            .transactions = {
                {.hash = hash_of(12),
                 .sender = address_of(13),
                 .nonce = 14,
                 .authorities = {{address_of(15), 16}, {address_of(17), 18}}},
                {.hash = hash_of(19), .sender = address_of(20), .nonce = 0, .authorities = {}}}};
}

Reorg reorg() {
    return {.chain_id = ChainId{1},
            .ancestor_number = BlockNumber{5},
            .ancestor_hash = hash_of(5),
            .depth = 2,
            .reverted_blocks = {hash_of(7), hash_of(6)}};
}

EndpointStatus status() {
    return {.chain_key = "eth",
            .chain_id = ChainId{1},
            .source_id = "node-a",
            .state = EndpointState::rotating,
            .endpoint_index = 1,
            .endpoint_count = 2,
            .ws_url = "wss://node",
            .http_url = "https://node",
            .last_pending_unix_ms = UnixMs{1},
            .updated_unix_ms = UnixMs{2},
            .last_error = "timeout",
            .rotation_count = 3,
            .disconnect_count = 4,
            .clock_skew_ms = -5,
            .blind_ms_total = 6};
}

TxPresence presence() {
    return {.chain_id = ChainId{1},
            .hash = hash_of(1),
            .presence = Presence::mined,
            .block_number = BlockNumber{2},
            .block_hash = hash_of(3)};
}
ChainQuery query() {
    return {.chain_id = ChainId{1},
            .kind = QueryKind::tx_presence,
            .addresses = {address_of(1)},
            .hashes = {hash_of(2), hash_of(3)}};
}
Feature feature() {
    return {.hash = hash_of(1),
            .chain_id = ChainId{1},
            .protocol = "uniswap-v2",
            .category = "swap",
            .mev_score = 80,
            .urgency_score = 20,
            .method_selector = Selector{{{1, 2, 3, 4}}},
            .engine_version = "1",
            .reasons = {"a", ""}};
}

std::vector<EventData> every_event() {
    const TxDecoded decoded{.hash = hash_of(1),
                            .sender = address_of(2),
                            .tx_type = TxType::set_code,
                            .nonce = 3,
                            .to = address_of(4),
                            .value = big_wei(),
                            .gas_limit = Gas{5},
                            .max_fee_per_gas = Wei{6},
                            .max_priority_fee_per_gas = Wei{7},
                            .max_fee_per_blob_gas = Wei{8},
                            .blob_count = 9,
                            .calldata_len = 10,
                            .raw_tx_len = 11,
                            .selector = Selector{{{1, 2, 3, 4}}},
                            .first_seen_unix_ms = UnixMs{12},
                            .first_seen_mono_ns = MonoNs{13}};
    TxDecoded creation = decoded;
    creation.tx_type = TxType::legacy;
    creation.to.reset();
    creation.max_fee_per_blob_gas.reset();
    creation.selector.reset();
    TxConfirmedProvisional confirmed{.hash = hash_of(1),
                                     .sender = address_of(2),
                                     .nonce = 3,
                                     .block_number = BlockNumber{4},
                                     .block_hash = hash_of(5),
                                     .block_timestamp_s = 6,
                                     .inclusion_delay_ms = -7};
    auto confirmed_unseen = confirmed;
    confirmed_unseen.inclusion_delay_ms.reset();
    Feature bare = feature();
    bare.method_selector.reset();
    bare.reasons.clear();
    return {TxSeen{hash_of(1), true},
            TxFetched{hash_of(1), 2},
            decoded,
            creation,
            TxReady{hash_of(1), address_of(2), 3, "next_nonce"},
            TxBlocked{hash_of(1), address_of(2), 3, 1, "nonce_gap"},
            TxReplaced{hash_of(1), address_of(2), 3, hash_of(4), 1000, "speed_up"},
            TxDropped{hash_of(1), address_of(2), 3, "nonce_used", hash_of(4)},
            TxDropped{hash_of(1), address_of(2), 3, "absent_from_pool", std::nullopt},
            confirmed,
            confirmed_unseen,
            TxConfirmedFinal{hash_of(1), BlockNumber{2}, hash_of(3)},
            TxReorged{hash_of(1), BlockNumber{2}, hash_of(3), 4},
            feature(),
            bare,
            BlockRecord{.number = BlockNumber{1},
                        .hash = hash_of(2),
                        .parent_hash = hash_of(3),
                        .timestamp_s = 4,
                        .base_fee = Wei{5},
                        .gas_used = Gas{6},
                        .gas_limit = Gas{7},
                        .tx_count = 8,
                        .canonical = false}};
}

Envelope envelope(EventData data) {
    return {.seq_id = 0,
            .ingest_ts_unix_ms = UnixMs{1'700'000'000'123},
            .ingest_ts_mono_ns = MonoNs{99},
            .source_id = "node-a",
            .chain_id = ChainId{1},
            .data = std::move(data)};
}

TEST(CodecWire, RoundTripsMessagesOfNothingButDefaults) {
    expect_round_trip(PendingTx{});
    expect_round_trip(DecodedTx{});
    expect_round_trip(Head{});
    expect_round_trip(Reorg{});
    expect_round_trip(EndpointStatus{});
    expect_round_trip(AccountNonce{});
    expect_round_trip(TxPresence{});
    expect_round_trip(ChainQuery{});
    expect_round_trip(BodyRefused{});
    expect_round_trip(Verdict{});
    expect_round_trip(Feature{});
    expect_round_trip(Envelope{});
}

TEST(CodecWire, KeepsEachFieldOfADecodedTransaction) {
    const auto sent = decoded_full();
    const auto got = decode<DecodedTx>(encode(sent));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->chain_id, sent.chain_id);
    EXPECT_EQ(got->source_id, sent.source_id);
    EXPECT_EQ(got->hash, sent.hash);
    EXPECT_EQ(got->sender, sent.sender);
    EXPECT_EQ(got->first_seen_unix_ms, sent.first_seen_unix_ms);
    EXPECT_EQ(got->first_seen_mono_ns, sent.first_seen_mono_ns);
    EXPECT_EQ(got->backfilled, sent.backfilled);
    EXPECT_EQ(got->type, sent.type);
    EXPECT_EQ(got->nonce, sent.nonce);
    EXPECT_EQ(got->to, sent.to);
    EXPECT_EQ(got->value, sent.value);
    EXPECT_EQ(got->gas_limit, sent.gas_limit);
    EXPECT_EQ(got->max_fee_per_gas, sent.max_fee_per_gas);
    EXPECT_EQ(got->max_priority_fee_per_gas, sent.max_priority_fee_per_gas);
    EXPECT_EQ(got->max_fee_per_blob_gas, sent.max_fee_per_blob_gas);
    EXPECT_EQ(got->blob_count, sent.blob_count);
    EXPECT_EQ(got->calldata, sent.calldata);
    EXPECT_EQ(got->raw, sent.raw);
}

TEST(CodecWire, KeepsAbsentApartFromZero) {
    auto tx = decoded_full();
    tx.to = Address{};
    tx.max_fee_per_blob_gas = Wei{};
    auto got = decode<DecodedTx>(encode(tx));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->to, Address{});
    EXPECT_EQ(got->max_fee_per_blob_gas, Wei{});
    tx.to.reset();
    tx.max_fee_per_blob_gas.reset();
    got = decode<DecodedTx>(encode(tx));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->to, std::nullopt);
    EXPECT_EQ(got->max_fee_per_blob_gas, std::nullopt);

    TxConfirmedProvisional confirmed{};
    confirmed.inclusion_delay_ms = 0;
    const auto event = decode<Envelope>(encode(envelope(confirmed)));
    ASSERT_TRUE(event);
    EXPECT_EQ(std::get<TxConfirmedProvisional>(event->data).inclusion_delay_ms, 0);
}

TEST(CodecWire, RefusesTruncatedAndForeignBytes) {
    expect_refuses_broken(pending());
    expect_refuses_broken(decoded_full());
    expect_refuses_broken(head());
    expect_refuses_broken(reorg());
    expect_refuses_broken(status());
    expect_refuses_broken(presence());
    expect_refuses_broken(query());
    expect_refuses_broken(feature());
    for (const auto& data : every_event()) expect_refuses_broken(envelope(data));
}

TEST(CodecWire, ReadsBytesWhereverTheyStart) {
    const auto bytes = encode(envelope(every_event()[2]));
    for (std::size_t shift = 0; shift < 8; ++shift) {
        Payload room(bytes.size() + shift);
        std::ranges::copy(bytes, room.begin() + static_cast<std::ptrdiff_t>(shift));
        const std::span<std::uint8_t> shifted(room.data() + shift, bytes.size());
        ASSERT_TRUE(decode<Envelope>(shifted)) << shift;
        ASSERT_TRUE(number_envelope(shifted, 100 + shift)) << shift;
        EXPECT_EQ(decode<Envelope>(shifted)->seq_id, 100 + shift);
    }
}

TEST(NumberEnvelope, WritesTheNumberInPlaceAndNothingElse) {
    for (const auto& data : every_event()) {
        auto bytes = encode(envelope(data));
        ASSERT_TRUE(number_envelope(bytes, 0x0102'0304'0506'0708));
        auto numbered = envelope(data);
        numbered.seq_id = 0x0102'0304'0506'0708;
        EXPECT_EQ(bytes, encode(numbered));
        ASSERT_TRUE(number_envelope(bytes, 1)) << "renumbered after a failed commit";
        EXPECT_EQ(decode<Envelope>(bytes)->seq_id, 1U);
    }
}

TEST(NumberEnvelope, RefusesWhatIsNotAnEnvelope) {
    auto foreign = encode(pending());
    foreign.resize(foreign.size() / 2);
    EXPECT_FALSE(number_envelope(foreign, 1));
    Payload empty;
    EXPECT_FALSE(number_envelope(empty, 1));
}

} // namespace
} // namespace viz::bus
