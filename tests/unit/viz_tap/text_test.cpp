#include "tools/viz_tap/text.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/support/opportunity_samples.hpp"

namespace viz::tap {
namespace {

using nlohmann::json;
using test::address_of;
using test::hash_of;
using testing::HasSubstr;

const bus::Header kHeader{.producer = {'d', '.', '0'},
                          .sequence = 17,
                          .wall_unix_ns = 1'700'000'000'123'456'000,
                          .mono_ns = 5};

// One of each, with the topic it travels under.
std::vector<std::pair<std::string, bus::AnyMessage>> one_of_each() {
    return {
        {"pending.tx.1", bus::PendingTx{.source_id = "a\"b",
                                        .announced_hash = hash_of(1),
                                        .body = {'{', '"', 0xff, '}'}}},
        {"tx.decoded.1", bus::DecodedTx{.hash = hash_of(1), .calldata = {1, 2}, .raw = {3}}},
        {"chain.head.1", bus::Head{.hash = hash_of(2), .transactions = {{.hash = hash_of(1)}, {}}}},
        {"chain.reorg.1", bus::Reorg{.reverted_blocks = {hash_of(3), hash_of(4)}}},
        {"chain.status.1", bus::EndpointStatus{.chain_key = "x", .last_error = "broken"}},
        {"chain.nonce.1", bus::AccountNonce{.address = address_of(1), .nonce = 4}},
        {"chain.presence.1", bus::TxPresence{.hash = hash_of(1)}},
        {"query.ask.1", bus::ChainQuery{.addresses = {address_of(1), address_of(2)}}},
        {"query.refused.1", bus::BodyRefused{.hash = hash_of(1), .source_id = "a"}},
        {"feature.labelled.1", bus::Feature{.hash = hash_of(1), .reasons = {"one", "two"}}},
        {"candidate.found.31337", test::sample_candidate()},
        {"simulated.done.31337", test::sample_simulated()},
        {"verdict.lost.1", test::sample_verdict()},
        {"events.TxSeen.1", bus::Envelope{.seq_id = 3, .data = bus::TxSeen{.hash = hash_of(1)}}},
        {"tap.report.0", bus::TapReport{.streams = {{.name = "tx"}, {.name = "chain"}}}},
    };
}

TEST(TapText, EveryMessageIsAJsonLineWithItsHeader) {
    ASSERT_EQ(one_of_each().size(), std::variant_size_v<bus::AnyMessage>);
    for (const auto& [topic, message] : one_of_each()) {
        const auto text = bus::to_json(topic, kHeader, message);
        EXPECT_EQ(text.find('\n'), std::string::npos) << topic;
        const auto line = json::parse(text);
        const auto parts = bus::split_topic(topic);
        EXPECT_EQ(line.at("stream"), parts->stream);
        EXPECT_EQ(line.at("kind"), parts->kind);
        EXPECT_TRUE(line.at("chain_id").is_number());
        EXPECT_EQ(line.at("producer"), "d.0");
        EXPECT_EQ(line.at("sequence"), 17);
        EXPECT_TRUE(line.at("message").is_object()) << topic;
    }
}

TEST(TapText, AnyMessageIsKnownByItsTopic) {
    const auto tx = bus::encode(bus::DecodedTx{.hash = hash_of(7)});
    const auto back = bus::decode_any("tx.decoded.5", tx);
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<bus::DecodedTx>(*back).hash, hash_of(7));
    EXPECT_FALSE(bus::decode_any("tx.other.5", tx));
    EXPECT_FALSE(bus::decode_any("tx", tx));
    EXPECT_FALSE(bus::decode_any("tx.decoded.5", bus::Payload{1, 2, 3}));
    const auto event = bus::encode(test::seen(4));
    EXPECT_TRUE(std::holds_alternative<bus::Envelope>(*bus::decode_any("journal.TxSeen.1", event)));
    EXPECT_TRUE(std::holds_alternative<bus::Envelope>(*bus::decode_any("events.TxSeen.1", event)));
}

TEST(TapText, CandidatesAreFoundByWhatTheyAreAbout) {
    const bus::AnyMessage candidate = test::sample_candidate();
    const bus::AnyMessage simulated = test::sample_simulated();
    for (const auto& message : {candidate, simulated}) {
        EXPECT_TRUE(bus::concerns(message, hash_of(1))) << "its own id";
        EXPECT_TRUE(bus::concerns(message, hash_of(4))) << "a member";
        EXPECT_FALSE(bus::concerns(message, hash_of(5)));
        EXPECT_TRUE(bus::concerns(message, address_of(5))) << "a member's sender";
        EXPECT_FALSE(bus::concerns(message, address_of(4)));
    }
    EXPECT_TRUE(bus::concerns(simulated, hash_of(40))) << "the simulation's id";
    const auto line = json::parse(bus::to_json("simulated.done.31337", kHeader, simulated));
    EXPECT_EQ(line.at("message").at("net_wei"), "-35");
}

TEST(TapText, AVerdictIsFoundByBothTransactionsThatItIsAbout) {
    const bus::AnyMessage verdict = test::sample_verdict();
    EXPECT_TRUE(bus::concerns(verdict, hash_of(4)));
    EXPECT_TRUE(bus::concerns(verdict, hash_of(70)));
    EXPECT_FALSE(bus::concerns(verdict, hash_of(5)));
    EXPECT_THAT(pretty("verdict.lost.1", kHeader, verdict), HasSubstr("replaced: speed_up, by 0x"));
}

TEST(TapText, PeopleReadOneLineAMessage) {
    for (const auto& [topic, message] : one_of_each()) {
        const auto line = pretty(topic, kHeader, message);
        EXPECT_THAT(line, HasSubstr("22:13:20.123456")) << topic;
        EXPECT_THAT(line, HasSubstr("d.0#17")) << topic;
        EXPECT_EQ(line.find('\n'), std::string::npos) << topic;
    }
}

TEST(TapText, StreamsAreListedWithRatesDropsAndQueues) {
    const bus::TapReport before{
        .streams = {{.name = "tx", .sent = 100}, {.name = "journal", .sent = 5}}};
    const bus::TapReport now{
        .streams = {{.name = "tx", .sent = 300, .dropped = 4},
                    {.name = "journal", .sent = 5, .depth = 7, .capacity = 65536}},
        .tap_lost = 2};
    const auto table = stream_table(before, now, 2);
    EXPECT_THAT(table, HasSubstr("100.0"));
    EXPECT_THAT(table, HasSubstr("7 of 65536"));
    EXPECT_THAT(table, HasSubstr("2 copies lost"));
    const auto first =
        json::parse(stream_json(before, now, 2).substr(0, stream_json(before, now, 2).find('\n')));
    EXPECT_EQ(first.at("stream"), "tx");
    EXPECT_EQ(first.at("per_second"), 100.0);
    EXPECT_EQ(first.at("dropped"), 4);
}

TEST(TapText, RatesAreJsonToo) {
    RateBook book;
    book.note("tx.decoded.1", kHeader, 50, 1, bus::DecodedTx{});
    const auto line = json::parse(rate_json(book.take(), 2));
    EXPECT_EQ(line.at("streams").at(0).at("messages"), 1);
    EXPECT_EQ(line.at("latency").size(), 5u);
}

} // namespace
} // namespace viz::tap
