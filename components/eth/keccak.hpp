// Keccak-256 as Ethereum uses it (the padding from before FIPS 202, so not SHA3-256).
#pragma once

#include <string_view>

#include "components/eth/types.hpp"

namespace viz::eth {

Hash keccak256(BytesView bytes);
// Of a text's bytes: the topic of an event by its signature, say.
Hash keccak256_of(std::string_view text);

} // namespace viz::eth
