// Limits for cases from outside: their author chose every number in them. Gas limits time and
// memory (memory costs the square of its size); steps limit time as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "components/sim/case.hpp"

namespace viz::sim {

// Far above what our simulations read and what a transaction of any chain may burn.
struct CaseBounds {
    std::uint64_t accounts{100'000};
    std::uint64_t slots{500'000};
    std::uint64_t block_hashes{257}; // BLOCKHASH reaches 256 back
    std::uint64_t code_hashes{10'000};
    std::uint64_t claims{500'000};
    std::uint64_t steps{256};                   // transactions
    std::uint64_t legs{256};                    // of all steps
    std::uint64_t transaction_gas{200'000'000}; // of one
    std::uint64_t total_gas{400'000'000};       // of all
    // Block gas limit. The EVM counts gas in signed integers; some chains have 2^50 in every block.
    std::uint64_t block_gas{INT64_MAX};
    std::uint64_t step_budget{100'000'000};
    std::uint64_t result_bytes{1U << 20};
};

// The exceeded limit as one line; nothing for a case that may be run.
std::optional<std::string> beyond(const Case& of, const CaseBounds& bounds = {});

} // namespace viz::sim
