#include "http/query.hpp"

#include <gtest/gtest.h>

namespace viz::http {
namespace {

TEST(PercentDecoding, DecodesEscapesAndPlus) {
    EXPECT_EQ(percent_decode("a%20b+c%2Fd%c3%a9"), "a b c/d\xc3\xa9");
    EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecoding, RefusesBrokenEscapes) {
    for (const auto* broken : {"%", "%4", "a%", "%zz", "%4g", "%%41"})
        EXPECT_EQ(percent_decode(broken), std::nullopt) << broken;
}

TEST(Query, ReadsNumbersWithDefaultsAndClamps) {
    auto query = Query::parse("?limit=7&big=999999&small=0&huge=99999999999999999999999999");
    EXPECT_EQ(query.number("limit", 100, 1, 5000), 7u);
    EXPECT_EQ(query.number("absent", 100, 1, 5000), 100u);
    EXPECT_EQ(query.number("big", 100, 1, 5000), 5000u);
    EXPECT_EQ(query.number("small", 100, 1, 5000), 1u);
    EXPECT_EQ(query.number("huge", 100, 1, 5000), 5000u) << "clamped, not rejected";
    EXPECT_EQ(query.error(), std::nullopt);
}

TEST(Query, RefusesWhatIsNotANumber) {
    for (const auto* text : {"limit=", "limit=-1", "limit=1.5", "limit=x", "limit=0x10",
                             "limit=%201", "limit=1%00", "limit", "limit=%"}) {
        auto query = Query::parse(text);
        EXPECT_EQ(query.number("limit", 100), 100u) << text;
        EXPECT_TRUE(query.error()) << text;
    }
}

TEST(Query, IgnoresWhatNobodyAsksFor) {
    auto query = Query::parse("unknown=%zz&=1&&&x&limit=3&%zz=4");
    EXPECT_EQ(query.number("limit", 100), 3u);
    EXPECT_EQ(query.error(), std::nullopt);
}

TEST(Query, TakesTheFirstOfANameAndDecodesNames) {
    auto query = Query::parse("li%6dit=3&limit=4");
    EXPECT_EQ(query.number("limit", 100), 3u);
}

TEST(Query, LooksAtABoundedNumberOfParameters) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "a=1&";
    auto query = Query::parse(text + "limit=3");
    EXPECT_EQ(query.number("limit", 100), 100u);
}

TEST(Query, ReadsEventTypesWhateverTheirCase) {
    auto query = Query::parse("types=TxSeen,txdecoded,%20TXREADY%20,,txseen");
    EXPECT_EQ(query.event_types(), (std::vector{bus::EventType::tx_seen, bus::EventType::tx_decoded,
                                                bus::EventType::tx_ready}));
    EXPECT_EQ(query.error(), std::nullopt);
}

TEST(Query, RefusesUnknownEventTypesAndRecordsOutsideTheLog) {
    for (const auto* text : {"types=TxSeen,Nothing", "types=FeatureRecord", "types=BlockRecord"}) {
        auto query = Query::parse(text);
        EXPECT_TRUE(query.event_types().empty());
        EXPECT_TRUE(query.error()) << text;
    }
}

TEST(Query, EmptyTypesAreAllTypes) {
    auto query = Query::parse("types=");
    EXPECT_TRUE(query.event_types().empty());
    EXPECT_EQ(query.error(), std::nullopt);
}

} // namespace
} // namespace viz::http
