// The EVM against the reference of tests/support/reference_evm, instruction by instruction, on
// programs made at random. EVM_SEED names another beginning, EVM_PROGRAMS another number.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "components/evm/opcodes.hpp"
#include "tests/support/reference_evm/differential.hpp"
#include "tests/support/reference_evm/replay.hpp"

namespace viz::evm {
namespace {

using namespace test::reference;

constexpr std::size_t kMaxSteps = 3000;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 0);
}

eth::Bytes choices_of(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    eth::Bytes bytes(300 + random() % 1500);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

struct Totals {
    std::size_t steps{};
    std::size_t cut{};
    std::size_t succeeded{};
    std::size_t deepest{};
    std::bitset<256> opcodes;
};

// Fails with everything needed to run it again.
void run_programs(Fork fork, Totals& totals) {
    const auto seed = number_from("EVM_SEED", 20260101);
    const auto programs = number_from("EVM_PROGRAMS", 3000);
    testing::Test::RecordProperty("seed", std::to_string(seed));
    std::cout << "EVM_SEED=" << seed << ", " << programs << " programs\n";
    for (std::uint64_t i = 0; i < programs; ++i) {
        auto bytes = choices_of(seed + i);
        bytes[0] = static_cast<std::uint8_t>(fork);
        const auto comparison = compare(scenario_of(bytes), kMaxSteps);
        ASSERT_FALSE(comparison.difference.has_value()) << "EVM_SEED=" << seed + i << "\n"
                                                        << *comparison.difference;
        totals.steps += comparison.steps;
        totals.cut += comparison.cut ? 1 : 0;
        totals.succeeded += comparison.succeeded;
        totals.deepest = std::max(totals.deepest, comparison.deepest);
        totals.opcodes |= comparison.opcodes;
    }
}

class EvmDifferential : public testing::TestWithParam<Fork> {};

TEST_P(EvmDifferential, RandomProgramsGoStepByStepAsInTheReference) {
    Totals totals;
    run_programs(GetParam(), totals);
    if (HasFatalFailure()) return;
    std::cout << totals.steps << " steps, " << totals.succeeded << " successes, " << totals.cut
              << " cut, depth " << totals.deepest << "\n";
    // They were worth running: every instruction of the fork, and deep.
    for (unsigned op = 0; op < 256; ++op)
        if (!kOpcodes[op].name.empty() && kOpcodes[op].since <= GetParam()) {
            EXPECT_TRUE(totals.opcodes[op]) << kOpcodes[op].name;
        }
    EXPECT_GT(totals.steps, 100'000u);
    EXPECT_GT(totals.deepest, 3u);
}

TEST_P(EvmDifferential, RandomProgramsGiveTheSameTakenBackCopiedAndLayered) {
    const auto seed = number_from("EVM_SEED", 20260101);
    const auto programs = number_from("EVM_PROGRAMS", 3000) / 3 + 1;
    for (std::uint64_t i = 0; i < programs; ++i) {
        auto bytes = choices_of(seed + i);
        bytes[0] = static_cast<std::uint8_t>(GetParam());
        const auto wrong = replay(scenario_of(bytes), 300'000);
        ASSERT_FALSE(wrong.has_value()) << "EVM_SEED=" << seed + i << "\n" << *wrong;
    }
}

INSTANTIATE_TEST_SUITE_P(Forks, EvmDifferential,
                         testing::Values(Fork::paris, Fork::shanghai, Fork::cancun, Fork::prague,
                                         Fork::osaka),
                         [](const auto& fork) { return std::string(to_string(fork.param)); });

} // namespace
} // namespace viz::evm
