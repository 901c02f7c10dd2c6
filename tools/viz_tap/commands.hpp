// The commands of viz-tap. Each returns its exit status, and throws exceptions that main() prints
// in one line.
#pragma once

#include <functional>
#include <iosfwd>

#include "tools/viz_tap/options.hpp"

namespace viz::tap {

// Output streams of a command, and its interruption.
struct CommandContext {
    std::ostream& out;
    std::ostream& notes; // messages about the work, separate from the result
    std::function<bool()> interrupted;
};

int list(const Options& options, const CommandContext& context);
int follow(const Options& options, const CommandContext& context);
int rate(const Options& options, const CommandContext& context);
int record(const Options& options, const CommandContext& context);
int play(const Options& options, const CommandContext& context);
// Two lines, public and secret key in ZeroMQ's Z85 form.
int keygen(const Options& options, const CommandContext& context);

} // namespace viz::tap
