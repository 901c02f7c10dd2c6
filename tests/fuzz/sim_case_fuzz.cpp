// A file of viz-replay, which may come from anywhere: what is read of it is what would be written,
// and what is within bounds is run, twice to the same result.
#include "components/sim/case_bounds.hpp"
#include "components/sim/case_text.hpp"

namespace {

// A price in time: viz-replay's are larger, and checked by the same code.
constexpr viz::sim::CaseBounds kBounds{
    .transaction_gas = 500'000, .total_gas = 2'000'000, .step_budget = 100'000};

// The numbers that every seed has beyond these bounds are brought within them, so that what the
// fuzzer makes of the rest is run.
void run(viz::sim::CompleteCase given) {
    using namespace viz::sim;
    auto& settings = given.what.settings;
    settings.step_budget = std::min(settings.step_budget, kBounds.step_budget);
    settings.swap_gas_limit = std::min(settings.swap_gas_limit, kBounds.transaction_gas);
    if (beyond(given.what, kBounds)) return;
    const auto* rules = rules_of(given.what);
    if (rules == nullptr) return;
    if (run_again(given, *rules).result != run_again(given, *rules).result) __builtin_trap();
}

} // namespace

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
        run(read);
    }
    const auto body = sim::parse_case_body(text);
    if (const auto* read = std::get_if<sim::Case>(&body))
        if (sim::case_body(*read) != text) __builtin_trap();
    return 0;
}
