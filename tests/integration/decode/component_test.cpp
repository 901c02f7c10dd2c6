// The shell over a real bus: what a node sent in, verified transactions and their record out,
// everything else counted by reason.
#include "components/decode/component.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "components/eth/hex.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/signed_transactions.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {
namespace {

using bus::Stream;
using eth::to_hex;
using ::testing::HasSubstr;

bus::PendingTx pending(const SignedTransaction& tx) {
    return {.chain_id = kDevChain,
            .source_id = "node-a",
            .announced_hash = tx.hash_bytes(),
            .first_seen_unix_ms = eth::UnixMs{1},
            .first_seen_mono_ns = eth::MonoNs{2},
            .format = bus::BodyFormat::raw_rlp,
            .body = tx.bytes()};
}

class DecodeOnTheBus : public ::testing::Test {
  protected:
    DecodeOnTheBus() : component(ports, clock, metrics) {
        thread = std::jthread([this](std::stop_token stop) { component.run(stop); });
    }
    std::optional<bus::DecodedTx> next_tx() {
        bus::Received received;
        if (!eventually([&] { return tx_in.receiver().try_receive(received); })) return {};
        EXPECT_EQ(received.topic(), "tx.decoded.31337");
        auto message = tx_in.decode(received);
        return message ? std::optional(std::get<bus::DecodedTx>(std::move(*message)))
                       : std::nullopt;
    }
    std::optional<bus::Envelope> next_record() {
        bus::Received received;
        if (!eventually([&] { return journal_in.try_receive(received); })) return {};
        return bus::decode<bus::Envelope>(received.payload());
    }

    FakeClock clock;
    bus::Metrics metrics;
    bus::Bus bus_{metrics, clock};
    bus::Receiver journal_in{bus_.receiver(Stream::journal)};
    bus::QueryIn refused_in{bus_.receiver(Stream::query)};
    decode::Ports ports{
        .pending = bus::PendingIn(bus_.receiver(Stream::pending)),
        .tx = bus::TxOut(bus_.sender(Stream::tx, "decode")),
        .refused = bus::QueryOut(bus_.sender(Stream::query, "decode")),
        .journal = bus::JournalOut(bus_.sender(Stream::journal, "decode"), "decode", metrics)};
    bus::TxIn tx_in{bus_.receiver(Stream::tx)};
    bus::PendingOut pending_out{bus_.sender(Stream::pending, "ingest")};
    decode::DecodeComponent component;
    std::jthread thread;
};

TEST_F(DecodeOnTheBus, PublishesAndRecordsWhatItVerified) {
    for (const auto& vector : kSigned) {
        ASSERT_EQ(pending_out.send(pending(vector)), bus::SendStatus::sent);
        const auto tx = next_tx();
        ASSERT_TRUE(tx) << vector.name;
        EXPECT_EQ(to_hex(tx->hash.view()), vector.hash);
        EXPECT_EQ(to_hex(tx->raw), vector.raw);
        const auto record = next_record();
        ASSERT_TRUE(record) << vector.name;
        EXPECT_EQ(record->seq_id, 0u);
        EXPECT_EQ(record->source_id, "node-a");
        EXPECT_EQ(record->chain_id, kDevChain);
        const auto& event = std::get<bus::TxDecoded>(record->data);
        EXPECT_EQ(event.hash, tx->hash);
        EXPECT_EQ(to_hex(event.sender.view()), kDevSender);
    }
    EXPECT_TRUE(eventually([&] {
        const auto text = metrics.text();
        return text.find("viz_api_ingest_decode_total 7") != std::string::npos &&
               text.find("viz_api_stage_duration_seconds_count{stage=\"decode\"} 7") !=
                   std::string::npos;
    })) << metrics.text();
}

TEST_F(DecodeOnTheBus, ReportsToIngestWhichSourceGaveARejectedBody) {
    auto wrong_hash = pending(signed_transaction("dynamic_fee"));
    wrong_hash.announced_hash.bytes[0] ^= 1;
    ASSERT_EQ(pending_out.send(wrong_hash), bus::SendStatus::sent);
    bus::Received received;
    ASSERT_TRUE(eventually([&] { return refused_in.receiver().try_receive(received); }));
    const auto message = refused_in.decode(received);
    ASSERT_TRUE(message);
    const auto& refused = std::get<bus::BodyRefused>(*message);
    EXPECT_EQ(refused.chain_id, kDevChain);
    EXPECT_EQ(refused.hash, wrong_hash.announced_hash);
    EXPECT_EQ(refused.source_id, "node-a");
    EXPECT_EQ(refused.reason, eth::DecodeError::hash_mismatch);
}

TEST_F(DecodeOnTheBus, CountsRejectedBodiesAndPassesNothingOn) {
    auto wrong_hash = pending(signed_transaction("dynamic_fee"));
    wrong_hash.announced_hash.bytes[0] ^= 1;
    auto cut_short = pending(signed_transaction("dynamic_fee"));
    cut_short.body.pop_back();
    ASSERT_EQ(pending_out.send(wrong_hash), bus::SendStatus::sent);
    ASSERT_EQ(pending_out.send(cut_short), bus::SendStatus::sent);
    ASSERT_EQ(pending_out.send(pending(signed_transaction("blob"))), bus::SendStatus::sent);

    const auto first = next_tx();
    ASSERT_TRUE(first);
    EXPECT_EQ(to_hex(first->hash.view()), signed_transaction("blob").hash);
    const auto record = next_record();
    ASSERT_TRUE(record);
    EXPECT_EQ(std::get<bus::TxDecoded>(record->data).hash, first->hash);

    const auto text = metrics.text();
    EXPECT_THAT(text, HasSubstr("viz_api_ingest_decode_fail_total 2"));
    EXPECT_THAT(text, HasSubstr("viz_api_decode_errors_total{reason=\"hash_mismatch\"} 1"));
    EXPECT_THAT(text, HasSubstr("viz_api_decode_errors_total{reason=\"rlp_malformed\"} 1"));
    EXPECT_THAT(text, HasSubstr("viz_api_decode_errors_total{reason=\"high_s\"} 0"));
    EXPECT_THAT(
        text,
        HasSubstr("viz_api_ingest_drops_total{component=\"decode\",reason=\"decode_fail\"} 2"));
}

} // namespace
} // namespace viz::test
