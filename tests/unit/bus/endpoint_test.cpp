#include "bus/endpoint.hpp"

#include <gtest/gtest.h>

namespace viz::bus {
namespace {

TEST(Endpoint, TakesTheThreeTransports) {
    std::string why;
    for (const char* text : {"inproc://viz.tx", "ipc:///run/viz/tx", "tcp://127.0.0.1:7000"})
        EXPECT_TRUE(parse_endpoint(text, why)) << text << ": " << why;
}

TEST(Endpoint, SaysWhatIsWrongWithOthers) {
    for (const char* text : {"", "tx", "udp://a:1", "inproc://", "tcp://host", "tcp://host:0",
                             "tcp://host:70000", "tcp://host:12x", "tcp://:7000"}) {
        std::string why;
        EXPECT_FALSE(parse_endpoint(text, why)) << text;
        EXPECT_FALSE(why.empty()) << text;
    }
}

TEST(Endpoint, GivesEachProducerItsOwnInstance) {
    EXPECT_EQ(Endpoint{"inproc://viz.tx"}.instance(0).address, "inproc://viz.tx");
    EXPECT_EQ(Endpoint{"inproc://viz.tx"}.instance(2).address, "inproc://viz.tx.2");
    EXPECT_EQ(Endpoint{"ipc:///run/tx"}.instance(1).address, "ipc:///run/tx.1");
    EXPECT_EQ(Endpoint{"tcp://127.0.0.1:7000"}.instance(3).address, "tcp://127.0.0.1:7003");
}

} // namespace
} // namespace viz::bus
