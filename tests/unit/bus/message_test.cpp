#include "bus/message.hpp"

#include <set>

#include <gtest/gtest.h>

namespace viz::bus {
namespace {

TEST(Message, TopicIsStreamKindAndChain) {
    EXPECT_EQ(make_topic(Stream::tx, "decoded", ChainId{1}), "tx.decoded.1");
    const auto parts = split_topic("events.TxSeen.8453");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->stream, "events");
    EXPECT_EQ(parts->kind, "TxSeen");
    EXPECT_EQ(parts->chain_id, "8453");
    EXPECT_FALSE(split_topic("events"));
    EXPECT_FALSE(split_topic("events.TxSeen"));
}

TEST(Message, HeaderSurvivesTheWire) {
    Header header{.sequence = 7, .wall_unix_ns = 123456789, .mono_ns = -5};
    std::copy_n("decode.0", 8, header.producer.begin());
    const auto back = decode_header(encode_header(header));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->schema_version, kSchemaVersion);
    EXPECT_EQ(back->producer_name(), "decode.0");
    EXPECT_EQ(back->sequence, 7u);
    EXPECT_EQ(back->wall_unix_ns, 123456789);
    EXPECT_EQ(back->mono_ns, -5);
}

TEST(Message, HeaderOfAnotherSizeIsRefused) {
    const std::array<std::uint8_t, kHeaderSize - 1> shorter{};
    const std::array<std::uint8_t, kHeaderSize + 1> longer{};
    EXPECT_FALSE(decode_header(shorter));
    EXPECT_FALSE(decode_header(longer));
}

TEST(Topology, EveryStreamHasItsOwnNameAndEndpoint) {
    std::set<std::string> names;
    const EndpointTable table;
    for (const auto& spec : kTopology) {
        names.insert(std::string(spec.name));
        EXPECT_EQ(stream_from_string(spec.name), spec.stream);
        EXPECT_EQ(table.of(spec.stream).address, "inproc://viz." + std::string(spec.name));
        EXPECT_GT(spec.high_water_mark, 0) << "every queue has a bound";
    }
    EXPECT_EQ(names.size(), kStreamCount);
    EXPECT_FALSE(stream_from_string("nonsense"));
}

} // namespace
} // namespace viz::bus
