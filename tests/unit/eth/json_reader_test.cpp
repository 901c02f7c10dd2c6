// What a hostile text costs: nothing beyond one look at it.
#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace viz::test {
namespace {

using eth::JsonDocument;
using eth::JsonFault;
using eth::JsonLimits;

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    text.reserve(part.size() * times);
    while (times-- > 0) text += part;
    return text;
}

TEST(JsonReader, RefusesTextsBeyondTheLimits) {
    constexpr std::size_t kMany = 31u << 20;
    const auto fault = [](const std::string& text) { return eth::exceeds(text); };
    EXPECT_EQ(fault(std::string(kMany, '[')), JsonFault::too_deep);
    EXPECT_EQ(fault(repeated(R"({"a":)", kMany / 5)), JsonFault::too_deep);
    EXPECT_EQ(fault("[" + repeated("[],", 10'000'000) + "0]"), JsonFault::too_many_values);
    EXPECT_EQ(fault("[" + repeated("0,", 10'000'000) + "0]"), JsonFault::too_many_values);
    EXPECT_EQ(fault(std::string(kMany, ',')), JsonFault::too_many_values);
    EXPECT_EQ(fault(std::string(kMany, ':')), JsonFault::too_many_values);
    EXPECT_EQ(fault(std::string((32u << 20) + 1, ' ')), JsonFault::too_large);
}

TEST(JsonReader, TakesTextsAtTheLimits) {
    const JsonLimits limits{.bytes = 64, .depth = 3, .values = 8};
    EXPECT_FALSE(eth::exceeds("[[[]]]", limits));
    EXPECT_EQ(eth::exceeds("[[[[]]]]", limits), JsonFault::too_deep);
    EXPECT_FALSE(eth::exceeds("[[],[],[]]", limits));
    EXPECT_EQ(eth::exceeds("[[],[],[],[]]", limits), JsonFault::too_many_values);
    EXPECT_FALSE(eth::exceeds(std::string(64, ' '), limits));
    EXPECT_EQ(eth::exceeds(std::string(65, ' '), limits), JsonFault::too_large);
}

TEST(JsonReader, BracketsInsideStringsCountForNothing) {
    const JsonLimits limits{.bytes = 1'000, .depth = 1, .values = 3};
    EXPECT_FALSE(eth::exceeds(R"(["[[[{{{,,,:::\"[[[[\\","]"])", limits));
    EXPECT_EQ(eth::exceeds(R"(["\\",[]])", limits), JsonFault::too_deep);
}

TEST(JsonReader, RefusesWhatIsNotOneDocument) {
    using namespace std::string_literals;
    const std::vector<std::string> texts{"",
                                         " ",
                                         "[",
                                         "]",
                                         "[1,]",
                                         R"({"a"})",
                                         "\"\\",
                                         "[] []",
                                         "{}x",
                                         "nul",
                                         "\"\xff\"",
                                         "\"\xc3\"",
                                         "[1\0]"s,
                                         "[]\0"s,
                                         "1e999",
                                         "0x5",
                                         "01",
                                         "\"\\x\"",
                                         "\"\\ud800\"",
                                         "\"a\nb\"",
                                         "[1}",
                                         "123456789012345678901234567890"};
    for (const auto& text : texts) {
        const auto document = JsonDocument::read(text);
        ASSERT_FALSE(document) << text;
        EXPECT_EQ(document.error(), JsonFault::not_json) << text;
    }
}

TEST(JsonReader, SaysWhereATextStopsBeingJson) {
    EXPECT_EQ(eth::fault_position(R"({"a":1 "b":2})"), 7u);
    EXPECT_EQ(eth::fault_position("[1,2,x]"), 5u);
    EXPECT_EQ(eth::fault_position("[1,2]"), std::nullopt);
    EXPECT_EQ(eth::fault_position(""), std::nullopt);
}

TEST(JsonReader, AKeyThatIsThereTwiceIsNamed) {
    const auto twice = [](std::string_view text) {
        return json::duplicate_key(JsonDocument::read(text)->root());
    };
    EXPECT_EQ(twice(R"({"a":1,"b":{"a":2}})"), std::nullopt);
    EXPECT_EQ(twice(R"([{"a":1},{"c":[{"b":1,"b":2}]}])"), "b");
}

TEST(JsonReader, ALongStringIsReadWhole) {
    const std::string text = '"' + std::string(31u << 20, 'x') + '"';
    const auto document = JsonDocument::read(text);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().get_string().value().size(), 31u << 20);
}

} // namespace
} // namespace viz::test
