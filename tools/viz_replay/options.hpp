// The command line of viz-replay.
#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::replay {

enum class Command : std::uint8_t {
    help,
    version,
    frames,
    verify,
    export_rows,
    export_opportunity,
    run_opportunity,
};
enum class Format : std::uint8_t { jsonl, csv };
enum class What : std::uint8_t { transactions, sources };

struct Options {
    Command command{Command::help};
    std::string store;
    Format format{Format::jsonl};
    What what{What::transactions};
    std::string output; // empty: standard output
    // The time window, inclusive, in unix milliseconds.
    std::int64_t since_ms{std::numeric_limits<std::int64_t>::min()};
    std::int64_t until_ms{std::numeric_limits<std::int64_t>::max()};
    std::vector<std::uint64_t> chains; // empty: all
    std::uint64_t from{1};             // range of sequence numbers for frames
    std::uint64_t to{std::numeric_limits<std::uint64_t>::max()};
    std::uint64_t every{10'000};
    bool hashes{};    // frames list the pending transactions
    bool quick{};     // verify skips the database's own check
    eth::Hash id;     // of the candidate, simulation or transaction to export
    std::string file; // the exported file to run
    bool force{};     // the output may exist already

    bool in_window(std::int64_t unix_ms) const {
        return unix_ms >= since_ms && unix_ms <= until_ms;
    }
    bool wants_chain(std::uint64_t chain_id) const;
};

// A one-line description of an error in the command line.
class UsageError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

Options parse_options(const std::vector<std::string>& arguments);
std::string help_text();

// Unix milliseconds, or UTC as 2026-01-31, 2026-01-31T12:00 or 2026-01-31T12:00:00, with or without
// a final Z. Throws UsageError.
std::int64_t parse_time(const std::string& text);

} // namespace viz::replay
