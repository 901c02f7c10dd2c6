// Names of methods that the registry does not know, from a list of commonly used signatures
// (signatures.txt, which names its sources). A listed name is weaker evidence than a registry
// entry: some interface has a method of this name, but the called contract is unknown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "components/eth/result.hpp"
#include "components/eth/types.hpp"

namespace viz::features {

// "transfer(address,uint256)"; empty if the list has none, or more than one (see below).
std::string_view listed_signature(const eth::Selector& selector);
std::size_t listed_signature_count();

// ---- building the table, at build time

struct ListedSignature {
    std::uint32_t selector{}; // the big-endian bytes as a number
    std::string text;
};

// Reads one signature per line; skips empty lines and lines that start with #. The result is sorted
// by selector. Signatures that share a selector are all omitted, since choosing one would be a
// guess.
struct SignatureListError {
    std::size_t line{}; // from 1
    std::string text;   // the line's text, which is not a canonical signature
};
Result<std::vector<ListedSignature>, SignatureListError> read_signatures(std::string_view text);

} // namespace viz::features
