// What viz-tap does. Each returns its exit status, and throws what main() tells in one line.
#pragma once

#include <functional>
#include <iosfwd>

#include "tools/viz_tap/options.hpp"

namespace viz::tap {

// Where results go, and how one is told to end.
struct CommandContext {
    std::ostream& out;
    std::ostream& notes; // about the work, not part of the result
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
