// What start refuses of the things that the configuration names: addresses, key files, the
// registry.
// --check-config and start share it, so that a configuration that passes is one that starts.
#pragma once

#include "runtime/config.hpp"

namespace viz::runtime {

// Throws ConfigError naming the setting. Reads files and resolves the bind address; opens no
// socket, starts nothing and writes nothing. `bound` says that the listening sockets were handed
// over, so that `bind` has no effect. The record's folder is not asked for: a service manager may
// make it at start.
void check_start(const Config& config, bool bound);

} // namespace viz::runtime
