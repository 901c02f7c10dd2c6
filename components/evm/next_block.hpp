// What is known of a block before it is there: the environment that its transactions will run in,
// as far as the protocol fixes it.
#pragma once

#include <optional>

#include "components/evm/machine.hpp"

namespace viz::evm {

// EIP-1559. Zero stays zero: a chain without base fees.
eth::Wei next_base_fee(const eth::Wei& parent_base_fee, std::uint64_t parent_gas_used,
                       std::uint64_t parent_gas_limit);

// The child of a block that used so much. Number, base fee and excess blob gas are exact; the time
// is `slot_s` later; gas limit, coinbase and randomness are the parent's, in the absence of better.
BlockEnvironment next_environment(const BlockEnvironment& parent, std::uint64_t gas_used,
                                  std::uint64_t blob_gas_used, std::uint64_t slot_s);

} // namespace viz::evm
