// Documents generated from the table of settings.
#pragma once

#include <string>

#include "runtime/config.hpp"

namespace viz::runtime {

// --help, in the format that help2man turns into the manual page.
std::string help_text();
// --print-config: every setting as a line `key = value`; keys and URL secrets redacted.
std::string print_config(const Config& config);
// systemd/viz-api.env: every setting with its description and default, grouped. The package's
// values are set, the others are comments.
std::string environment_file();
std::string bash_completion();
std::string zsh_completion();

} // namespace viz::runtime
