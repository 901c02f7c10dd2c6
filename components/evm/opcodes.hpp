// The instruction set as one table: number, name, static gas, stack items popped and pushed, and
// the fork that introduced it. Interpreter, tracer and tests are generated from it. Yellow Paper
// appendix H.2; EIP-3855 (PUSH0), EIP-4844, 7516, 1153, 5656 (Cancun), EIP-7939 (CLZ).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "components/evm/fork.hpp"

// X(number, name, gas, pops, pushes, since) for defined opcodes, U(number) for undefined ones: all
// 256 in order.
// clang-format off
#define VIZ_EVM_OPCODES(X, U) \
    X(0x00, STOP, 0, 0, 0, paris) \
    X(0x01, ADD, 3, 2, 1, paris) \
    X(0x02, MUL, 5, 2, 1, paris) \
    X(0x03, SUB, 3, 2, 1, paris) \
    X(0x04, DIV, 5, 2, 1, paris) \
    X(0x05, SDIV, 5, 2, 1, paris) \
    X(0x06, MOD, 5, 2, 1, paris) \
    X(0x07, SMOD, 5, 2, 1, paris) \
    X(0x08, ADDMOD, 8, 3, 1, paris) \
    X(0x09, MULMOD, 8, 3, 1, paris) \
    X(0x0a, EXP, 10, 2, 1, paris) \
    X(0x0b, SIGNEXTEND, 5, 2, 1, paris) \
    U(0x0c) U(0x0d) U(0x0e) U(0x0f) \
    X(0x10, LT, 3, 2, 1, paris) \
    X(0x11, GT, 3, 2, 1, paris) \
    X(0x12, SLT, 3, 2, 1, paris) \
    X(0x13, SGT, 3, 2, 1, paris) \
    X(0x14, EQ, 3, 2, 1, paris) \
    X(0x15, ISZERO, 3, 1, 1, paris) \
    X(0x16, AND, 3, 2, 1, paris) \
    X(0x17, OR, 3, 2, 1, paris) \
    X(0x18, XOR, 3, 2, 1, paris) \
    X(0x19, NOT, 3, 1, 1, paris) \
    X(0x1a, BYTE, 3, 2, 1, paris) \
    X(0x1b, SHL, 3, 2, 1, paris) \
    X(0x1c, SHR, 3, 2, 1, paris) \
    X(0x1d, SAR, 3, 2, 1, paris) \
    X(0x1e, CLZ, 5, 1, 1, osaka) \
    U(0x1f) \
    X(0x20, KECCAK256, 30, 2, 1, paris) \
    U(0x21) U(0x22) U(0x23) U(0x24) U(0x25) U(0x26) U(0x27) U(0x28) U(0x29) U(0x2a) \
    U(0x2b) U(0x2c) U(0x2d) U(0x2e) U(0x2f) \
    X(0x30, ADDRESS, 2, 0, 1, paris) \
    X(0x31, BALANCE, 0, 1, 1, paris) \
    X(0x32, ORIGIN, 2, 0, 1, paris) \
    X(0x33, CALLER, 2, 0, 1, paris) \
    X(0x34, CALLVALUE, 2, 0, 1, paris) \
    X(0x35, CALLDATALOAD, 3, 1, 1, paris) \
    X(0x36, CALLDATASIZE, 2, 0, 1, paris) \
    X(0x37, CALLDATACOPY, 3, 3, 0, paris) \
    X(0x38, CODESIZE, 2, 0, 1, paris) \
    X(0x39, CODECOPY, 3, 3, 0, paris) \
    X(0x3a, GASPRICE, 2, 0, 1, paris) \
    X(0x3b, EXTCODESIZE, 0, 1, 1, paris) \
    X(0x3c, EXTCODECOPY, 0, 4, 0, paris) \
    X(0x3d, RETURNDATASIZE, 2, 0, 1, paris) \
    X(0x3e, RETURNDATACOPY, 3, 3, 0, paris) \
    X(0x3f, EXTCODEHASH, 0, 1, 1, paris) \
    X(0x40, BLOCKHASH, 20, 1, 1, paris) \
    X(0x41, COINBASE, 2, 0, 1, paris) \
    X(0x42, TIMESTAMP, 2, 0, 1, paris) \
    X(0x43, NUMBER, 2, 0, 1, paris) \
    X(0x44, PREVRANDAO, 2, 0, 1, paris) \
    X(0x45, GASLIMIT, 2, 0, 1, paris) \
    X(0x46, CHAINID, 2, 0, 1, paris) \
    X(0x47, SELFBALANCE, 5, 0, 1, paris) \
    X(0x48, BASEFEE, 2, 0, 1, paris) \
    X(0x49, BLOBHASH, 3, 1, 1, cancun) \
    X(0x4a, BLOBBASEFEE, 2, 0, 1, cancun) \
    U(0x4b) U(0x4c) U(0x4d) U(0x4e) U(0x4f) \
    X(0x50, POP, 2, 1, 0, paris) \
    X(0x51, MLOAD, 3, 1, 1, paris) \
    X(0x52, MSTORE, 3, 2, 0, paris) \
    X(0x53, MSTORE8, 3, 2, 0, paris) \
    X(0x54, SLOAD, 0, 1, 1, paris) \
    X(0x55, SSTORE, 0, 2, 0, paris) \
    X(0x56, JUMP, 8, 1, 0, paris) \
    X(0x57, JUMPI, 10, 2, 0, paris) \
    X(0x58, PC, 2, 0, 1, paris) \
    X(0x59, MSIZE, 2, 0, 1, paris) \
    X(0x5a, GAS, 2, 0, 1, paris) \
    X(0x5b, JUMPDEST, 1, 0, 0, paris) \
    X(0x5c, TLOAD, 100, 1, 1, cancun) \
    X(0x5d, TSTORE, 100, 2, 0, cancun) \
    X(0x5e, MCOPY, 3, 3, 0, cancun) \
    X(0x5f, PUSH0, 2, 0, 1, shanghai) \
    X(0x60, PUSH1, 3, 0, 1, paris) \
    X(0x61, PUSH2, 3, 0, 1, paris) \
    X(0x62, PUSH3, 3, 0, 1, paris) \
    X(0x63, PUSH4, 3, 0, 1, paris) \
    X(0x64, PUSH5, 3, 0, 1, paris) \
    X(0x65, PUSH6, 3, 0, 1, paris) \
    X(0x66, PUSH7, 3, 0, 1, paris) \
    X(0x67, PUSH8, 3, 0, 1, paris) \
    X(0x68, PUSH9, 3, 0, 1, paris) \
    X(0x69, PUSH10, 3, 0, 1, paris) \
    X(0x6a, PUSH11, 3, 0, 1, paris) \
    X(0x6b, PUSH12, 3, 0, 1, paris) \
    X(0x6c, PUSH13, 3, 0, 1, paris) \
    X(0x6d, PUSH14, 3, 0, 1, paris) \
    X(0x6e, PUSH15, 3, 0, 1, paris) \
    X(0x6f, PUSH16, 3, 0, 1, paris) \
    X(0x70, PUSH17, 3, 0, 1, paris) \
    X(0x71, PUSH18, 3, 0, 1, paris) \
    X(0x72, PUSH19, 3, 0, 1, paris) \
    X(0x73, PUSH20, 3, 0, 1, paris) \
    X(0x74, PUSH21, 3, 0, 1, paris) \
    X(0x75, PUSH22, 3, 0, 1, paris) \
    X(0x76, PUSH23, 3, 0, 1, paris) \
    X(0x77, PUSH24, 3, 0, 1, paris) \
    X(0x78, PUSH25, 3, 0, 1, paris) \
    X(0x79, PUSH26, 3, 0, 1, paris) \
    X(0x7a, PUSH27, 3, 0, 1, paris) \
    X(0x7b, PUSH28, 3, 0, 1, paris) \
    X(0x7c, PUSH29, 3, 0, 1, paris) \
    X(0x7d, PUSH30, 3, 0, 1, paris) \
    X(0x7e, PUSH31, 3, 0, 1, paris) \
    X(0x7f, PUSH32, 3, 0, 1, paris) \
    X(0x80, DUP1, 3, 1, 2, paris) \
    X(0x81, DUP2, 3, 2, 3, paris) \
    X(0x82, DUP3, 3, 3, 4, paris) \
    X(0x83, DUP4, 3, 4, 5, paris) \
    X(0x84, DUP5, 3, 5, 6, paris) \
    X(0x85, DUP6, 3, 6, 7, paris) \
    X(0x86, DUP7, 3, 7, 8, paris) \
    X(0x87, DUP8, 3, 8, 9, paris) \
    X(0x88, DUP9, 3, 9, 10, paris) \
    X(0x89, DUP10, 3, 10, 11, paris) \
    X(0x8a, DUP11, 3, 11, 12, paris) \
    X(0x8b, DUP12, 3, 12, 13, paris) \
    X(0x8c, DUP13, 3, 13, 14, paris) \
    X(0x8d, DUP14, 3, 14, 15, paris) \
    X(0x8e, DUP15, 3, 15, 16, paris) \
    X(0x8f, DUP16, 3, 16, 17, paris) \
    X(0x90, SWAP1, 3, 2, 2, paris) \
    X(0x91, SWAP2, 3, 3, 3, paris) \
    X(0x92, SWAP3, 3, 4, 4, paris) \
    X(0x93, SWAP4, 3, 5, 5, paris) \
    X(0x94, SWAP5, 3, 6, 6, paris) \
    X(0x95, SWAP6, 3, 7, 7, paris) \
    X(0x96, SWAP7, 3, 8, 8, paris) \
    X(0x97, SWAP8, 3, 9, 9, paris) \
    X(0x98, SWAP9, 3, 10, 10, paris) \
    X(0x99, SWAP10, 3, 11, 11, paris) \
    X(0x9a, SWAP11, 3, 12, 12, paris) \
    X(0x9b, SWAP12, 3, 13, 13, paris) \
    X(0x9c, SWAP13, 3, 14, 14, paris) \
    X(0x9d, SWAP14, 3, 15, 15, paris) \
    X(0x9e, SWAP15, 3, 16, 16, paris) \
    X(0x9f, SWAP16, 3, 17, 17, paris) \
    X(0xa0, LOG0, 375, 2, 0, paris) \
    X(0xa1, LOG1, 750, 3, 0, paris) \
    X(0xa2, LOG2, 1125, 4, 0, paris) \
    X(0xa3, LOG3, 1500, 5, 0, paris) \
    X(0xa4, LOG4, 1875, 6, 0, paris) \
    U(0xa5) U(0xa6) U(0xa7) U(0xa8) U(0xa9) U(0xaa) U(0xab) U(0xac) U(0xad) U(0xae) \
    U(0xaf) U(0xb0) U(0xb1) U(0xb2) U(0xb3) U(0xb4) U(0xb5) U(0xb6) U(0xb7) U(0xb8) \
    U(0xb9) U(0xba) U(0xbb) U(0xbc) U(0xbd) U(0xbe) U(0xbf) U(0xc0) U(0xc1) U(0xc2) \
    U(0xc3) U(0xc4) U(0xc5) U(0xc6) U(0xc7) U(0xc8) U(0xc9) U(0xca) U(0xcb) U(0xcc) \
    U(0xcd) U(0xce) U(0xcf) U(0xd0) U(0xd1) U(0xd2) U(0xd3) U(0xd4) U(0xd5) U(0xd6) \
    U(0xd7) U(0xd8) U(0xd9) U(0xda) U(0xdb) U(0xdc) U(0xdd) U(0xde) U(0xdf) U(0xe0) \
    U(0xe1) U(0xe2) U(0xe3) U(0xe4) U(0xe5) U(0xe6) U(0xe7) U(0xe8) U(0xe9) U(0xea) \
    U(0xeb) U(0xec) U(0xed) U(0xee) U(0xef) \
    X(0xf0, CREATE, 32000, 3, 1, paris) \
    X(0xf1, CALL, 0, 7, 1, paris) \
    X(0xf2, CALLCODE, 0, 7, 1, paris) \
    X(0xf3, RETURN, 0, 2, 0, paris) \
    X(0xf4, DELEGATECALL, 0, 6, 1, paris) \
    X(0xf5, CREATE2, 32000, 4, 1, paris) \
    U(0xf6) U(0xf7) U(0xf8) U(0xf9) \
    X(0xfa, STATICCALL, 0, 6, 1, paris) \
    U(0xfb) U(0xfc) \
    X(0xfd, REVERT, 0, 2, 0, paris) \
    X(0xfe, INVALID, 0, 0, 0, paris) \
    X(0xff, SELFDESTRUCT, 5000, 1, 0, paris)
// clang-format on

namespace viz::evm {

enum class Opcode : std::uint8_t {
#define X(number, name, gas, pops, pushes, since) name = number,
#define U(number)
    VIZ_EVM_OPCODES(X, U)
#undef X
#undef U
};

struct OpcodeInfo {
    std::string_view name; // empty where undefined
    std::int64_t gas{};
    int pops{};
    int pushes{};
    Fork since{};
};

// NOLINTBEGIN(bugprone-macro-parentheses): `since` is a name after ::
inline constexpr std::array<OpcodeInfo, 256> kOpcodes{{
#define X(number, name, gas, pops, pushes, since) OpcodeInfo{#name, gas, pops, pushes, Fork::since},
#define U(number) OpcodeInfo{},
    VIZ_EVM_OPCODES(X, U)
#undef X
#undef U
}};

// NOLINTEND(bugprone-macro-parentheses)

constexpr const OpcodeInfo& info(Opcode op) {
    return kOpcodes[static_cast<std::size_t>(op)];
}

} // namespace viz::evm
