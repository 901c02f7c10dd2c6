#include "bus/bridge_core.hpp"

#include <random>

#include <gmock/gmock.h>

namespace viz::bus {
namespace {

using testing::ElementsAre;

ParcelPtr parcel(std::uint64_t n, std::size_t bytes = 0) {
    return std::make_shared<Parcel>(Parcel{std::to_string(n), {}, Payload(bytes)});
}

Hello hello(std::uint64_t incarnation, std::vector<std::string> components = {"features"}) {
    return {.schema_version = 1, .incarnation = incarnation, .components = std::move(components)};
}

TEST(BridgeHello, ComesBackAsItWas) {
    const Hello sent{.schema_version = 1,
                     .incarnation = ~std::uint64_t{0},
                     .flow = 7,
                     .number = 9,
                     .components = {"lifecycle", "features"}};
    const auto back = parse_hello(encode(sent));
    ASSERT_TRUE(back);
    EXPECT_EQ(encode(*back), encode(sent));
    EXPECT_THAT(back->components, ElementsAre("lifecycle", "features"));
    const auto offer = parse_offer(encode(Offer{.schema_version = 3, .flow = 5}));
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->schema_version, 3);
    EXPECT_EQ(offer->flow, 5u);
}

TEST(BridgeHello, AnythingElseIsRefused) {
    for (const char* text : {"", "hello", "hello 1 2 3", "hello 1 2 3 x", "hello 70000 2 3 4",
                             "hello 1 2 3 4  x", "offer 1 2", "HELLO 1 2 3 4", "hello -1 2 3 4"})
        EXPECT_FALSE(parse_hello(text)) << text;
    for (const char* text : {"", "offer", "offer 1", "offer 1 2 3", "offer x 2", "hello 1 2"})
        EXPECT_FALSE(parse_offer(text)) << text;
    EXPECT_FALSE(parse_hello("hello 1 2 3 4" + [] {
        std::string many;
        for (int i = 0; i < 100; ++i) many += " x";
        return many;
    }()));
}

TEST(Importers, CountWhatWasUnderWayToOneThatGoes) {
    Importers importers(100, false);
    importers.hear("a", hello(1), 0);
    auto& one = importers.all().at(1);
    one.sent = 10;
    auto confirming = hello(1);
    confirming.flow = one.flow;
    confirming.number = 7;
    importers.hear("a", confirming, 1);
    EXPECT_EQ(importers.expire(kBridgeSilenceNs), 0u) << "it may still be there";
    EXPECT_EQ(importers.expire(kBridgeSilenceNs + 2), 3u);
    EXPECT_TRUE(importers.all().empty());
}

TEST(Importers, ConfirmationOfAnotherFlowOrOfWhatWasNotSentIsNone) {
    Importers importers(100, false);
    importers.hear("a", hello(1), 0);
    auto& one = importers.all().at(1);
    one.sent = 5;
    auto wrong = hello(1);
    wrong.flow = one.flow + 1;
    wrong.number = 5;
    importers.hear("a", wrong, 0);
    wrong.flow = one.flow;
    wrong.number = 6;
    importers.hear("a", wrong, 0);
    EXPECT_EQ(one.confirmed, 0u);
}

TEST(Importers, TakeTurnsAndPassOverWhoHasNoRoom) {
    Importers importers(1, true);
    for (std::uint64_t n = 1; n <= 3; ++n) importers.hear("a", hello(n), 0);
    importers.all().at(2).sent = kBridgeWindow;
    std::vector<std::uint64_t> turns;
    for (int i = 0; i < 4; ++i) {
        const auto* next = importers.next();
        for (const auto& [incarnation, importer] : importers.all())
            if (&importer == next) turns.push_back(incarnation);
    }
    EXPECT_THAT(turns, ElementsAre(1, 3, 1, 3));
    for (auto& [incarnation, importer] : importers.all()) importer.sent = kBridgeWindow;
    EXPECT_EQ(importers.next(), nullptr);
    EXPECT_FALSE(importers.any_room());
}

TEST(Importers, WhatIsKeptForAComponentGoesToWhoeverBringsIt) {
    Importers importers(1, false);
    EXPECT_EQ(importers.keep({"features", "lifecycle"}, parcel(1)), 0u);
    EXPECT_EQ(importers.keep({"lifecycle"}, parcel(2)), 0u);
    importers.hear("a", hello(1, {"features", "lifecycle"}), 0);
    auto& one = importers.all().at(1);
    EXPECT_EQ(one.waiting.size(), 2u);
    // It goes before it got them: they wait on.
    importers.let_go(one);
    importers.hear("b", hello(2, {"lifecycle"}), 0);
    EXPECT_EQ(importers.all().at(2).waiting.front().topic, "1");
}

TEST(Importers, TheNextLifeOfAComponentGetsWhatTheLastWasNotSent) {
    Importers importers(1, false);
    importers.hear("a", hello(1), 0);
    auto& first = importers.all().at(1);
    (void)first.waiting.push(parcel(1));
    first.sent = 5;
    EXPECT_EQ(importers.hear("b", hello(2), 1).lost, 5u);
    ASSERT_EQ(importers.all().size(), 1u);
    ASSERT_EQ(importers.all().at(2).waiting.size(), 1u);
    EXPECT_EQ(importers.all().at(2).waiting.front().topic, "1");
}

TEST(Importers, OneThatWasSupersededComesBackOnlyToAFreePlace) {
    Importers importers(1, false);
    importers.hear("a", hello(1), 0);
    EXPECT_TRUE(importers.hear("b", hello(2), 0).welcome);
    EXPECT_FALSE(importers.hear("a", hello(1), 0).welcome);
    EXPECT_FALSE(importers.all().contains(1));
    importers.let_go(importers.all().at(2));
    EXPECT_TRUE(importers.hear("a", hello(1), 0).welcome);
    EXPECT_TRUE(importers.all().contains(1));
}

TEST(Importers, OtherComponentsDoNotSupersedeEachOther) {
    Importers importers(1, false);
    importers.hear("a", hello(1, {"features"}), 0);
    importers.hear("b", hello(2, {"lifecycle"}), 0);
    EXPECT_EQ(importers.all().size(), 2u);
}

TEST(Backlog, OldestGiveWayAtTheBounds) {
    Backlog backlog;
    for (std::uint64_t n = 0; n < Backlog::kMostParcels; ++n)
        EXPECT_EQ(backlog.push(parcel(n)), 0u);
    EXPECT_EQ(backlog.push(parcel(7)), 1u);
    EXPECT_EQ(backlog.front().topic, "1");
    Backlog large;
    EXPECT_EQ(large.push(parcel(1, Backlog::kMostBytes / 2)), 0u);
    EXPECT_EQ(large.push(parcel(2, Backlog::kMostBytes / 2)), 1u);
    EXPECT_EQ(large.front().topic, "2");
}

TEST(Inflows, CountWhatIsMissingAndPassOnNothingTwice) {
    Inflows inflows;
    EXPECT_TRUE(inflows.judge(5, 1).fresh);
    inflows.taken(5, 1);
    EXPECT_FALSE(inflows.judge(5, 1).fresh);
    EXPECT_EQ(inflows.judge(5, 4).lost, 2u);
    inflows.taken(5, 4);
    EXPECT_FALSE(inflows.judge(5, 3).fresh);
    EXPECT_EQ(inflows.number(5), 4u);
    EXPECT_EQ(inflows.judge(6, 1).lost, 0u) << "a flow of its own";
    EXPECT_EQ(inflows.number(7), 0u);
}

TEST(Inflows, WhatCouldNotBeHandedOnIsNotConfirmed) {
    Inflows inflows;
    inflows.taken(5, 1);
    EXPECT_TRUE(inflows.judge(5, 2).fresh);
    EXPECT_EQ(inflows.number(5), 1u);
}

// Exporter and importer over a wire that cuts, delays and dies at random: every message is taken
// once, or counted.
TEST(BridgeModel, EveryMessageIsTakenOnceOrCounted) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    for (int round = 0; round < 200; ++round) {
        Importers exporter(random(), false);
        struct OnTheWire {
            std::uint64_t to;
            std::uint64_t flow;
            std::uint64_t number;
            std::uint64_t message;
        };
        std::deque<OnTheWire> wire;
        Inflows inflows;
        std::int64_t now = 0;
        std::uint64_t incarnation = 1;
        std::set<std::uint64_t> taken;
        std::uint64_t gave_way = 0;
        std::uint64_t unconfirmed = 0;
        std::uint64_t cut = 0;
        std::uint64_t next_message = 1;
        const std::set<std::string> component{"features"};
        const auto greet = [&] {
            auto greeting = hello(incarnation);
            if (const auto it = exporter.all().find(incarnation); it != exporter.all().end()) {
                greeting.flow = it->second.flow;
                greeting.number = inflows.number(greeting.flow);
            }
            unconfirmed += exporter.hear("a", greeting, now).lost;
        };
        const auto send = [&](std::uint64_t message) {
            for (auto& [key, importer] : exporter.all())
                gave_way += importer.waiting.push(parcel(message));
            if (exporter.all().empty()) gave_way += exporter.keep(component, parcel(message));
        };
        const auto flush = [&](unsigned percent) {
            for (auto& [key, importer] : exporter.all())
                while (!importer.waiting.empty() && importer.has_room() && chance(percent)) {
                    wire.push_back({key, importer.flow, ++importer.sent,
                                    std::stoull(importer.waiting.front().topic)});
                    importer.waiting.pop();
                }
        };
        const auto arrive = [&](unsigned percent) {
            for (; !wire.empty() && chance(percent); wire.pop_front()) {
                const auto& [to, flow, number, message] = wire.front();
                if (to != incarnation) continue; // nobody there
                const auto verdict = inflows.judge(flow, number);
                cut += verdict.lost;
                if (verdict.fresh) {
                    EXPECT_TRUE(taken.insert(message).second) << "taken twice";
                }
                inflows.taken(flow, number);
            }
        };
        for (int step = 0; step < 300; ++step) {
            now += kBridgeSilenceNs / 16;
            if (chance(50)) send(next_message++);
            flush(80);
            arrive(60);
            if (chance(30)) greet();
            if (chance(3)) { // the importer's process ends, and is noticed at once or later
                const auto it = exporter.all().find(incarnation);
                if (it != exporter.all().end() && chance(50))
                    unconfirmed += exporter.let_go(it->second);
                inflows = {};
                ++incarnation;
            }
            unconfirmed += exporter.expire(now);
        }
        // In the end all that still goes through does.
        greet();
        flush(100);
        arrive(100);
        now += kBridgeSilenceNs;
        greet();
        now += 1;
        unconfirmed += exporter.expire(now);
        const auto missing = next_message - 1 - taken.size();
        EXPECT_LE(missing, unconfirmed + gave_way + cut);
        EXPECT_EQ(cut, 0u);
        EXPECT_EQ(gave_way, 0u);
    }
}

} // namespace
} // namespace viz::bus
