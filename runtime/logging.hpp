// Log output: standard error, one line per fact, `key=value` fields.
#pragma once

#include <string>

namespace viz::runtime {

// `level`: trace, debug, info, warn, error.
void start_logging(const std::string& level);
void stop_logging();

} // namespace viz::runtime
