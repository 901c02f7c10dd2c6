// Programs with some sense to them, made of bytes: those of a fuzzer or of a generator of random
// numbers. Their operands fit their instructions, their jumps mostly meet a JUMPDEST, they call
// each other and what they created, so that most of them get far before they fail.
#pragma once

#include <string>

#include "components/eth/transaction.hpp"
#include "components/evm/machine.hpp"
#include "tests/support/memory_state.hpp"
#include "tests/support/reference_evm/world_state.hpp"

namespace viz::test::reference {

struct Scenario {
    evm::Fork fork{};
    evm::BlockEnvironment block;
    std::map<eth::Address, Account> accounts;
    eth::Address sender;
    std::vector<eth::Transaction> transactions; // one after the other on one state
};

// The same bytes give the same scenario; every string of bytes gives one.
Scenario scenario_of(eth::BytesView choices);
// The bytes themselves as the code that is called, with calldata and gas; the other accounts are
// as above.
Scenario raw_scenario_of(eth::BytesView bytes);
// What the machine reads of it.
MemoryState state_of(const Scenario& scenario);
std::string to_string(const Scenario& scenario);

eth::Hash block_hash_of(std::uint64_t number);

} // namespace viz::test::reference
