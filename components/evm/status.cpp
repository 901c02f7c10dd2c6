#include "components/evm/status.hpp"

#include <array>

namespace viz::evm {

std::string_view to_string(Status status) {
    constexpr std::array<std::string_view, 18> kTexts{
        "success",
        "revert",
        "out_of_gas",
        "stack_underflow",
        "stack_overflow",
        "bad_jump_destination",
        "undefined_opcode",
        "invalid_opcode",
        "static_violation",
        "return_data_out_of_bounds",
        "initcode_too_large",
        "code_too_large",
        "code_begins_with_ef",
        "create_collision",
        "precompile_failure",
        "unsupported_precompile",
        "missing_state",
        "step_budget",
    };
    static_assert(kTexts.size() == static_cast<std::size_t>(Status::step_budget) + 1);
    return kTexts[static_cast<std::size_t>(status)];
}

} // namespace viz::evm
