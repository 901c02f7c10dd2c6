// The rule sets of the execution layer this EVM knows, oldest first. Every mainnet block since the
// merge runs under one of them; which one is a matter of chain and block time.
#pragma once

#include <cstdint>
#include <string_view>

namespace viz::evm {

enum class Fork : std::uint8_t { paris, shanghai, cancun, prague, osaka };
std::string_view to_string(Fork fork);

} // namespace viz::evm
