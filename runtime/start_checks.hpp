// What the start needs from outside the configuration's text: files and addresses that it names.
// One function serves the start and --check-config, so that both refuse the same with the same
// line.
#pragma once

#include "runtime/config.hpp"

namespace viz::runtime {

// Throws ConfigError with one line that names the setting and what was expected of it. Opens and
// changes nothing. `listens`: false where sockets are handed over and `bind` is not used.
void check_start(const Config& config, bool listens);

} // namespace viz::runtime
