// The EVM of components/evm and the reference side by side: at each instruction, and in what is
// left in the end.
#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "tests/support/reference_evm/scenario.hpp"

namespace viz::test::reference {

struct Comparison {
    std::optional<std::string> difference; // the first, with what both saw
    std::size_t steps{};                   // compared
    std::size_t deepest{};
    std::size_t succeeded{}; // transactions
    bool cut{};              // a transaction reached the limit of steps
    std::bitset<256> opcodes;
};

// Runs the scenario's transactions until the first difference, or the first that takes more than
// `max_steps` instructions: that one is to leave no trace.
Comparison compare(const Scenario& scenario, std::size_t max_steps);

} // namespace viz::test::reference
