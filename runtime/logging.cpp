#include "runtime/logging.hpp"

#include <unistd.h>

// Log lines carry no source locations.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "runtime/journal.hpp"

namespace viz::runtime {

namespace {

std::shared_ptr<spdlog::logger> make_logger() {
    if (is_journal(STDERR_FILENO, std::getenv("JOURNAL_STREAM")))
        return std::make_shared<spdlog::logger>(
            "viz-api", std::make_shared<JournalSink>(sd_journal_sendv, STDERR_FILENO));
    auto logger = std::make_shared<spdlog::logger>(
        "viz-api", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    return logger;
}

} // namespace

void start_logging(const std::string& level) {
    auto logger = make_logger();
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

void stop_logging() {
    spdlog::default_logger()->flush();
}

} // namespace viz::runtime
