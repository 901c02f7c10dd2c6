// Log lines for journald, with fields that `journalctl VIZ_CHAIN=…` finds them by.
#pragma once

#include <sys/uio.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/sinks/base_sink.h>

namespace viz::runtime {

// Whether `fd` is the stream that `journal_stream` (JOURNAL_STREAM, "device:inode", may be null)
// says the journal reads: only then do our lines belong there and nowhere else.
bool is_journal(int fd, const char* journal_stream);

// The fields of one line, each "NAME=value": MESSAGE, PRIORITY (syslog's), SYSLOG_IDENTIFIER, and
// of the line's own `key=value` pairs component, chain, source, endpoint, reason, stream and hash
// as VIZ_COMPONENT and so on; the first of a name counts. A line that names no component has that
// of the thread it is written on ("viz-" and the component's name).
std::vector<std::string> journal_fields(spdlog::level::level_enum level, std::string_view message,
                                        std::string_view thread_name);

class JournalSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    // As sd_journal_sendv(3): negative when it was not taken.
    using Send = std::function<int(const iovec* fields, int count)>;
    // A line that is not taken is written to `fallback`.
    JournalSink(Send send, int fallback) : send_(std::move(send)), fallback_(fallback) {}

  private:
    void sink_it_(const spdlog::details::log_msg& line) override;
    void flush_() override {}

    Send send_;
    int fallback_;
};

} // namespace viz::runtime
