#include "tests/support/reference_evm/schedule.hpp"

namespace viz::test::reference {

namespace {

using evm::Fork;

// Yellow Paper appendix G.
constexpr std::int64_t kZero = 0;
constexpr std::int64_t kBase = 2;
constexpr std::int64_t kVeryLow = 3;
constexpr std::int64_t kLow = 5;
constexpr std::int64_t kMid = 8;
constexpr std::int64_t kHigh = 10;
constexpr std::int64_t kWarmAccess = 100; // EIP-2929
// Priced by what is accessed (EIP-2929), at the instruction.
constexpr std::int64_t kByAccess = 0;

Shape word_instruction(std::uint8_t opcode) {
    switch (opcode) {
    case 0x02: // MUL
    case 0x04: // DIV
    case 0x05: // SDIV
    case 0x06: // MOD
    case 0x07: // SMOD
    case 0x0b: // SIGNEXTEND
        return {2, 1, kLow};
    case 0x08: // ADDMOD
    case 0x09: // MULMOD
        return {3, 1, kMid};
    case 0x0a: // EXP, and 50 a byte of the exponent (EIP-160)
        return {2, 1, kHigh};
    case 0x15: // ISZERO
    case 0x19: // NOT
        return {1, 1, kVeryLow};
    case 0x1e: // CLZ, EIP-7939
        return {1, 1, kLow};
    default:
        return {2, 1, kVeryLow};
    }
}

std::optional<Shape> environment(std::uint8_t opcode, Fork fork) {
    switch (opcode) {
    case 0x31: // BALANCE
    case 0x3b: // EXTCODESIZE
    case 0x3f: // EXTCODEHASH, EIP-1052
        return Shape{1, 1, kByAccess};
    case 0x35: // CALLDATALOAD
        return Shape{1, 1, kVeryLow};
    case 0x37: // CALLDATACOPY
    case 0x39: // CODECOPY
    case 0x3e: // RETURNDATACOPY, EIP-211
        return Shape{3, 0, kVeryLow};
    case 0x3c: // EXTCODECOPY
        return Shape{4, 0, kByAccess};
    case 0x40: // BLOCKHASH
        return Shape{1, 1, 20};
    case 0x47: // SELFBALANCE, EIP-1884
        return Shape{0, 1, kLow};
    case 0x49: // BLOBHASH, EIP-4844
        if (fork < Fork::cancun) return std::nullopt;
        return Shape{1, 1, kVeryLow};
    case 0x4a: // BLOBBASEFEE, EIP-7516
        if (fork < Fork::cancun) return std::nullopt;
        return Shape{0, 1, kBase};
    default:
        return Shape{0, 1, kBase};
    }
}

std::optional<Shape> memory_and_flow(std::uint8_t opcode, Fork fork) {
    switch (opcode) {
    case 0x50: // POP
        return Shape{1, 0, kBase};
    case 0x51: // MLOAD
        return Shape{1, 1, kVeryLow};
    case 0x52: // MSTORE
    case 0x53: // MSTORE8
        return Shape{2, 0, kVeryLow};
    case 0x54: // SLOAD
        return Shape{1, 1, kByAccess};
    case 0x55: // SSTORE
        return Shape{2, 0, kByAccess};
    case 0x56: // JUMP
        return Shape{1, 0, kMid};
    case 0x57: // JUMPI
        return Shape{2, 0, kHigh};
    case 0x58: // PC
    case 0x59: // MSIZE
    case 0x5a: // GAS
        return Shape{0, 1, kBase};
    case 0x5b: // JUMPDEST
        return Shape{0, 0, 1};
    case 0x5c: // TLOAD, EIP-1153
        if (fork < Fork::cancun) return std::nullopt;
        return Shape{1, 1, kWarmAccess};
    case 0x5d: // TSTORE, EIP-1153
        if (fork < Fork::cancun) return std::nullopt;
        return Shape{2, 0, kWarmAccess};
    case 0x5e: // MCOPY, EIP-5656
        if (fork < Fork::cancun) return std::nullopt;
        return Shape{3, 0, kVeryLow};
    default: // PUSH0, EIP-3855
        if (fork < Fork::shanghai) return std::nullopt;
        return Shape{0, 1, kBase};
    }
}

std::optional<Shape> system(std::uint8_t opcode) {
    switch (opcode) {
    case 0xf0: // CREATE
        return Shape{3, 1, 32000};
    case 0xf5: // CREATE2, EIP-1014
        return Shape{4, 1, 32000};
    case 0xf1: // CALL
    case 0xf2: // CALLCODE
        return Shape{7, 1, kByAccess};
    case 0xf4: // DELEGATECALL, EIP-7
    case 0xfa: // STATICCALL, EIP-214
        return Shape{6, 1, kByAccess};
    case 0xf3: // RETURN
    case 0xfd: // REVERT, EIP-140
        return Shape{2, 0, kZero};
    case 0xff: // SELFDESTRUCT, EIP-150
        return Shape{1, 0, 5000};
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<Shape> shape_of(std::uint8_t opcode, evm::Fork fork) {
    if (opcode == 0x00) return Shape{0, 0, kZero};
    if (opcode <= 0x0b) return word_instruction(opcode);
    if (opcode == 0x1e && fork < Fork::osaka) return std::nullopt;
    if (opcode >= 0x10 && opcode <= 0x1e) return word_instruction(opcode);
    if (opcode == 0x20) return Shape{2, 1, 30}; // KECCAK256
    if (opcode >= 0x30 && opcode <= 0x4a) return environment(opcode, fork);
    if (opcode >= 0x50 && opcode <= 0x5f) return memory_and_flow(opcode, fork);
    if (opcode >= 0x60 && opcode <= 0x7f) return Shape{0, 1, kVeryLow};
    if (opcode >= 0x80 && opcode <= 0x8f) {
        const auto depth = opcode - 0x80U + 1;
        return Shape{depth, depth + 1, kVeryLow};
    }
    if (opcode >= 0x90 && opcode <= 0x9f) {
        const auto depth = opcode - 0x90U + 2;
        return Shape{depth, depth, kVeryLow};
    }
    if (opcode >= 0xa0 && opcode <= 0xa4) {
        const auto topics = opcode - 0xa0U;
        return Shape{2 + topics, 0, 375 * (1 + static_cast<std::int64_t>(topics))};
    }
    return system(opcode);
}

} // namespace viz::test::reference
