// What a case may demand of its reader: up to each bound it may, and one more is refused with a
// reason.
#include "components/sim/case_bounds.hpp"

#include <gmock/gmock.h>

namespace viz::sim {
namespace {

using testing::HasSubstr;

constexpr CaseBounds kSmall{.accounts = 3,
                            .slots = 4,
                            .block_hashes = 2,
                            .code_hashes = 2,
                            .claims = 2,
                            .steps = 3,
                            .legs = 4,
                            .transaction_gas = 100,
                            .total_gas = 200,
                            .block_gas = 1'000,
                            .step_budget = 50,
                            .result_bytes = 10};

SimMember member(std::uint64_t gas) {
    SimMember out{.hash = {}, .sender = {}, .tx = {}};
    out.tx.gas_limit = eth::Gas(gas);
    return out;
}

// At every bound at once.
Case at_the_bounds() {
    Case of;
    of.state.accounts.resize(3);
    of.state.accounts[0].slots.resize(1);
    of.state.accounts[2].slots.resize(3);
    of.state.block_hashes.resize(2);
    of.state.code_hashes.resize(2);
    of.request.claims.resize(2);
    of.request.steps = {SimLegs(1), member(100), SimLegs(3)};
    of.settings.swap_gas_limit = 33; // twice by its own, once by a rival's
    of.settings.step_budget = 50;
    of.environment.gas_limit = 1'000;
    of.result = "0123456789";
    return of;
}

TEST(CaseBounds, UpToEachBoundItIsRun) {
    EXPECT_EQ(beyond(at_the_bounds(), kSmall), std::nullopt);
}

TEST(CaseBounds, OneMoreIsRefusedAndNamed) {
    struct Row {
        const char* said;
        void (*change)(Case&);
    };
    for (const auto& [said, change] : {
             Row{"accounts: 4, at most 3 ", [](Case& of) { of.state.accounts.resize(4); }},
             Row{"slots: 5, at most 4 ", [](Case& of) { of.state.accounts[1].slots.resize(1); }},
             Row{"block hashes: 3, at most 2 ", [](Case& of) { of.state.block_hashes.resize(3); }},
             Row{"codes: 3, at most 2 ", [](Case& of) { of.state.code_hashes.resize(3); }},
             Row{"claims: 3, at most 2 ", [](Case& of) { of.request.claims.resize(3); }},
             Row{"transactions: 4, at most 3 ",
                 [](Case& of) { of.request.steps.emplace_back(member(0)); }},
             Row{"legs: 5, at most 4 ", [](Case& of) { of.request.steps[0] = SimLegs(2); }},
             Row{"gas of a transaction: 101, at most 100 ",
                 [](Case& of) { of.request.steps[1] = member(101); }},
             Row{"gas of all transactions: 202, at most 200 ",
                 [](Case& of) { of.settings.swap_gas_limit = 34; }},
             Row{"gas of the block: 1001, at most 1000 ",
                 [](Case& of) { of.environment.gas_limit = 1'001; }},
             Row{"step_budget: 51, at most 50 ", [](Case& of) { of.settings.step_budget = 51; }},
             Row{"bytes of the result: 11, at most 10 ", [](Case& of) { of.result += 'x'; }},
         }) {
        auto of = at_the_bounds();
        change(of);
        const auto wrong = beyond(of, kSmall);
        ASSERT_TRUE(wrong) << said;
        EXPECT_THAT(*wrong, HasSubstr(said));
    }
}

TEST(CaseBounds, SumsDoNotWrapAround) {
    auto of = at_the_bounds();
    of.request.steps = {member(UINT64_MAX), member(UINT64_MAX)};
    auto bounds = kSmall;
    bounds.transaction_gas = UINT64_MAX;
    ASSERT_TRUE(beyond(of, bounds));
    EXPECT_THAT(*beyond(of, bounds), HasSubstr("gas of all transactions: 18446744073709551615"));
}

TEST(CaseBounds, ADefaultSimulationIsFarWithinTheUsualOnes) {
    Case of;
    of.environment.gas_limit = 1ULL << 50; // as some chains say
    of.request.steps = {SimLegs(3), member(30'000'000), SimLegs(3)};
    EXPECT_EQ(beyond(of), std::nullopt);
}

} // namespace
} // namespace viz::sim
