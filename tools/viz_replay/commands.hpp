// The commands of viz-replay. Each reads with read-only connections and returns the exit status.
#pragma once

#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "components/storage/reader.hpp"
#include "tools/viz_replay/options.hpp"

namespace viz::replay {

inline constexpr int kOk = 0;
inline constexpr int kWrong = 1; // verify found something, or a result differs
inline constexpr int kUsage = 2;
inline constexpr int kFailed = 3;

// The store cannot be read or the output not written; a one-line text.
class Failed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <class T> T must(storage::Reader::Answer<T> answer, const std::string& path) {
    if (!answer) throw Failed(answer.error().message(path));
    return std::move(*answer);
}

int write_frames(const Options& options, std::ostream& out);
int verify(const Options& options, std::ostream& out);
int export_rows(const Options& options, std::ostream& out);
// Writes the export to `out` and messages for the user to `notes`.
int export_opportunity(const Options& options, std::ostream& out, std::ostream& notes);
int run_opportunity(const Options& options, std::ostream& out, std::ostream& notes);

// Everything from the command line to the exit status.
int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& error);

} // namespace viz::replay
