// The command line of viz-tap as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bus/endpoint.hpp"
#include "tools/viz_tap/filter.hpp"

namespace viz::tap {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1; // runtime failure: no listener, a file cannot be read
inline constexpr int kExitUsage = 2;

enum class Command : std::uint8_t { help, version, list, follow, rate, record, play, keygen };

struct Options {
    Command command{Command::help};
    bus::Endpoint endpoint; // of the tap; for `play` of the player
    Filter filter;
    bool json{};
    std::string file;                   // record, play, keygen
    std::optional<std::uint64_t> count; // follow: messages; rate: tables
    std::optional<double> seconds;      // time limit; without: until interrupted
    double every_s{2};                  // rate: length of an interval
    double speed{1}; // play: multiple of the recorded speed; 0: as fast as possible
    bool force{};    // record, keygen: replace the file
};

struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// `default_tap`, `default_play`: endpoints unless --endpoint is given. Throws UsageError.
Options parse_options(const std::vector<std::string>& arguments, const std::string& default_tap,
                      const std::string& default_play);
std::string help_text();

} // namespace viz::tap
