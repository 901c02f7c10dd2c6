// An EVM for tests alone, written from the Yellow Paper and the EIPs to be read, not to be fast:
// one switch over the opcodes, Boost's integers, maps that are copied before every call. It shares
// with components/evm the plain types of blocks and transactions, keccak256, RLP and the
// precompiled contracts (they have vectors of their own), and no rule. Paris to Osaka.
#pragma once

#include <functional>
#include <memory>

#include "components/eth/transaction.hpp"
#include "components/evm/machine.hpp"
#include "tests/support/reference_evm/world_state.hpp"

namespace viz::test::reference {

// The machine before an instruction.
struct StepView {
    std::size_t pc{};
    std::uint8_t opcode{}; // 0 past the end of the code
    std::int64_t gas{};
    std::uint32_t depth{}; // 1 for the transaction's own code
    const std::vector<Word>& stack;
    const eth::Bytes& memory;
};

enum class Ending : std::uint8_t { success, revert, halt, step_limit };

struct Result {
    Ending ending{};
    std::uint64_t gas_used{};
    std::uint64_t gas_refunded{};
    eth::Bytes output;
    std::vector<evm::Log> logs;
};

struct Setting {
    evm::Fork fork{};
    evm::BlockEnvironment block;
    std::function<eth::Hash(std::uint64_t)> block_hash;
    // Called before every instruction; false ends the transaction as step_limit.
    std::function<bool(const StepView&)> step;
};

// One transaction that is known to be valid and has no authorizations: from the payment for gas to
// the removal of what self-destructed. After step_limit the world is undefined.
Result run_transaction(WorldState& world, const Setting& setting, const eth::Transaction& tx,
                       const eth::Address& sender);

} // namespace viz::test::reference
