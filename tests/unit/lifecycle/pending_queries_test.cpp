#include "components/lifecycle/pending_queries.hpp"

#include <gmock/gmock.h>

#include "tests/support/values.hpp"

namespace viz::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class Book : public ::testing::Test {
  protected:
    static lifecycle::Config config() {
        lifecycle::Config config;
        config.max_outstanding = 2;
        config.retry_first = 1s;
        config.retry_max = 4s;
        return config;
    }
    std::vector<eth::Hash> collect(std::chrono::milliseconds at) {
        std::vector<eth::Hash> keys;
        book.collect(lifecycle::later(eth::MonoNs{}, at), keys);
        return keys;
    }
    void want(std::uint64_t n, std::chrono::milliseconds at) {
        book.want(hash_of(n), lifecycle::later(eth::MonoNs{}, at));
    }
    lifecycle::PendingQueries<eth::Hash> book{config()};
};

TEST_F(Book, AsksInOrderOfDueTimes) {
    want(1, 20ms);
    want(2, 10ms);
    EXPECT_THAT(collect(5ms), IsEmpty());
    EXPECT_THAT(collect(30ms), ElementsAre(hash_of(2), hash_of(1)));
}

TEST_F(Book, TakesTheEarlierOfTwoWishes) {
    want(1, 500ms);
    want(1, 10ms);
    want(1, 900ms);
    EXPECT_THAT(collect(10ms), ElementsAre(hash_of(1)));
    EXPECT_THAT(collect(900ms), IsEmpty());
}

TEST_F(Book, KeepsNoMoreThanTheBoundOpen) {
    for (std::uint64_t n = 1; n <= 3; ++n) want(n, 0ms);
    EXPECT_THAT(collect(0ms), ElementsAre(hash_of(1), hash_of(2)));
    EXPECT_THAT(collect(1ms), IsEmpty());
    book.settle(hash_of(1));
    EXPECT_THAT(collect(2ms), ElementsAre(hash_of(3)));
}

TEST_F(Book, UnansweredQuestionsMakeWayForThoseWaiting) {
    want(1, 0ms);
    want(2, 0ms);
    collect(0ms);
    want(3, 0ms);
    EXPECT_THAT(collect(1000ms), ElementsAre(hash_of(3), hash_of(1)));
}

TEST_F(Book, PausesDoubleUpToTheLimit) {
    want(1, 0ms);
    std::vector<int> seconds;
    for (int s = 0; s <= 20; ++s)
        if (!collect(std::chrono::seconds(s)).empty()) seconds.push_back(s);
    EXPECT_THAT(seconds, ElementsAre(0, 1, 3, 7, 11, 15, 19));
}

} // namespace
} // namespace viz::test
