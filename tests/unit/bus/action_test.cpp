#include "bus/action.hpp"

#include <gtest/gtest.h>

#include "bus/codec.hpp"
#include "tests/support/values.hpp"

namespace viz::bus {
namespace {

using Kind = ActionField::Kind;

Action swap() {
    return {.type = "swap",
            .fields = {{.name = "amount", .values = {"115792089237316195423570985008687907853"}},
                       {.name = "path", .is_list = true, .values = {"0xaa", "0xbb"}},
                       {.name = "fees", .kind = Kind::number, .is_list = true, .values = {}},
                       {.name = "deadline", .kind = Kind::number, .values = {"17"}},
                       {.name = "native_in", .kind = Kind::boolean, .values = {"true"}}}};
}

Feature label_with(std::vector<Action> actions) {
    return {.hash = test::hash_of(1), .actions = std::move(actions)};
}

Feature over_the_wire(const Feature& feature) {
    const auto back = decode<Feature>(encode(feature));
    return back ? *back : Feature{};
}

TEST(Action, IsAnObjectWithItsFieldsInOrder) {
    std::string json;
    append_json(json, {swap(), {.type = "cancel", .fields = {}}});
    EXPECT_EQ(json, R"([{"type":"swap","amount":"115792089237316195423570985008687907853",)"
                    R"("path":["0xaa","0xbb"],"fees":[],"deadline":17,"native_in":true},)"
                    R"({"type":"cancel"}])");
}

TEST(Action, TextThatIsNotPlainIsEscaped) {
    std::string json;
    append_json(json, {{.type = "a\"b", .fields = {{.name = "n\n", .values = {"\x01"}}}}});
    EXPECT_EQ(json, R"([{"type":"a\"b","n\n":"\u0001"}])");
}

TEST(Action, SurvivesTheWire) {
    const std::vector<Action> actions{swap(), {.type = "cancel", .fields = {}}};
    EXPECT_EQ(over_the_wire(label_with(actions)).actions, actions);
}

TEST(Action, OnesThatAreNotSoundAreLeftOutByTheReceiver) {
    const auto with = [](ActionField field) {
        return Action{.type = "swap", .fields = {std::move(field)}};
    };
    const std::vector<Action> unsound{
        {.type = "", .fields = {}},
        with({.name = "", .values = {"1"}}),
        with({.name = "n", .values = {}}),
        with({.name = "n", .values = {"1", "2"}}),
        with({.name = "n", .kind = Kind::number, .values = {"-1"}}),
        with({.name = "n", .kind = Kind::number, .values = {"01"}}),
        with({.name = "n", .kind = Kind::number, .values = {"1,\"x\":2"}}),
        with({.name = "n", .kind = Kind::number, .values = {"18446744073709551616"}}),
        with({.name = "n", .kind = Kind::boolean, .values = {"1"}}),
        with({.name = "n", .is_list = true, .values = {kMaxActionValues + 1, "x"}}),
        {.type = "swap", .fields = {kMaxActionFields + 1, {.name = "n", .values = {"1"}}}},
    };
    for (const auto& each : unsound) EXPECT_FALSE(is_sound(each));
    EXPECT_TRUE(over_the_wire(label_with(unsound)).actions.empty());
}

TEST(Action, ThereAreOnlySoManyOfOneTransaction) {
    const std::vector<Action> many(kMaxActions + 5, swap());
    EXPECT_EQ(over_the_wire(label_with(many)).actions.size(), kMaxActions);
}

} // namespace
} // namespace viz::bus
