#include "runtime/logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace viz::runtime {

void start_logging(const std::string& level) {
    auto logger = std::make_shared<spdlog::logger>(
        "viz-api", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    // Under journald the time is journald's.
    logger->set_pattern(getenv("JOURNAL_STREAM") != nullptr ? "%l %v"
                                                            : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

void stop_logging() {
    spdlog::default_logger()->flush();
}

} // namespace viz::runtime
