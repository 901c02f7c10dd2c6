#include "http/json.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace viz::http {
namespace {

TEST(JsonOut, PlacesCommasBetweenMembersAndElements) {
    std::string out;
    JsonOut json(out);
    json.begin_object();
    json.field("a", 1);
    json.key("b");
    json.begin_array();
    json.value(true);
    json.begin_object();
    json.end_object();
    json.value("x");
    json.null();
    json.end_array();
    json.field("c", std::optional<int>());
    json.end_object();
    EXPECT_EQ(out, R"({"a":1,"b":[true,{},"x",null],"c":null})");
}

TEST(JsonOut, WritesProtocolValues) {
    std::string out;
    JsonOut json(out);
    json.begin_array();
    json.value(eth::Selector{{{0xa9, 0x05, 0x9c, 0xbb}}});
    json.value(eth::U256{7});
    json.value(eth::U256{UINT64_MAX} * eth::U256{10});
    json.value(eth::ChainId{5});
    json.value(std::numeric_limits<std::int64_t>::min());
    json.value(std::numeric_limits<double>::quiet_NaN());
    json.value(1.5);
    json.end_array();
    EXPECT_EQ(out, R"(["0xa9059cbb","7","184467440737095516150",5,-9223372036854775808,null,1.5])");
}

} // namespace
} // namespace viz::http
