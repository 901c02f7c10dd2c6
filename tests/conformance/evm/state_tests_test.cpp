// All official state tests of the forks from Paris to Osaka. Each case below takes every n-th file,
// so that cases run beside each other and none takes long.
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "tests/conformance/evm/state_test_case.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/packed_files.hpp"

namespace viz::test {
namespace {

// Two times 2^32 rounds of BLAKE2b take as long as all the rest: they run beside it.
constexpr auto kLongest = "CALLBlake2f_MaxRounds.json";

struct Tally {
    std::size_t cases{};
    std::size_t failed{};
    std::map<std::string, std::size_t> unsupported;

    void add(const std::vector<StateTestVerdict>& verdicts) {
        for (const auto& verdict : verdicts) {
            ++cases;
            if (!verdict.unsupported.empty()) ++unsupported[verdict.unsupported];
            if (verdict.passed) continue;
            if (++failed <= 20) ADD_FAILURE() << verdict.name << ": " << verdict.why;
        }
    }
    void finish() const {
        std::cout << cases << " cases, " << failed << " failed\n";
        for (const auto& [addresses, count] : unsupported)
            std::cout << count << " reach the unsupported precompiled contract" << addresses
                      << '\n';
        EXPECT_GT(cases, 0u);
        EXPECT_EQ(failed, 0u);
    }
};

class StateTests : public testing::TestWithParam<std::size_t> {
  public:
    static constexpr std::size_t kParts = 4;
};

TEST_P(StateTests, OfTheEthereumTestsRepository) {
    VIZ_NEEDS_CORPUS();
    Tally tally;
    const auto files = files_below(corpus_dir() / "ethereum-tests/GeneralStateTests");
    for (std::size_t i = GetParam(); i < files.size(); i += kParts)
        if (files[i].filename() != kLongest)
            tally.add(run_state_tests(read_text(files[i]), files[i].filename().string()));
    tally.finish();
}

TEST(LongStateTest, OfTheEthereumTestsRepository) {
    VIZ_NEEDS_CORPUS();
    Tally tally;
    for (const auto& file : files_below(corpus_dir() / "ethereum-tests/GeneralStateTests"))
        if (file.filename() == kLongest) tally.add(run_state_tests(read_text(file), kLongest));
    tally.finish();
}

TEST_P(StateTests, OfTheExecutionSpecTests) {
    VIZ_NEEDS_CORPUS();
    Tally tally;
    std::size_t i = 0;
    for_each_packed_file(corpus_dir() / "eest-state-tests.tar.zst",
                         [&](const std::string& name, const auto& read) {
                             if (!name.ends_with(".json") || i++ % kParts != GetParam()) return;
                             tally.add(run_state_tests(read(), name));
                         });
    tally.finish();
}

INSTANTIATE_TEST_SUITE_P(Part, StateTests, testing::Range(std::size_t{0}, StateTests::kParts));

} // namespace
} // namespace viz::test
