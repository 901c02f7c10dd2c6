// The word instructions by their definitions in the Yellow Paper, appendix H.2.
#pragma once

#include "tests/support/reference_evm/world_state.hpp"

namespace viz::test::reference {

// 0x01 to 0x1e with the words in the order they are taken; unused ones are zero. Only for the
// opcodes of that range that exist.
Word calculate(std::uint8_t opcode, const Word& a, const Word& b, const Word& c);

} // namespace viz::test::reference
