// A scenario run again by the ways the overlay offers: taken back whole and in part, on a copy, on
// a layer above. All are to give what the first run gave.
#pragma once

#include <optional>
#include <string>

#include "tests/support/reference_evm/scenario.hpp"

namespace viz::test::reference {

// What was broken, if anything: also a result no transaction may have (more gas than its limit,
// more wei in the end than at the start). No transaction is given more than `gas_cap`.
std::optional<std::string> replay(Scenario scenario, std::uint64_t gas_cap);

} // namespace viz::test::reference
