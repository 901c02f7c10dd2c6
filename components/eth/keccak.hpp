// Keccak-256 as Ethereum uses it (the padding from before FIPS 202, so not SHA3-256).
#pragma once

#include "components/eth/types.hpp"

namespace viz::eth {

Hash keccak256(BytesView bytes);

} // namespace viz::eth
