// From arguments to exit status: the body of main(), callable by tests.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "runtime/config.hpp"

namespace viz::runtime {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1; // start-up or a component failed
inline constexpr int kExitUsage = 2;  // bad flag or configuration

// Runs until SIGTERM, SIGINT or the failure of a component.
int run_program(const std::vector<std::string>& arguments, const Environment& environment,
                std::ostream& out, std::ostream& error);

} // namespace viz::runtime
