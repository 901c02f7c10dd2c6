#include "bus/codec.hpp"

#include <gtest/gtest.h>

#include "tests/support/opportunity_samples.hpp"

namespace viz::bus {
namespace {

using test::address_of;
using test::hash_of;

const Wei kBig = [] {
    Wei wei;
    wei.limbs = {1, 2, 3, 0x8000000000000000};
    return wei;
}();

// Encoding what was decoded gives the same bytes: every field took part.
template <class T> T round_trip(const T& message) {
    const auto bytes = encode(message);
    const auto back = decode<T>(bytes);
    EXPECT_TRUE(back);
    if (!back) return T{};
    EXPECT_EQ(encode(*back), bytes);
    return *back;
}

Envelope envelope(EventData data) {
    return Envelope{.ingest_ts_unix_ms = UnixMs{1'700'000'000'123},
                    .ingest_ts_mono_ns = MonoNs{77},
                    .source_id = "anvil",
                    .chain_id = ChainId{31337},
                    .data = std::move(data)};
}

std::vector<EventData> one_of_each() {
    return {
        TxSeen{.hash = hash_of(1), .backfilled = true},
        TxFetched{.hash = hash_of(2), .body_bytes = 300},
        TxDecoded{.hash = hash_of(3),
                  .sender = address_of(1),
                  .tx_type = TxType::blob,
                  .nonce = 9,
                  .to = address_of(2),
                  .value = kBig,
                  .gas_limit = Gas{21000},
                  .max_fee_per_gas = kBig,
                  .max_priority_fee_per_gas = Wei(5),
                  .max_fee_per_blob_gas = Wei(6),
                  .blob_count = 2,
                  .calldata_len = 68,
                  .raw_tx_len = 180,
                  .selector = Selector{{{0xa9, 5, 0x9c, 0xbb}}},
                  .first_seen_unix_ms = UnixMs{11},
                  .first_seen_mono_ns = MonoNs{12}},
        TxReady{hash_of(4), address_of(1), 9, "next_nonce"},
        TxBlocked{hash_of(5), address_of(1), 11, 10, "nonce_gap"},
        TxReplaced{hash_of(6), address_of(1), 9, hash_of(7), 1250, "speed_up"},
        TxDropped{hash_of(8), address_of(1), 9, "nonce_used", hash_of(9)},
        TxConfirmedProvisional{hash_of(10), address_of(1), 9, BlockNumber{100}, hash_of(11),
                               1'700'000'000, -12},
        TxConfirmedFinal{hash_of(12), BlockNumber{100}, hash_of(11)},
        TxReorged{hash_of(13), BlockNumber{100}, hash_of(11), 3},
        Feature{.hash = hash_of(14),
                .chain_id = ChainId{1},
                .protocol = "uniswap-v2",
                .category = "swap",
                .mev_score = 80,
                .urgency_score = 20,
                .method_selector = Selector{},
                .engine_version = "v",
                .reasons = {"a", "b"},
                .actions = {{.type = "swap",
                             .fields = {{.name = "amount", .values = {"5"}},
                                        {.name = "path", .is_list = true, .values = {"0x1", "0x2"}},
                                        {.name = "deadline",
                                         .kind = ActionField::Kind::number,
                                         .values = {"17"}},
                                        {.name = "native_in",
                                         .kind = ActionField::Kind::boolean,
                                         .values = {"true"}}}},
                            {.type = "cancel", .fields = {}}}},
        BlockRecord{.number = BlockNumber{100},
                    .hash = hash_of(11),
                    .parent_hash = hash_of(15),
                    .timestamp_s = 1'700'000'000,
                    .base_fee = Wei(7),
                    .gas_used = Gas{1},
                    .gas_limit = Gas{2},
                    .tx_count = 3,
                    .canonical = false},
        SimDispatched{hash_of(16), hash_of(17), hash_of(18), BlockNumber{100}, hash_of(11)},
        SimCompleted{.hash = hash_of(16),
                     .sim_id = hash_of(17),
                     .candidate_id = {},
                     .success = false,
                     .fail_category = "revert",
                     .revert_reason = "Error: no",
                     .gas_used = Gas{21'000},
                     .coinbase_payment = Wei(9),
                     .log_count = 2,
                     .block_number = BlockNumber{100},
                     .block_hash = hash_of(11),
                     .state_age_ms = 40,
                     .duration_us = 300,
                     .rounds = 3,
                     .flags = {"nonce_ahead", "reads_timestamp"},
                     .profit = test::sample_profit()},
        test::sample_queued(),
        test::sample_opportunity(),
        test::sample_decision(),
        test::sample_submission(),
        test::sample_outcome(),
        test::sample_parity(),
        test::sample_exposure(),
        test::sample_case(),
        Damaged{"checksum_mismatch"},
    };
}

TEST(Codec, EveryEventSurvivesTheWire) {
    ASSERT_EQ(one_of_each().size(), std::variant_size_v<EventData>);
    for (const auto& data : one_of_each()) {
        const auto back = round_trip(envelope(data));
        EXPECT_EQ(back.data.index(), data.index());
        EXPECT_EQ(hash_of(back.data), hash_of(data));
        EXPECT_EQ(back.source_id, "anvil");
        EXPECT_EQ(back.chain_id.value, 31337u);
        EXPECT_EQ(back.ingest_ts_unix_ms.value, 1'700'000'000'123);
    }
}

TEST(Codec, ReportsOfOpportunitiesKeepEachField) {
    const auto expect_kept = [](const auto& event) {
        using Event = std::decay_t<decltype(event)>;
        EXPECT_EQ(std::get<Event>(round_trip(envelope(event)).data), event);
        EXPECT_EQ(std::get<Event>(round_trip(envelope(Event{})).data), Event{});
    };
    const auto simulated = test::sample_simulated();
    expect_kept(simulated.completed);
    expect_kept(SimDispatched{hash_of(16), hash_of(17), hash_of(18), BlockNumber{1}, hash_of(11)});
    expect_kept(test::sample_queued());
    expect_kept(test::sample_opportunity());
    expect_kept(test::sample_decision());
    expect_kept(test::sample_submission());
    expect_kept(test::sample_outcome());
    expect_kept(test::sample_parity());
    expect_kept(test::sample_exposure());
    expect_kept(test::sample_dearer_exposure());
    expect_kept(test::sample_case());
    EXPECT_EQ(round_trip(simulated), simulated);
    EXPECT_EQ(round_trip(simulated.candidate), simulated.candidate);
}

// Wherever in the message the empty list comes to lie.
TEST(Codec, ACandidateThatTouchesNoSlotIsKept) {
    auto simulated = test::sample_simulated();
    simulated.candidate.reads.clear();
    simulated.candidate.writes.clear();
    for (std::size_t size = 0; size < 16; ++size) {
        simulated.candidate.members[0].raw.assign(size, 1);
        EXPECT_EQ(round_trip(simulated), simulated) << size;
    }
}

TEST(Codec, AVerdictIsKept) {
    auto verdict = test::sample_verdict();
    EXPECT_EQ(round_trip(verdict), verdict);
    verdict.by.reset();
    EXPECT_EQ(round_trip(verdict), verdict);
}

TEST(Codec, ACandidateWhoseStepsStandForNothingIsRefused) {
    const auto refused = [](const Candidate& candidate) {
        const auto bytes = encode(candidate);
        return !decode<Candidate>(bytes) &&
               !decode<Simulated>(encode(Simulated{candidate.chain_id, candidate, {}}));
    };
    auto candidate = test::sample_candidate();
    EXPECT_FALSE(refused(candidate));
    candidate.steps[1].member = 1; // of one
    EXPECT_TRUE(refused(candidate));
    candidate = test::sample_candidate();
    candidate.steps[0].legs.clear();
    EXPECT_TRUE(refused(candidate));
    candidate = test::sample_candidate();
    candidate.steps[0].legs[0].fee_denominator = 0;
    EXPECT_TRUE(refused(candidate));
    candidate = test::sample_candidate();
    candidate.steps[0].legs[0].fee_numerator = 10'001; // of 10,000
    EXPECT_TRUE(refused(candidate));
    candidate = test::sample_candidate();
    candidate.wei_denominator = Wei{};
    EXPECT_TRUE(refused(candidate));
}

TEST(Codec, AbsentFieldsStayAbsent) {
    const auto decoded = std::get<TxDecoded>(
        round_trip(envelope(TxDecoded{.hash = hash_of(1), .sender = address_of(1)})).data);
    EXPECT_FALSE(decoded.to);
    EXPECT_FALSE(decoded.max_fee_per_blob_gas);
    EXPECT_FALSE(decoded.selector);
    const auto dropped = std::get<TxDropped>(round_trip(envelope(TxDropped{})).data);
    EXPECT_FALSE(dropped.by);
    const auto confirmed =
        std::get<TxConfirmedProvisional>(round_trip(envelope(TxConfirmedProvisional{})).data);
    EXPECT_FALSE(confirmed.inclusion_delay_ms);
}

TEST(Codec, StreamMessagesSurviveTheWire) {
    const auto pending = round_trip(PendingTx{.chain_id = ChainId{1},
                                              .source_id = "a",
                                              .announced_hash = hash_of(1),
                                              .first_seen_unix_ms = UnixMs{3},
                                              .first_seen_mono_ns = MonoNs{4},
                                              .backfilled = true,
                                              .format = BodyFormat::raw_rlp,
                                              .body = {1, 2, 3}});
    EXPECT_EQ(pending.body, (Bytes{1, 2, 3}));
    const auto tx = round_trip(DecodedTx{.chain_id = ChainId{1},
                                         .hash = hash_of(1),
                                         .sender = address_of(1),
                                         .type = TxType::set_code,
                                         .to = address_of(2),
                                         .value = kBig,
                                         .calldata = {9, 9},
                                         .raw = {4, 5}});
    EXPECT_EQ(tx.value, kBig);
    EXPECT_EQ(tx.to, address_of(2));
    const auto head =
        round_trip(Head{.chain_id = ChainId{1},
                        .number = BlockNumber{5},
                        .hash = hash_of(1),
                        .parent_hash = hash_of(2),
                        .timestamp_s = 6,
                        .base_fee = kBig,
                        .gas_used = Gas{7},
                        .gas_limit = Gas{8},
                        .first = true,
                        .catch_up = true,
                        .transactions = {{hash_of(3), address_of(3), 1, {{address_of(4), 2}}},
                                         {hash_of(4), address_of(5), 2, {}}}});
    ASSERT_EQ(head.transactions.size(), 2u);
    EXPECT_EQ(head.transactions[0].authorities.at(0).address, address_of(4));
    const auto reorg = round_trip(Reorg{.chain_id = ChainId{1},
                                        .ancestor_number = BlockNumber{4},
                                        .ancestor_hash = hash_of(2),
                                        .depth = 2,
                                        .reverted_blocks = {hash_of(5), hash_of(6)}});
    EXPECT_EQ(reorg.reverted_blocks.at(1), hash_of(6));
    round_trip(EndpointStatus{.chain_key = "k",
                              .chain_id = ChainId{1},
                              .source_id = "s",
                              .state = EndpointState::rotating,
                              .endpoint_index = 1,
                              .endpoint_count = 2,
                              .ws_url = "ws://h",
                              .http_url = "http://h",
                              .last_pending_unix_ms = UnixMs{5},
                              .updated_unix_ms = UnixMs{6},
                              .last_error = "e",
                              .rotation_count = 7,
                              .disconnect_count = 8,
                              .clock_skew_ms = -9,
                              .blind_ms_total = 10});
    round_trip(AccountNonce{ChainId{1}, address_of(1), 5, BlockNumber{6}});
    round_trip(TxPresence{ChainId{1}, hash_of(1), Presence::mined, BlockNumber{6}, hash_of(2)});
    const auto query = round_trip(ChainQuery{.chain_id = ChainId{1},
                                             .kind = QueryKind::tx_presence,
                                             .addresses = {address_of(1)},
                                             .hashes = {hash_of(1), hash_of(2)}});
    EXPECT_EQ(query.hashes.size(), 2u);
    const auto refused = round_trip(BodyRefused{.chain_id = ChainId{1},
                                                .hash = hash_of(1),
                                                .source_id = "a",
                                                .reason = eth::DecodeError::hash_mismatch});
    EXPECT_EQ(refused.reason, eth::DecodeError::hash_mismatch);
    EXPECT_EQ(refused.source_id, "a");
    round_trip(std::get<Feature>(one_of_each()[10]));
}

TEST(Codec, NumbersAreWrittenInPlace) {
    auto bytes = encode(envelope(TxSeen{.hash = hash_of(1)}));
    const auto size = bytes.size();
    ASSERT_TRUE(number_envelope(bytes, 0xffff'ffff'ffff));
    EXPECT_EQ(bytes.size(), size);
    EXPECT_EQ(decode<Envelope>(bytes)->seq_id, 0xffff'ffff'ffffu);
    EXPECT_EQ(hash_of(decode<Envelope>(bytes)->data), hash_of(1));
}

TEST(Codec, TruncatedBytesAreRefused) {
    const auto whole = encode(envelope(one_of_each()[2]));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Payload part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const auto back = decode<Envelope>(part);
        if (back) {
            EXPECT_EQ(encode(*back), whole) << "only padding was cut";
        }
        (void)number_envelope(part, 1);
    }
}

TEST(Codec, EnumsOutOfRangeAreRefused) {
    auto pending = encode(PendingTx{.format = BodyFormat::raw_rlp, .body = {1}});
    EXPECT_TRUE(decode<PendingTx>(pending));
    EXPECT_FALSE(decode<PendingTx>(encode(PendingTx{.format = static_cast<BodyFormat>(9)})));
    EXPECT_FALSE(decode<TxPresence>(encode(TxPresence{.presence = static_cast<Presence>(9)})));
    EXPECT_FALSE(decode<Envelope>(encode(envelope(TxDecoded{.tx_type = static_cast<TxType>(9)}))));
}

TEST(Codec, UnalignedBytesDecode) {
    const auto bytes = encode(envelope(TxSeen{.hash = hash_of(1)}));
    Payload shifted(bytes.size() + 1);
    std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
    EXPECT_TRUE(decode<Envelope>(PayloadView(shifted).subspan(1)));
}

TEST(Events, NamesGoBothWaysIgnoringCase) {
    for (std::uint8_t n = 1; n <= 16; ++n) {
        const auto type = static_cast<EventType>(n);
        EXPECT_EQ(event_type_from_string(to_string(type)), type);
    }
    EXPECT_EQ(event_type_from_string("txseen"), EventType::tx_seen);
    EXPECT_EQ(event_type_from_string("TXDECODED"), EventType::tx_decoded);
    EXPECT_FALSE(event_type_from_string("FeatureRecord")) << "records are not events";
    EXPECT_FALSE(event_type_from_string(""));
}

} // namespace
} // namespace viz::bus
