// The execution-layer forks that this EVM supports, oldest first. Every mainnet block since the
// merge runs under one of them, chosen by chain and block time.
#pragma once

#include <cstdint>
#include <string_view>

namespace viz::evm {

enum class Fork : std::uint8_t { paris, shanghai, cancun, prague, osaka };
std::string_view to_string(Fork fork);

} // namespace viz::evm
