// Bodies of the instructions that touch memory or state. They are outside the interpreter loop to
// keep the loop small. Each takes the stack pointer before the instruction and the gas left after
// the opcode's static cost, and returns the remaining gas. A negative result means a failure,
// stored in Machine::failure.
#pragma once

#include "components/eth/u256_math.hpp"
#include "components/evm/machine.hpp"

namespace viz::evm {

// More memory than any gas limit can pay for.
inline constexpr std::uint64_t kMemoryBound = 1ULL << 32;

// Slow path of `touch_memory`.
std::int64_t grow_memory(Machine& machine, Frame& frame, std::uint64_t end, std::int64_t gas);

// Expands the memory to cover [offset, offset + size) (Yellow Paper appendix H.1).
inline std::int64_t touch_memory(Machine& machine, Frame& frame, const U256& offset,
                                 std::uint64_t size, std::int64_t gas) {
    if (!offset.fits_u64() || offset.low_u64() > kMemoryBound) [[unlikely]]
        return machine.fail(Status::out_of_gas);
    const auto end = offset.low_u64() + size;
    if (end <= frame.memory.size()) [[likely]]
        return gas;
    return grow_memory(machine, frame, end, gas);
}
// As above with a size from the stack; a size of zero expands nothing.
std::int64_t touch_range(Machine& machine, Frame& frame, const U256& offset, const U256& size,
                         std::int64_t gas);

U256 address_word(const eth::Address& address);
eth::Address word_address(const U256& word);
constexpr std::int64_t words(std::uint64_t bytes) {
    return static_cast<std::int64_t>((bytes + 31) / 32);
}

using Instruction = std::int64_t(Machine&, Frame&, U256* sp, std::int64_t gas);
Instruction do_keccak256, do_exp, do_balance, do_calldatacopy, do_codecopy, do_extcodesize,
    do_extcodecopy, do_returndatacopy, do_extcodehash, do_blockhash, do_sload, do_sstore, do_mcopy,
    do_tload, do_tstore, do_selfdestruct;
std::int64_t do_log(Machine& machine, Frame& frame, U256* sp, std::int64_t gas, unsigned topics);
U256 call_data_word(const Frame& frame, const U256& offset);

} // namespace viz::evm
