// The shell over a real bus: a transaction in, its label out and on record.
#include "components/features/component.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "components/eth/hex.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {
namespace {

using bus::Stream;

TEST(FeaturesOnTheBus, PublishesAndRecordsALabelPerTransaction) {
    FakeClock clock;
    bus::Metrics metrics;
    bus::Bus bus(metrics, clock);
    bus::Receiver journal_in(bus.receiver(Stream::journal));
    features::Ports ports{
        .tx = bus::TxIn(bus.receiver(Stream::tx)),
        .chain = bus::ChainIn(bus.receiver(Stream::chain)),
        .feature = bus::FeatureOut(bus.sender(Stream::feature, "features")),
        .journal = bus::JournalOut(bus.sender(Stream::journal, "features"), "features", metrics)};
    bus::FeatureIn feature_in(bus.receiver(Stream::feature));
    bus::TxOut tx_out(bus.sender(Stream::tx, "decode"));
    const auto registry =
        std::make_shared<features::RegistrySlot>(features::ProtocolRegistry::built_in());
    features::FeaturesComponent component(ports, clock, metrics, registry);
    std::jthread thread([&](std::stop_token stop) { component.run(stop); });

    bus::DecodedTx tx;
    tx.chain_id = eth::ChainId{1};
    tx.hash = hash_of(7);
    tx.to = address_of(1);
    tx.raw = {1};
    ASSERT_EQ(tx_out.send(tx), bus::SendStatus::sent);

    bus::Received received;
    ASSERT_TRUE(eventually([&] { return feature_in.receiver().try_receive(received); }));
    const auto published = feature_in.decode(received);
    ASSERT_TRUE(published);
    EXPECT_EQ(std::get<bus::Feature>(*published).hash, hash_of(7));
    EXPECT_EQ(std::get<bus::Feature>(*published).category, "transfer");

    ASSERT_TRUE(eventually([&] { return journal_in.try_receive(received); }));
    const auto recorded = bus::decode<bus::Envelope>(received.payload());
    ASSERT_TRUE(recorded);
    EXPECT_EQ(std::get<bus::Feature>(recorded->data).hash, hash_of(7));
    EXPECT_EQ(recorded->source_id, "features");

    // Another registry takes effect with the next transaction.
    registry->replace(*features::ProtocolRegistry::parse(
        R"j({"schema":2,"chains":{"1":"mainnet"},"protocols":[{"name":"ours","category":"bridge",
            "contracts":[{"name":"c","source":"us","addresses":{"1":[")j" +
        eth::to_hex(address_of(1).view()) + R"j("]}}]}]})j"));
    ASSERT_EQ(tx_out.send(tx), bus::SendStatus::sent);
    ASSERT_TRUE(eventually([&] { return feature_in.receiver().try_receive(received); }));
    const auto again = feature_in.decode(received);
    ASSERT_TRUE(again);
    EXPECT_EQ(std::get<bus::Feature>(*again).protocol, "ours");
    EXPECT_EQ(std::get<bus::Feature>(*again).category, "bridge");
}

} // namespace
} // namespace viz::test
