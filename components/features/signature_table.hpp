// What make_signature_table writes: selectors in order, and the signature of each.
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
