// The official state tests: one transaction on a small state, and what it must leave behind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "components/evm/fork.hpp"

namespace viz::test {

struct StateTestVerdict {
    std::string name;
    bool passed{};
    std::string why;         // when not
    std::string unsupported; // addresses of precompiled contracts that are not here
};

// Runs every case of a JSON file that is for one of our forks.
std::vector<StateTestVerdict> run_state_tests(const std::string& json, const std::string& file);

} // namespace viz::test
