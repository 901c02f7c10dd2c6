// The shell over a real bus: what comes in by tx and chain leaves by query, verdict and journal.
#include "components/lifecycle/component.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "tests/support/fake_clock.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using bus::Stream;
using ::testing::ElementsAre;

class LifecycleOnTheBus : public ::testing::Test {
  protected:
    LifecycleOnTheBus() : component(ports, clock, metrics, {}) {
        thread = std::jthread([this](std::stop_token stop) { component.run(stop); });
    }
    // Journalled events until there are `n`, as words.
    std::vector<std::string> recorded(std::size_t n) {
        std::vector<std::string> lines;
        bus::Received received;
        eventually([&] {
            while (journal_in.try_receive(received)) {
                auto entry = bus::decode<bus::Envelope>(received.payload());
                if (!entry) continue;
                EXPECT_EQ(entry->seq_id, 0u);
                EXPECT_EQ(entry->source_id, "lifecycle");
                EXPECT_EQ(entry->chain_id, kChain);
                lines.push_back(describe(entry->data));
            }
            return lines.size() >= n;
        });
        return lines;
    }
    std::optional<bus::ChainQuery> question() {
        bus::Received received;
        if (!eventually([&] { return query_in.receiver().try_receive(received); })) return {};
        auto message = query_in.decode(received);
        return message ? std::optional(std::get<bus::ChainQuery>(*message)) : std::nullopt;
    }

    FakeClock clock;
    bus::Metrics metrics;
    bus::Bus bus_{metrics, clock};
    bus::Receiver journal_in{bus_.receiver(Stream::journal)};
    bus::QueryIn query_in{bus_.receiver(Stream::query)};
    lifecycle::Ports ports{.tx = bus::TxIn(bus_.receiver(Stream::tx)),
                           .chain = bus::ChainIn(bus_.receiver(Stream::chain)),
                           .query = bus::QueryOut(bus_.sender(Stream::query, "lifecycle")),
                           .verdict = bus::VerdictOut(bus_.sender(Stream::verdict, "lifecycle")),
                           .journal = bus::JournalOut(bus_.sender(Stream::journal, "lifecycle"),
                                                      "lifecycle", metrics)};
    bus::VerdictIn verdict_in{bus_.receiver(Stream::verdict)};
    bus::TxOut tx_out{bus_.sender(Stream::tx, "decode")};
    bus::ChainOut chain_out{bus_.sender(Stream::chain, "ingest")};
    lifecycle::LifecycleComponent component;
    std::jthread thread;
};

TEST_F(LifecycleOnTheBus, AsksTheNodeAndRecordsALifeFromReadyToConfirmed) {
    tx_out.send(make_tx({.id = 1, .nonce = 4}));
    const auto asked = question();
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->kind, bus::QueryKind::account_nonce);
    EXPECT_THAT(asked->addresses, ElementsAre(address_of(1)));

    chain_out.send(bus::AccountNonce{
        .chain_id = kChain, .address = address_of(1), .nonce = 4, .at_block = eth::BlockNumber{1}});
    EXPECT_THAT(recorded(1), ElementsAre("ready 1 next_nonce"));

    chain_out.send(Scene::head(2, {{.id = 1, .sender = 1, .nonce = 4}}, 0, 0));
    EXPECT_THAT(recorded(2), ElementsAre("block 2", "confirmed 1 in 2"));

    EXPECT_TRUE(eventually([&] {
        return metrics.text().find("viz_api_lifecycle_transactions{chain_id=\"31337\",status="
                                   "\"confirmed_provisional\"} 1") != std::string::npos;
    }));
}

TEST_F(LifecycleOnTheBus, PublishesAReplacementThatItRecords) {
    chain_out.send(bus::AccountNonce{
        .chain_id = kChain, .address = address_of(1), .nonce = 4, .at_block = eth::BlockNumber{1}});
    tx_out.send(make_tx({.id = 1, .nonce = 4}));
    tx_out.send(make_tx({.id = 2, .nonce = 4, .max_fee = 200, .priority_fee = 20}));
    bus::Received received;
    ASSERT_TRUE(eventually([&] { return verdict_in.receiver().try_receive(received); }));
    const auto message = verdict_in.decode(received);
    ASSERT_TRUE(message);
    const auto& verdict = std::get<bus::Verdict>(*message);
    EXPECT_EQ(verdict.chain_id, kChain);
    EXPECT_EQ(verdict.hash, hash_of(1));
    EXPECT_TRUE(verdict.replaced);
    EXPECT_EQ(verdict.by, hash_of(2));
    EXPECT_FALSE(verdict_in.receiver().try_receive(received));
}

} // namespace
} // namespace viz::test
