// Attempts at a relay: when it is asked again, how long is waited, and when it is left alone.
#include "components/builder/submission.hpp"

#include <gmock/gmock.h>

namespace viz::test {
namespace {

using namespace std::chrono_literals;
using builder::CircuitBreaker;
using builder::FinalState;
using builder::Millis;
using builder::Mono;
using builder::RetryPolicy;
using builder::Submission;
using node::HttpFailure;
using testing::ElementsAre;
using testing::IsEmpty;
using Reply = std::variant<std::string, HttpFailure>;

constexpr auto kTaken = R"({"id":1,"result":{"results":[]}})";
constexpr auto kRefused = R"({"id":1,"error":{"code":-1,"message":"no"}})";

Reply status(unsigned code, std::optional<Millis> after = {}) {
    return HttpFailure{
        .kind = HttpFailure::Kind::status, .link = {}, .status = code, .retry_after = after};
}
Reply gone() {
    return HttpFailure{.kind = HttpFailure::Kind::link,
                       .link = node::LinkError::connect_failed,
                       .status = 0,
                       .retry_after = {}};
}

// A relay with scripted answers, each after 7 ms; when it runs out of answers, the last again.
class SubmissionTest : public testing::Test {
  protected:
    Submission submit(std::vector<Reply> replies) {
        std::size_t next = 0;
        const builder::RelayLink link{.post =
                                          [&](const std::string& body) {
                                              EXPECT_EQ(body, "request");
                                              ++asked_;
                                              now_ += 7ms;
                                              return replies[std::min(next++, replies.size() - 1)];
                                          },
                                      .now = [this] { return now_; },
                                      .wait =
                                          [this](Millis time) {
                                              now_ += time;
                                              return goes_on_;
                                          },
                                      .random = [] { return std::uint64_t{0}; }};
        return builder::submit("request", {}, "http://relay:1", policy_, breaker_, link);
    }

    RetryPolicy policy_{.attempts = 3, .backoff = 100ms, .backoff_max = 2'000ms};
    CircuitBreaker breaker_{{.failures = 2, .open_for = 5'000ms}};
    Mono now_{1s};
    bool goes_on_{true};
    int asked_{};
};

std::vector<std::string> reported(const Submission& done) {
    std::vector<std::string> out;
    for (const auto& one : done.attempts)
        out.push_back(std::to_string(one.attempt) + " " + std::to_string(one.http_status) + " " +
                      one.error + " +" + std::to_string(one.backoff_ms));
    return out;
}

TEST_F(SubmissionTest, OneAnswerIsEnough) {
    const auto done = submit({kTaken});
    EXPECT_EQ(done.state, FinalState::accepted);
    EXPECT_THAT(reported(done), ElementsAre("1 200  +0"));
    EXPECT_EQ(done.attempts[0].endpoint, "http://relay:1");
    EXPECT_EQ(done.attempts[0].latency_ms, 7);
}

TEST_F(SubmissionTest, ARefusalIsFinal) {
    const auto done = submit({kRefused});
    EXPECT_EQ(done.state, FinalState::rejected);
    EXPECT_THAT(reported(done), ElementsAre("1 200 -1: no +0"));
    EXPECT_THAT(reported(submit({status(403)})), ElementsAre("1 403 http_403 +0"));
    EXPECT_EQ(breaker_.state(now_), CircuitBreaker::State::closed) << "a relay that answers";
}

TEST_F(SubmissionTest, WhatMayPassIsTriedAgainLongerEachTime) {
    EXPECT_THAT(reported(submit({gone(), status(503), kTaken})),
                ElementsAre("1 0 connect_failed +100", "2 503 http_5xx +200", "3 200  +0"));
    EXPECT_THAT(reported(submit({"nonsense", kTaken})),
                ElementsAre("1 200 not a JSON object +100", "2 200  +0"));
}

TEST_F(SubmissionTest, ARelayThatNamesATimeGetsIt) {
    EXPECT_THAT(reported(submit({status(429, 900ms), kTaken})),
                ElementsAre("1 429 http_429 +900", "2 200  +0"));
    EXPECT_THAT(reported(submit({status(429, 300s), kTaken})),
                ElementsAre("1 429 http_429 +2000", "2 200  +0"))
        << "within the bound";
}

TEST_F(SubmissionTest, EndsWithTheAttempts) {
    const auto done = submit({gone()});
    EXPECT_EQ(done.state, FinalState::unreachable);
    EXPECT_EQ(done.attempts.size(), 3u);
    EXPECT_EQ(done.attempts.back().backoff_ms, 0) << "nothing is waited for";
}

TEST_F(SubmissionTest, EndsWhenItIsNotToGoOn) {
    goes_on_ = false;
    EXPECT_EQ(submit({gone()}).state, FinalState::unreachable);
    EXPECT_EQ(asked_, 1);
}

TEST_F(SubmissionTest, AfterTwoFailuresARelayIsLeftAloneForFiveSeconds) {
    submit({gone()});
    submit({gone()});
    asked_ = 0;
    const auto left_alone = submit({kTaken});
    EXPECT_EQ(left_alone.state, FinalState::circuit_open);
    EXPECT_THAT(left_alone.attempts, IsEmpty());
    EXPECT_EQ(asked_, 0);
    now_ += 5s - 1ns;
    EXPECT_EQ(submit({kTaken}).state, FinalState::circuit_open);
    now_ += 1ns;
    EXPECT_EQ(submit({kTaken}).state, FinalState::accepted);
    EXPECT_EQ(breaker_.state(now_), CircuitBreaker::State::closed);
}

TEST_F(SubmissionTest, AFailedProbeOpensTheCircuitAgain) {
    submit({gone()});
    submit({gone()});
    now_ += 5s;
    EXPECT_EQ(breaker_.state(now_), CircuitBreaker::State::half_open);
    EXPECT_EQ(submit({gone()}).state, FinalState::unreachable);
    EXPECT_EQ(submit({kTaken}).state, FinalState::circuit_open);
}

TEST_F(SubmissionTest, FailuresThatAreNotInARowOpenNothing) {
    submit({gone()});
    submit({kRefused});
    submit({gone()});
    EXPECT_EQ(submit({kTaken}).state, FinalState::accepted);
}

TEST(RetryPolicy, DoublesUpToItsBoundAndTakesUpToHalfOff) {
    const RetryPolicy policy{.attempts = 9, .backoff = 100ms, .backoff_max = 500ms};
    const auto least = [] { return std::uint64_t{0}; };
    std::vector<std::int64_t> waits;
    for (std::uint32_t attempt = 1; attempt <= 5; ++attempt)
        waits.push_back(policy.wait_after(attempt, least).count());
    EXPECT_THAT(waits, ElementsAre(100, 200, 400, 500, 500));
    for (std::uint64_t word = 0; word < 1000; ++word) {
        const auto wait = policy.wait_after(2, [&] { return word * 0x9e3779b97f4a7c15; });
        EXPECT_GE(wait, 100ms);
        EXPECT_LE(wait, 200ms);
    }
}

} // namespace
} // namespace viz::test
