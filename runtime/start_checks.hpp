// Start-up checks of the resources named in the configuration: addresses, key files, the registry.
// --check-config and start share them, so that a configuration that passes also starts.
#pragma once

#include "runtime/config.hpp"

namespace viz::runtime {

// Throws ConfigError naming the setting. Reads files and resolves the bind address; opens no
// socket, starts nothing and writes nothing. `bound` means that listening sockets were passed to
// the process, so that `bind` has no effect. The record's folder is not checked: a service manager
// may create it at start.
void check_start(const Config& config, bool bound);

} // namespace viz::runtime
