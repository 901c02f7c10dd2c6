// Names of methods that the registry does not know, from a list of the signatures in common use
// (signatures.txt, which names its sources). A name says less than an entry of the registry: that
// someone's interface has a method so called, not whose contract it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "components/eth/result.hpp"
#include "components/eth/types.hpp"

namespace viz::features {

// "transfer(address,uint256)"; empty where the list has none, or more than one (see below).
std::string_view listed_signature(const eth::Selector& selector);
std::size_t listed_signature_count();

// ---- making the table, at build time

struct ListedSignature {
    std::uint32_t selector{}; // big-endian as a number
    std::string text;
};

// One signature a line; lines of # and empty ones are passed over. Sorted by selector. Of those
// that share a selector none is kept: to pick one would be a guess.
struct SignatureListError {
    std::size_t line{}; // from 1
    std::string text;   // what stands there: no signature in its canonical form
};
Result<std::vector<ListedSignature>, SignatureListError> read_signatures(std::string_view text);

} // namespace viz::features
