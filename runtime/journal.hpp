// Log lines for journald, with fields that can be searched by `journalctl VIZ_CHAIN=…`.
#pragma once

#include <sys/uio.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/sinks/base_sink.h>

namespace viz::runtime {

// Whether `fd` is the stream that the journal reads, according to `journal_stream` (JOURNAL_STREAM,
// "device:inode", may be null). Only then are log lines sent to the journal.
bool is_journal(int fd, const char* journal_stream);

// The fields of one line, each "NAME=value": MESSAGE, PRIORITY (syslog's), SYSLOG_IDENTIFIER, and
// the line's `key=value` pairs component, chain, source, endpoint, reason, stream and hash as
// VIZ_COMPONENT and so on; the first pair of a name counts. A line without a component gets that of
// its thread ("viz-" and the component's name).
std::vector<std::string> journal_fields(spdlog::level::level_enum level, std::string_view message,
                                        std::string_view thread_name);

class JournalSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    // Same contract as sd_journal_sendv(3): a negative result means failure.
    using Send = std::function<int(const iovec* fields, int count)>;
    // Lines that fail to be sent are written to `fallback`.
    JournalSink(Send send, int fallback) : send_(std::move(send)), fallback_(fallback) {}

  private:
    void sink_it_(const spdlog::details::log_msg& line) override;
    void flush_() override {}

    Send send_;
    int fallback_;
};

} // namespace viz::runtime
