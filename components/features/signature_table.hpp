// The table that make_signature_table generates: sorted selectors, and the signature of each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace viz::features {

struct SignatureTable {
    std::span<const std::uint32_t> selectors; // ascending
    std::span<const std::string_view> signatures;
};
extern const SignatureTable kSignatureTable;

} // namespace viz::features
