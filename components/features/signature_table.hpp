// What make_signature_table writes: selectors in order, and where each signature begins in one
// text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace viz::features {

struct SignatureTable {
    std::span<const std::uint32_t> selectors; // ascending
    std::span<const std::uint32_t> starts;    // one more than selectors: the end of the last
    std::string_view text;
};
extern const SignatureTable kSignatureTable;

} // namespace viz::features
