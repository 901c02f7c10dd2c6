// The precompiled contracts: native functions at fixed addresses, priced before execution.
#pragma once

#include <cstdint>

#include "components/eth/types.hpp"
#include "components/evm/fork.hpp"

namespace viz::evm {

class RunGuard;

struct Precompile {
    // The gas cost under this fork, computed before execution; UINT64_MAX when it exceeds 64 bits
    // (MODEXP).
    std::uint64_t (*gas)(eth::BytesView input, Fork fork);
    // Appends to an empty `output`. Returns false on invalid input: the call then fails and
    // consumes all its gas. All contracts of Ethereum's forks are here. Null for those that a chain
    // adds itself (Rules::chain_precompiles): a transaction that calls one ends as
    // `unsupported_precompile`, never with a wrong result.
    bool (*run)(eth::BytesView input, Fork fork, eth::Bytes& output);
    // The same for contracts that may take seconds within a block's gas: looks at the guard every
    // few milliseconds. Where that is interrupted, its answer says nothing. Null: always short.
    bool (*run_guarded)(eth::BytesView input, Fork fork, eth::Bytes& output,
                        RunGuard& guard){nullptr};
};

// The precompiled contract at this address under this fork, or nullptr. 0x01..0x0a (EIP-152, 196,
// 197, 198, 1108, 2565, 4844), 0x0b..0x11 from Prague (EIP-2537), 0x100 from Osaka (EIP-7951).
const Precompile* find_precompile(const eth::Address& address, Fork fork);

struct Rules;
// As above, including chain-specific contracts, which have no `run`.
const Precompile* find_precompile(const eth::Address& address, const Rules& rules);

} // namespace viz::evm
