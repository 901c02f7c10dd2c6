// The outcome of a frame or a transaction.
#pragma once

#include <cstdint>
#include <string_view>

namespace viz::evm {

enum class Status : std::uint8_t {
    success,
    revert, // REVERT: state restored, remaining gas returned
    // Halts (Yellow Paper 9.4.2): state restored, all gas consumed.
    out_of_gas,
    stack_underflow,
    stack_overflow,
    bad_jump_destination,
    undefined_opcode,
    invalid_opcode, // 0xfe, the designated invalid instruction
    static_violation,
    return_data_out_of_bounds,
    initcode_too_large,  // EIP-3860
    code_too_large,      // EIP-170
    code_begins_with_ef, // EIP-3541
    create_collision,    // EIP-684, EIP-7610
    precompile_failure,
    // Aborts: the outcome on chain is unknown.
    unsupported_precompile,
    missing_state, // with MissPolicy::stop
    step_budget,
};
std::string_view to_string(Status status);

constexpr bool is_abort(Status status) {
    return status >= Status::unsupported_precompile;
}

} // namespace viz::evm
