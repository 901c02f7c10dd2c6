// The precompiled contracts: functions of bytes at fixed addresses, priced before they run.
#pragma once

#include <cstdint>

#include "components/eth/types.hpp"
#include "components/evm/fork.hpp"

namespace viz::evm {

class RunGuard;

struct Precompile {
    // What the call costs under this fork, known before it runs; UINT64_MAX where the price itself
    // passes 64 bits (MODEXP).
    std::uint64_t (*gas)(eth::BytesView input, Fork fork);
    // Appends to an empty `output`. False when the input is not acceptable: the call then fails and
    // takes all gas it was given. Null where this contract exists in the fork but not here yet: a
    // transaction that reaches it ends as `unsupported_precompile`, never with a wrong result.
    bool (*run)(eth::BytesView input, Fork fork, eth::Bytes& output);
    // The same for contracts that may take seconds within a block's gas: looks at the guard every
    // few milliseconds. Where that is interrupted, its answer says nothing. Null: always short.
    bool (*run_guarded)(eth::BytesView input, Fork fork, eth::Bytes& output,
                        RunGuard& guard){nullptr};
};

// The contract at this address under this fork; nullptr where there is none. 0x01..0x0a
// (EIP-152, 196, 197, 198, 1108, 2565, 4844), 0x0b..0x11 from Prague (EIP-2537), 0x100 from Osaka
// (EIP-7951).
const Precompile* find_precompile(const eth::Address& address, Fork fork);

struct Rules;
// The same with the chain's own contracts, which have no `run`.
const Precompile* find_precompile(const eth::Address& address, const Rules& rules);

} // namespace viz::evm
