#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/sim/case_bounds.hpp"
#include "components/sim/case_text.hpp"
#include "components/storage/case_table.hpp"
#include "tools/viz_replay/commands.hpp"

namespace viz::replay {

namespace {

constexpr std::size_t kMostDifferences = 20; // listed individually

std::string plural(std::size_t count, const std::string& what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

std::vector<evm::CodePointer> codes_of(const sim::Case& of, storage::StoredCases& cases,
                                       const std::string& store) {
    std::vector<evm::CodePointer> codes;
    for (const auto& hash : of.state.code_hashes) {
        const auto code = must(cases.code(hash), store);
        if (!code)
            throw Failed(store + ": the case needs the code " + eth::to_hex(hash.view()) +
                         ", which is not in the record: its entry was lost. A "
                         "later simulation of the same contracts contains it");
        if (eth::keccak256(*code) != hash)
            throw Failed(store + ": the code stored as " + eth::to_hex(hash.view()) +
                         " has another hash");
        codes.push_back(std::make_shared<const evm::Code>(*code, hash));
    }
    return codes;
}

std::string content_of(const std::string& path) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem);
    std::ifstream file(path, std::ios::binary);
    if (problem || !file) throw UsageError(path + ": cannot be read");
    if (size > sim::kMaxCaseBytes) throw UsageError(path + ": too long for a case");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const evm::Missing& missing) {
    using Kind = evm::Missing::Kind;
    const auto at = eth::to_hex(missing.address.view());
    switch (missing.kind) {
    case Kind::account:
        return "account " + at;
    case Kind::storage:
        return "slot " + eth::to_hex(eth::to_be(missing.slot)) + " of " + at;
    case Kind::code:
        return "code of " + at;
    case Kind::block_hash:
        break;
    }
    return "hash of block " + eth::to_decimal(missing.slot);
}

std::string shown(const nlohmann::json& whole, const nlohmann::json::json_pointer& at) {
    constexpr std::size_t kLongest = 120;
    if (!whole.contains(at)) return "nothing";
    auto text = whole[at].dump();
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
    return text;
}

// The field and both values if both are JSON; otherwise the first different byte.
std::vector<std::string> differences(const std::string& in_file, const std::string& here) {
    const auto flat = [](int depth, auto, auto&) { return depth < 16; }; // no result is deeper
    const auto theirs = nlohmann::json::parse(in_file, flat, false);
    const auto ours = nlohmann::json::parse(here);
    std::vector<std::string> lines;
    if (!theirs.is_discarded())
        for (const auto& change : nlohmann::json::diff(theirs, ours)) {
            const auto path = change["path"].get<std::string>();
            const nlohmann::json::json_pointer at(path);
            lines.push_back(path + ": in the file " + shown(theirs, at) + ", here " +
                            shown(ours, at));
        }
    if (lines.empty()) {
        const auto [one, other] = std::ranges::mismatch(in_file, here);
        lines.push_back("byte " + std::to_string(one - in_file.begin()) + " of the result");
    }
    return lines;
}

template <class Lines>
void print_differences(std::ostream& notes, const std::string& what, const Lines& lines) {
    std::size_t printed = 0;
    for (const auto& line : lines) {
        if (++printed > kMostDifferences) break;
        notes << "viz-replay: " << what << ": " << line << '\n';
    }
    if (lines.size() > kMostDifferences)
        notes << "viz-replay: " << what << ": " << lines.size() - kMostDifferences << " more\n";
}

} // namespace

int export_opportunity(const Options& options, std::ostream& out, std::ostream& notes) {
    const auto id = eth::to_hex(options.id.view());
    storage::StoredCases cases(options.store);
    const auto found = must(cases.find(options.id, sim::text_of_member(options.id)), options.store);
    if (!found)
        throw Failed(options.store + ": no simulation is kept of " + id +
                     "; the service's setting sim-cases limits how many are kept");
    const std::string body(found->body.begin(), found->body.end());
    const auto read = sim::parse_case_body(body);
    if (const auto* wrong = std::get_if<sim::CaseError>(&read))
        throw Failed(options.store + ": the case of " + id +
                     "  is not of this version: " + wrong->message());
    const auto& what = std::get<sim::Case>(read);
    const auto codes = codes_of(what, cases, options.store);
    out << sim::case_file(body, codes);
    std::size_t slots = 0;
    for (const auto& account : what.state.accounts) slots += account.slots.size();
    notes << "viz-replay: simulation " << eth::to_hex(found->sim_id.view()) << " on block "
          << what.block.number << " of chain " << found->chain_id.value << ": "
          << plural(what.state.accounts.size(), "account") << ", " << plural(slots, "slot") << ", "
          << plural(codes.size(), "code") << '\n';
    return kOk;
}

int run_opportunity(const Options& options, std::ostream& out, std::ostream& notes) {
    const auto read = sim::parse_case_file(content_of(options.file));
    if (const auto* wrong = std::get_if<sim::CaseError>(&read))
        throw UsageError(options.file + ": " + wrong->message());
    const auto& given = std::get<sim::CompleteCase>(read);
    if (const auto much = sim::beyond(given.what))
        throw UsageError(options.file + ": exceeds the limits of a run: " + *much);
    const auto* rules = sim::rules_of(given.what);
    if (rules == nullptr) {
        notes << "viz-replay: differs: this version has other rules for block time "
              << given.what.environment.timestamp << " of chain "
              << given.what.environment.chain_id.value << " than the file, which says "
              << given.what.rules.fork << '\n';
        return kWrong;
    }
    const auto again = sim::run_again(given, *rules);
    out << again.result << '\n';
    std::vector<std::string> missing;
    for (const auto& one : again.missing) missing.push_back(text_of(one));
    print_differences(notes, "not in the file", missing);
    if (!missing.empty()) return kWrong;
    if (again.result != given.what.result) {
        print_differences(notes, "differs", differences(given.what.result, again.result));
        return kWrong;
    }
    notes << "viz-replay: the same result, byte for byte\n";
    return kOk;
}

} // namespace viz::replay
