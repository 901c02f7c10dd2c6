#include "components/storage/log_clock.hpp"

#include <gtest/gtest.h>

namespace viz::storage {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kStart = 1'700'000'000'000;
constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;

struct Clocks : testing::Test {
    // A turn of 100 ms as real time has it; the wall clock is wrong by `wrong`.
    LogClock::Reading turn(std::int64_t ms = 100) {
        real += ms;
        mono += ms;
        return clock.read(eth::UnixMs{real + wrong}, eth::MonoNs{mono * 1'000'000});
    }
    LogClock::Reading turns(std::int64_t ms) {
        LogClock::Reading reading;
        for (std::int64_t passed = 0; passed < ms; passed += 1'000) reading = turn(1'000);
        return reading;
    }
    LogClock::Reading after_block(std::int64_t age_ms = 0) {
        clock.note_block((real - age_ms) / 1000);
        return turn();
    }
    void restart(std::optional<LogTime> last) {
        clock = LogClock(last);
        mono = 5; // another boot
    }

    std::int64_t real{kStart}, mono{1'000}, wrong{};
    LogClock clock{std::nullopt};
};

TEST_F(Clocks, AClockThatRunsEvenlyIsAccepted) {
    turn();
    const auto reading = turns(kDay);
    EXPECT_EQ(reading.doubt, ClockDoubt::none);
    EXPECT_EQ(reading.at_least->value, real);
}

TEST_F(Clocks, AStepForwardIsDoubtedAndEndsWithItself) {
    turn();
    wrong = 2 * kDay;
    auto reading = turns(20'000);
    EXPECT_EQ(reading.doubt, ClockDoubt::ahead);
    EXPECT_FALSE(reading.at_least);
    EXPECT_FALSE(reading.at_most);
    EXPECT_EQ(reading.step_ms, 2 * kDay);
    EXPECT_FALSE(after_block().at_least); // the block does not agree
    wrong = 0;
    EXPECT_EQ(turn().at_least->value, real);
}

TEST_F(Clocks, AStepBackIsDoubtedToo) {
    turn();
    wrong = -2 * kDay;
    EXPECT_EQ(turns(20'000).doubt, ClockDoubt::behind);
    EXPECT_FALSE(after_block().at_most);
    // Nor with old blocks of a node that is catching up, once newer ones were seen.
    wrong = 0;
    EXPECT_TRUE(after_block().at_most);
    wrong = -2 * kDay;
    EXPECT_FALSE(after_block(2 * kDay).at_most);
}

TEST_F(Clocks, ManySmallStepsAreNotAcceptedTogether) {
    turn();
    for (int i = 0; i < 100; ++i) {
        wrong += 60'000;
        turn();
    }
    EXPECT_EQ(turn().doubt, ClockDoubt::ahead);
}

TEST_F(Clocks, AfterASuspensionABlockSaysThatTheClockIsRight) {
    turn();
    real += 3 * kDay; // the monotonic clock stood still
    EXPECT_EQ(turn().doubt, ClockDoubt::ahead);
    EXPECT_EQ(after_block(3 * kDay).doubt, ClockDoubt::ahead); // an old one says nothing
    EXPECT_EQ(after_block().at_least->value, real);
    EXPECT_EQ(turns(kHour).doubt, ClockDoubt::none);
}

TEST_F(Clocks, AJumpOfTheMonotonicClockIsAPauseToo) {
    turn();
    wrong = 2 * kDay;
    mono += 2 * kDay;
    EXPECT_EQ(turn().doubt, ClockDoubt::ahead);
}

TEST_F(Clocks, ARestartGoesOnFromTheLastAcceptedTime) {
    const LogTime last{.time = eth::UnixMs{real}, .block_s = real / 1000};
    real += 300'000;
    restart(last);
    EXPECT_EQ(turn().doubt, ClockDoubt::none);
    restart(last);
    wrong = 2 * kDay;
    EXPECT_EQ(turn().doubt, ClockDoubt::ahead);
    restart(last);
    wrong = 0;
    real += 3 * kDay; // it was off that long
    EXPECT_EQ(turn().doubt, ClockDoubt::ahead);
    EXPECT_EQ(after_block().doubt, ClockDoubt::none);
}

TEST_F(Clocks, ACorrectionBySomeMinutesIsFollowedSlowly) {
    turn();
    wrong = 300'000;
    auto reading = turn();
    EXPECT_EQ(reading.at_least->value, real);
    EXPECT_EQ(reading.at_most->time.value, real + wrong);
    reading = turns(10 * kHour);
    EXPECT_EQ(reading.at_least->value, real + wrong);
}

TEST_F(Clocks, ATimeBeyondAllTimeIsNoWitness) {
    turn();
    wrong = 2 * kDay;
    clock.note_block(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(turn().doubt, ClockDoubt::ahead);
}

} // namespace
} // namespace viz::storage
