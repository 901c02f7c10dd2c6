// A case as text: JSON with its keys in one order and without a space that could stand elsewhere,
// so that the same case has the same bytes. Bytes and 256-bit words are lower-case 0x hex; amounts
// of a result are decimal digits, losses with a minus.
#pragma once

#include <span>
#include <string_view>

#include "components/sim/case.hpp"

namespace viz::sim {

// On one line, without a line break.
std::string result_text(const SimResult& result);

// The case without the bytes of its codes. Three lines: a name of the format, the case, the result.
std::string case_body(const Case& of);
// A body with codes added to it: a file.
std::string case_file(std::string_view body, std::span<const evm::CodePointer> codes);

// What the body of every case has in it that this transaction is a member of.
std::string text_of_member(const eth::Hash& hash);

// Nothing longer is read. A code of the protocol has at most 24,576 bytes; some chains allow more.
inline constexpr std::size_t kMaxCaseBytes = 64U << 20;
inline constexpr std::size_t kMaxCaseCodeBytes = 1U << 20;

struct CaseError {
    std::size_t at{}; // byte of the text, from 0
    std::string what; // one line
    std::string message() const { return "byte " + std::to_string(at) + ": " + what; }
};

// Only what case_body and case_file write is read, to the byte; every code has its hash.
std::variant<Case, CaseError> parse_case_body(std::string_view body);
std::variant<CompleteCase, CaseError> parse_case_file(std::string_view file);

} // namespace viz::sim
