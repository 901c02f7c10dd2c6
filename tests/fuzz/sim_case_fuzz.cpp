// A file of viz-replay, which may come from anywhere: what is read of it is what would be written.
#include "components/sim/case_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = sim::parse_case_file(text);
    if (const auto* wrong = std::get_if<sim::CaseError>(&file)) {
        if (wrong->at > size) __builtin_trap();
    } else {
        const auto& read = std::get<sim::CompleteCase>(file);
        if (sim::case_file(sim::case_body(read.what), read.codes) != text) __builtin_trap();
        if (read.codes.size() != read.what.state.code_hashes.size()) __builtin_trap();
    }
    const auto body = sim::parse_case_body(text);
    if (const auto* read = std::get_if<sim::Case>(&body))
        if (sim::case_body(*read) != text) __builtin_trap();
    return 0;
}
