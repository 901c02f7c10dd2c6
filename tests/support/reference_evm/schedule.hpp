// What each opcode takes, leaves and costs before its operands are looked at (Yellow Paper
// appendices G and H.2), and since when there is one.
#pragma once

#include <optional>

#include "tests/support/reference_evm/world_state.hpp"

namespace viz::test::reference {

struct Shape {
    unsigned takes{};
    unsigned leaves{};
    std::int64_t gas{};
};

// Nothing where the fork has no such instruction; INVALID (0xfe) is none.
std::optional<Shape> shape_of(std::uint8_t opcode, evm::Fork fork);

} // namespace viz::test::reference
