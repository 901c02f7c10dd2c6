#include "bus/bridge_core.hpp"

#include <random>

#include <gmock/gmock.h>

namespace viz::bus {
namespace {

using testing::ElementsAre;

QueuedMessagePtr queued(std::uint64_t n, std::size_t bytes = 0) {
    return std::make_shared<QueuedMessage>(QueuedMessage{std::to_string(n), {}, Payload(bytes)});
}

Hello hello(std::uint64_t incarnation, std::vector<std::string> components = {"features"}) {
    return {.schema_version = 1, .incarnation = incarnation, .components = std::move(components)};
}

TEST(BridgeHello, ComesBackAsItWas) {
    const Hello sent{.schema_version = 1,
                     .incarnation = ~std::uint64_t{0},
                     .flow = 7,
                     .number = 9,
                     .arrived = 12,
                     .missing = 2,
                     .components = {"lifecycle", "features"}};
    const auto back = parse_hello(encode(sent));
    ASSERT_TRUE(back);
    EXPECT_EQ(encode(*back), encode(sent));
    EXPECT_THAT(back->components, ElementsAre("lifecycle", "features"));
    const auto offer = parse_offer(encode(Offer{.schema_version = 3, .flow = 5, .sent = 6}));
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->schema_version, 3);
    EXPECT_EQ(offer->flow, 5u);
    EXPECT_EQ(offer->sent, 6u);
}

TEST(BridgeHello, AnythingElseIsRefused) {
    for (const char* text : {"", "hello2", "hello2 1 2 3 4 5", "hello2 1 2 3 4 5 x",
                             "hello2 70000 2 3 4 5 6", "hello2 1 2 3 4 5 6  x", "offer2 1 2 3",
                             "HELLO2 1 2 3 4 5 6", "hello2 -1 2 3 4 5 6", "hello 1 2 3 4 5 6"})
        EXPECT_FALSE(parse_hello(text)) << text;
    for (const char* text : {"", "offer2", "offer2 1 2", "offer2 1 2 3 4", "offer2 x 2 3",
                             "hello2 1 2 3", "offer 1 2 3"})
        EXPECT_FALSE(parse_offer(text)) << text;
    std::string many = "hello2 1 2 3 4 5 6";
    ASSERT_TRUE(parse_hello(many));
    for (int i = 0; i < 100; ++i) many += " x";
    EXPECT_FALSE(parse_hello(many));
}

// So many messages with consecutive places.
void send(Importers::Importer& importer, std::uint64_t messages) {
    for (std::uint64_t n = 0; n < messages; ++n) importer.has_been_sent(importer.sent + 1);
}

Hello confirming(const Importers::Importer& importer, std::uint64_t number) {
    auto greeting = hello(1);
    greeting.flow = importer.flow;
    greeting.number = greeting.arrived = number;
    return greeting;
}

TEST(Importers, CountWhatWasUnderWayToOneThatGoes) {
    Importers importers(100, false);
    importers.hear("a", hello(1), 0);
    auto& one = importers.all().at(1);
    send(one, 10);
    importers.hear("a", confirming(one, 7), 1);
    EXPECT_EQ(importers.expire(kBridgeSilenceNs), 0u) << "it may still be there";
    EXPECT_EQ(importers.expire(kBridgeSilenceNs + 2), 3u);
    EXPECT_TRUE(importers.all().empty());
}

TEST(Importers, ConfirmationOfAnotherFlowOrOfWhatWasNotSentIsNone) {
    Importers importers(100, false);
    importers.hear("a", hello(1), 0);
    auto& one = importers.all().at(1);
    send(one, 5);
    auto wrong = confirming(one, 5);
    ++wrong.flow;
    importers.hear("a", wrong, 0);
    importers.hear("a", confirming(one, 6), 0);
    wrong = confirming(one, 5);
    wrong.arrived = 4;
    importers.hear("a", wrong, 0);
    wrong.arrived = 5;
    wrong.missing = 6;
    EXPECT_EQ(importers.hear("a", wrong, 0).cut, 0u);
    EXPECT_EQ(one.confirmed, 0u);
}

TEST(Importers, CountWhatNeverCameOnce) {
    Importers importers(100, false);
    importers.hear("a", hello(1), 0);
    auto& one = importers.all().at(1);
    send(one, 10);
    auto telling = confirming(one, 6);
    telling.missing = 2;
    EXPECT_EQ(importers.hear("a", telling, 0).cut, 2u);
    EXPECT_EQ(importers.hear("a", telling, 0).cut, 0u);
    EXPECT_EQ(importers.hear("a", confirming(one, 3), 0).cut, 0u) << "one that was overtaken";
    EXPECT_EQ(one.confirmed, 6u);
    EXPECT_EQ(importers.let_go(one), 4u);
}

TEST(Importers, WhoComesToAnAddressSupersedesWhoHadIt) {
    Importers importers(100, true);
    importers.hear("", hello(1), 0);
    send(importers.all().at(1), 5);
    EXPECT_EQ(importers.hear("", hello(2), 0).lost, 5u);
    EXPECT_EQ(importers.all().size(), 1u);
    EXPECT_FALSE(importers.hear("", hello(1), 0).welcome) << "a late word of the one before";
    importers.hear("b", hello(3), 0);
    EXPECT_EQ(importers.all().size(), 2u) << "elsewhere any number share the messages";
}

TEST(Importers, TellTheOldestThatHasNotArrived) {
    Importers importers(100, false);
    EXPECT_EQ(importers.oldest_not_arrived(), std::nullopt);
    importers.hear("a", hello(1, {"features"}), 0);
    auto& one = importers.all().at(1);
    for (const std::uint64_t place : {4U, 5U, 6U}) one.has_been_sent(place);
    EXPECT_EQ(importers.oldest_not_arrived(), 4u);
    importers.hear("a", confirming(one, 2), 0);
    EXPECT_EQ(importers.oldest_not_arrived(), 6u);
    importers.keep({"sim"}, std::make_shared<QueuedMessage>(QueuedMessage{"kept", {}, {}, 3}));
    EXPECT_EQ(importers.oldest_not_arrived(), 3u);
    importers.hear("b", hello(2, {"sim"}), 0);
    EXPECT_EQ(importers.oldest_not_arrived(), 3u) << "it waits for its turn";
    importers.all().at(2).waiting.pop();
    importers.hear("a", confirming(one, 3), 0);
    EXPECT_EQ(importers.oldest_not_arrived(), std::nullopt);
}

TEST(Importers, GiveUpWhatIsLeftInTheEnd) {
    Importers importers(100, false);
    importers.hear("a", hello(1, {"features"}), 0);
    send(importers.all().at(1), 5);
    (void)importers.all().at(1).waiting.push(queued(6));
    importers.keep({"sim"}, queued(7));
    const auto left = importers.close();
    EXPECT_EQ(left.unconfirmed, 5u);
    EXPECT_EQ(left.waiting, 2u);
    EXPECT_TRUE(importers.all().empty());
}

TEST(Importers, TakeTurnsAndPassOverWhoHasNoRoom) {
    Importers importers(1, true);
    for (std::uint64_t n = 1; n <= 3; ++n) importers.hear(std::to_string(n), hello(n), 0);
    send(importers.all().at(2), kBridgeWindow);
    std::vector<std::uint64_t> turns;
    for (int i = 0; i < 4; ++i) {
        const auto* next = importers.next();
        for (const auto& [incarnation, importer] : importers.all())
            if (&importer == next) turns.push_back(incarnation);
    }
    EXPECT_THAT(turns, ElementsAre(1, 3, 1, 3));
    for (auto& [incarnation, importer] : importers.all()) send(importer, kBridgeWindow);
    EXPECT_EQ(importers.next(), nullptr);
    EXPECT_FALSE(importers.any_room());
}

TEST(Importers, WhatIsKeptForAComponentGoesToItsNextProcess) {
    Importers importers(1, false);
    EXPECT_EQ(importers.keep({"features", "lifecycle"}, queued(1)), 0u);
    EXPECT_EQ(importers.keep({"lifecycle"}, queued(2)), 0u);
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
    (void)first.waiting.push(queued(1));
    send(first, 5);
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
    for (std::uint64_t n = 0; n < Backlog::kMaxQueuedMessages; ++n)
        EXPECT_EQ(backlog.push(queued(n)), 0u);
    EXPECT_EQ(backlog.push(queued(7)), 1u);
    EXPECT_EQ(backlog.front().topic, "1");
    Backlog large;
    EXPECT_EQ(large.push(queued(1, Backlog::kMostBytes / 2)), 0u);
    EXPECT_EQ(large.push(queued(2, Backlog::kMostBytes / 2)), 1u);
    EXPECT_EQ(large.front().topic, "2");
}

TEST(InboundFlows, CountWhatIsMissingAndPassOnNothingTwice) {
    InboundFlows inbound_flows;
    EXPECT_TRUE(inbound_flows.fresh(5, 1));
    inbound_flows.taken(5, 1);
    EXPECT_FALSE(inbound_flows.fresh(5, 1));
    EXPECT_TRUE(inbound_flows.fresh(5, 4));
    inbound_flows.taken(5, 4);
    EXPECT_EQ(inbound_flows.missing(5), 2u);
    EXPECT_FALSE(inbound_flows.fresh(5, 3)) << "it has been counted";
    EXPECT_EQ(inbound_flows.number(5), 4u);
    EXPECT_EQ(inbound_flows.number(7), 0u);
}

TEST(InboundFlows, WhatHadBeenSentBeforeAWordOfItAndHasNotComeIsMissing) {
    InboundFlows inbound_flows;
    inbound_flows.taken(5, 1);
    inbound_flows.sent(5, 3);
    EXPECT_EQ(inbound_flows.missing(5), 2u);
    EXPECT_EQ(inbound_flows.number(5), 3u);
    inbound_flows.sent(5, 2);
    EXPECT_EQ(inbound_flows.missing(5), 2u);
}

TEST(InboundFlows, NothingIsTakenOfAFlowOnceALaterOneOfItsExporterHasBegun) {
    constexpr std::uint64_t kLife = ~std::uint64_t{0}; // its numbers go on from 0
    InboundFlows inbound_flows;
    inbound_flows.taken(kLife, 1);
    inbound_flows.taken(kLife + 1, 1);
    EXPECT_TRUE(inbound_flows.over(kLife));
    EXPECT_FALSE(inbound_flows.fresh(kLife, 2));
    EXPECT_TRUE(inbound_flows.fresh(kLife + 1, 2));
    EXPECT_TRUE(inbound_flows.fresh(kLife / 2, 1)) << "another exporter's";
}

TEST(InboundFlows, AFlowInUseIsRememberedHoweverManyOthersCome) {
    constexpr std::uint64_t kApart = std::uint64_t{1} << 40;
    InboundFlows inbound_flows;
    for (std::uint64_t n = 1; n < 200; ++n) {
        inbound_flows.taken(1, n);
        inbound_flows.taken(n * kApart, 1);
    }
    EXPECT_EQ(inbound_flows.number(1), 199u);
    EXPECT_EQ(inbound_flows.missing(1), 0u);
}

TEST(InboundFlows, WhatCouldNotBeHandedOnIsNotConfirmed) {
    InboundFlows inbound_flows;
    inbound_flows.taken(5, 1);
    EXPECT_TRUE(inbound_flows.fresh(5, 2));
    EXPECT_EQ(inbound_flows.number(5), 1u);
}

TEST(UnacknowledgedTracker, AreClearUpToTheTimeFromWhichAllHasArrived) {
    UnacknowledgedTracker departures(1000);
    EXPECT_EQ(departures.look(10, true, 5, 4), 0) << "the fourth is under way";
    EXPECT_EQ(departures.look(20, true, 8, 6), 10);
    EXPECT_EQ(departures.look(30, true, 8, 8), 10);
    EXPECT_EQ(departures.look(40, false, 9, 9), 30) << "seen empty after the eighth until then";
    EXPECT_EQ(departures.look(50, false, 12, std::nullopt), 30) << "there may be more in the queue";
    EXPECT_EQ(departures.look(60, true, 12, std::nullopt), 60);
}

TEST(UnacknowledgedTracker, WaitForWhoTakesNothingOnlySoLong) {
    UnacknowledgedTracker departures(1000);
    EXPECT_EQ(departures.look(10, true, 5, 4), 0);
    EXPECT_EQ(departures.look(1010, true, 6, 4), 0);
    EXPECT_EQ(departures.look(1011, true, 7, 4), 1011);
    EXPECT_EQ(departures.look(1020, true, 8, 5), 1020) << "until it has taken all";
    EXPECT_EQ(departures.look(1030, true, 8, std::nullopt), 1030);
    EXPECT_EQ(departures.look(1040, true, 9, 9), 1030);
}

TEST(UnacknowledgedTracker, WaitForAQueueThatNobodyEmptiesOnlySoLong) {
    UnacknowledgedTracker departures(1000);
    EXPECT_EQ(departures.look(10, false, 0, std::nullopt), 0);
    EXPECT_EQ(departures.look(1010, false, 5, std::nullopt), 0);
    EXPECT_EQ(departures.look(1011, false, 9, std::nullopt), 1011);
}

TEST(UnacknowledgedTracker, OfAnyNumberOfLooksTheNewestCount) {
    UnacknowledgedTracker departures(1000000);
    for (std::int64_t n = 1; n <= 1000; ++n)
        EXPECT_EQ(departures.look(n, true, static_cast<std::uint64_t>(n), 1), 0);
    EXPECT_EQ(departures.look(1001, true, 1001, 1001), 63) << "those in between are one";
    EXPECT_EQ(departures.look(1002, true, 1001, std::nullopt), 1002);
}

TEST(Confirmations, FollowOnlyWhenWhatWasMadeOfTheMessagesHasLeft) {
    Confirmations confirmations;
    EXPECT_TRUE(confirmations.dealt_with(5, 10));
    EXPECT_FALSE(confirmations.dealt_with(5, 20)) << "no news";
    EXPECT_TRUE(confirmations.dealt_with(7, 30));
    EXPECT_EQ(confirmations.confirmable(9), 0u);
    EXPECT_EQ(confirmations.confirmable(10), 5u);
    EXPECT_EQ(confirmations.confirmable(29), 5u);
    EXPECT_FALSE(confirmations.dealt_with(6, 40));
    EXPECT_EQ(confirmations.confirmable(30), 7u);
    EXPECT_FALSE(confirmations.dealt_with(7, 50));
}

} // namespace
} // namespace viz::bus
