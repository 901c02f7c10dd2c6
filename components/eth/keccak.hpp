// Keccak-256 as Ethereum uses it (with the padding from before FIPS 202, so not SHA3-256).
#pragma once

#include <string_view>

#include "components/eth/types.hpp"

namespace viz::eth {

Hash keccak256(BytesView bytes);
// Hash of the text's bytes, for example an event's topic from its signature.
Hash keccak256_of(std::string_view text);

} // namespace viz::eth
