// A case as text: JSON with a fixed key order and no optional spaces, so that equal cases have
// equal bytes. Bytes and 256-bit words are lower-case 0x hex; amounts of a result are decimal
// digits, losses with a minus.
#pragma once

#include <span>
#include <string_view>

#include "components/sim/case.hpp"

namespace viz::sim {

// On one line, without a line break.
std::string result_text(const SimResult& result);

// The case without its code bytes. Three lines: the name of the format, the case, the result.
std::string case_body(const Case& of);
// A file: a body with its codes.
std::string case_file(std::string_view body, std::span<const evm::CodePointer> codes);

// A text that the body of every case with this member transaction contains.
std::string text_of_member(const eth::Hash& hash);

// Longer input is rejected. The protocol's code limit is 24,576 bytes; some chains allow more.
inline constexpr std::size_t kMaxCaseBytes = 64U << 20;
inline constexpr std::size_t kMaxCaseCodeBytes = 1U << 20;

struct CaseError {
    std::size_t at{}; // byte of the text, from 0
    std::string what; // one line
    std::string message() const { return "byte " + std::to_string(at) + ": " + what; }
};

// Accepts only what case_body and case_file write, byte for byte; every code must match its hash.
std::variant<Case, CaseError> parse_case_body(std::string_view body);
std::variant<CompleteCase, CaseError> parse_case_file(std::string_view file);

} // namespace viz::sim
