#include "tools/viz_replay/options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <map>
#include <sstream>

#include <boost/program_options.hpp>

#include "components/eth/hex.hpp"

namespace viz::replay {

namespace po = boost::program_options;

namespace {

constexpr const char* kUsage =
    "Usage: viz-replay COMMAND [OPTION]...\n"
    "Reads a record of viz-api, whether or not the service runs.\n\n"
    "Commands:\n"
    "  frames STORE          the pending set at regular intervals, with checkpoint hashes: the\n"
    "                        same log gives the same hashes on any machine\n"
    "  verify STORE          check the record: no flipped bit in its files, no gap in the "
    "numbers,\n"
    "                        every event matches its checksum, checkpoints that match the log\n"
    "  export STORE          export transactions, or when each source saw them\n"
    "  opportunity ID --export FILE\n"
    "                        export a simulated candidate with everything it needs to run: the\n"
    "                        state it read, transactions, the block environment, the result. ID "
    "is\n"
    "                        that of the candidate, the simulation or one of its transactions\n"
    "  opportunity --run FILE\n"
    "                        run an exported candidate again, from the file alone, and compare "
    "the\n"
    "                        result byte by byte\n\n";
constexpr const char* kExitStatuses =
    "\nExit status: 0 success, 1 verify found a fault or a result differs, 2 invalid command line\n"
    "or file to run, 3 cannot read or write.\n";

// The service's record, from the same variable and default.
std::string service_store() {
    const char* path = std::getenv("VIZ_API_STORAGE_PATH");
    return path != nullptr ? path : "viz-api.db";
}

po::options_description described() {
    po::options_description out("Options");
    auto add = out.add_options();
    add("help,h", "print this text and exit");
    add("version,V", "print the version and exit");
    add("jsonl", "JSON, one object per line (default)");
    add("csv", "comma-separated values with a header line");
    add("what", po::value<std::string>()->value_name("transactions|sources"),
        "what to export (default: transactions)");
    add("output,o", po::value<std::string>()->value_name("FILE"),
        "write to FILE instead of standard output");
    add("since", po::value<std::string>()->value_name("TIME"),
        "start at this time: unix milliseconds, or UTC as 2026-01-31T12:00:00Z");
    add("until", po::value<std::string>()->value_name("TIME"), "end at this time, inclusive");
    add("chain", po::value<std::vector<std::string>>()->value_name("ID"),
        "only this chain; may be repeated");
    add("every", po::value<std::string>()->value_name("N"),
        "events between frames (default: 10000)");
    add("from", po::value<std::string>()->value_name("SEQ"), "first event of the frames");
    add("to", po::value<std::string>()->value_name("SEQ"), "last event to read");
    add("hashes", "frames: list the pending transactions");
    add("quick", "verify: skip page checksums and SQLite's integrity check");
    add("store", po::value<std::string>()->value_name("STORE"),
        "opportunity: the record (default: VIZ_API_STORAGE_PATH, else viz-api.db)");
    add("export", po::value<std::string>()->value_name("FILE"),
        "opportunity: write to FILE; - is standard output");
    add("force", "opportunity: replace FILE if it exists");
    add("run", po::value<std::string>()->value_name("FILE"),
        "opportunity: the exported file to run");
    return out;
}

std::uint64_t number(const std::string& name, const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        throw UsageError("--" + name + ": expected a number, got \"" + text + "\"");
    return value;
}

Command command_of(const std::string& word) {
    static const std::map<std::string, Command> known{{"frames", Command::frames},
                                                      {"verify", Command::verify},
                                                      {"export", Command::export_rows},
                                                      {"opportunity", Command::export_opportunity}};
    const auto found = known.find(word);
    if (found == known.end())
        throw UsageError("unknown command \"" + word +
                         "\": expected frames, verify, export or opportunity");
    return found->second;
}

po::variables_map parse(const std::vector<std::string>& arguments) {
    po::options_description all = described();
    all.add_options()("command", po::value<std::string>())("subject", po::value<std::string>());
    po::positional_options_description places;
    places.add("command", 1).add("subject", 1);
    po::variables_map given;
    try {
        po::store(po::command_line_parser(arguments).options(all).positional(places).run(), given);
    } catch (const po::error& bad) {
        throw UsageError(bad.what());
    }
    return given;
}

void read_window(const po::variables_map& given, Options& out) {
    const auto text = [&](const char* name) { return given[name].as<std::string>(); };
    if (given.count("since") != 0) out.since_ms = parse_time(text("since"));
    if (given.count("until") != 0) out.until_ms = parse_time(text("until"));
    if (out.since_ms > out.until_ms) throw UsageError("--since is after --until");
    if (given.count("from") != 0) out.from = number("from", text("from"));
    if (given.count("to") != 0) out.to = number("to", text("to"));
    if (out.from > out.to) throw UsageError("--from is after --to");
    if (given.count("every") != 0) out.every = number("every", text("every"));
    if (out.every == 0) throw UsageError("--every: expected at least 1");
    if (given.count("chain") != 0)
        for (const auto& id : given["chain"].as<std::vector<std::string>>())
            out.chains.push_back(number("chain", id));
}

What what_of(const std::string& word) {
    if (word == "transactions") return What::transactions;
    if (word == "sources") return What::sources;
    throw UsageError("--what: expected transactions or sources, got \"" + word + "\"");
}

void read_opportunity(const po::variables_map& given, Options& out) {
    if (given.count("run") != 0) {
        if (given.count("subject") + given.count("export") != 0)
            throw UsageError("--run takes a file, not an ID or --export");
        out.command = Command::run_opportunity;
        out.file = given["run"].as<std::string>();
        return;
    }
    if (given.count("export") == 0) throw UsageError("opportunity: expected --export or --run");
    if (given.count("subject") == 0) throw UsageError("opportunity: expected an ID to export");
    const auto& id = given["subject"].as<std::string>();
    const auto hash = eth::hash_from_hex(id);
    if (!hash) throw UsageError("expected an ID of 0x and 64 digits, got \"" + id + "\"");
    out.id = *hash;
    out.store = given.count("store") != 0 ? given["store"].as<std::string>() : service_store();
    out.output = given["export"].as<std::string>();
    if (out.output == "-") out.output.clear();
    out.force = given.count("force") != 0;
}

} // namespace

bool Options::wants_chain(std::uint64_t chain_id) const {
    return chains.empty() || std::ranges::find(chains, chain_id) != chains.end();
}

std::int64_t parse_time(const std::string& text) {
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error == std::errc{} && end == text.data() + text.size()) return ms;
    for (const auto* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
        std::tm utc{};
        const char* rest = ::strptime(text.c_str(), format, &utc);
        if (rest == nullptr) continue;
        const std::string left(rest);
        if (left.empty() || left == "Z") return std::int64_t{::timegm(&utc)} * 1000;
    }
    throw UsageError("expected a time as unix milliseconds or 2026-01-31T12:00:00Z, got \"" + text +
                     "\"");
}

std::string help_text() {
    std::ostringstream out;
    out << kUsage << described() << kExitStatuses;
    return out.str();
}

Options parse_options(const std::vector<std::string>& arguments) {
    const auto given = parse(arguments);
    Options out;
    if (given.count("help") != 0) return out;
    if (given.count("version") != 0) {
        out.command = Command::version;
        return out;
    }
    if (given.count("command") == 0) throw UsageError("no command; see viz-replay --help");
    out.command = command_of(given["command"].as<std::string>());
    if (out.command == Command::export_opportunity) {
        read_opportunity(given, out);
        return out;
    }
    if (given.count("subject") == 0) throw UsageError("no store named; see viz-replay --help");
    out.store = given["subject"].as<std::string>();
    if (given.count("csv") != 0 && given.count("jsonl") != 0)
        throw UsageError("--csv and --jsonl exclude each other");
    if (given.count("csv") != 0) out.format = Format::csv;
    if (given.count("what") != 0) out.what = what_of(given["what"].as<std::string>());
    if (given.count("output") != 0) out.output = given["output"].as<std::string>();
    out.hashes = given.count("hashes") != 0;
    out.quick = given.count("quick") != 0;
    read_window(given, out);
    return out;
}

} // namespace viz::replay
