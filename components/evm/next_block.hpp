// The environment of the next block, as far as the protocol determines it from the parent.
#pragma once

#include <optional>

#include "components/evm/machine.hpp"

namespace viz::evm {

// EIP-1559. A base fee of zero stays zero, for chains without base fees.
eth::Wei next_base_fee(const eth::Wei& parent_base_fee, std::uint64_t parent_gas_used,
                       std::uint64_t parent_gas_limit);

// The environment of the child of a block that used `gas_used`. Number, base fee and excess blob
// gas are exact; the time is `slot_s` later; gas limit, coinbase and randomness are unknown and
// copied from the parent.
BlockEnvironment next_environment(const BlockEnvironment& parent, std::uint64_t gas_used,
                                  std::uint64_t blob_gas_used, std::uint64_t slot_s);

} // namespace viz::evm
