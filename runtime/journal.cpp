#include "runtime/journal.hpp"

#include <pthread.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace viz::runtime {

namespace {

constexpr std::array<std::string_view, 7> kKeys{"component", "chain",  "source", "endpoint",
                                                "reason",    "stream", "hash"};
constexpr std::string_view kThreadPrefix = "viz-";
constexpr std::string_view kMainThread = "viz-api";

int priority_of(spdlog::level::level_enum level) {
    switch (level) {
    case spdlog::level::critical:
        return LOG_CRIT;
    case spdlog::level::err:
        return LOG_ERR;
    case spdlog::level::warn:
        return LOG_WARNING;
    case spdlog::level::info:
        return LOG_INFO;
    default:
        return LOG_DEBUG;
    }
}

struct Pair {
    std::string_view key;
    std::string_view value;
};

// The `key=value` and `key="some value"` pairs of a line, in order. Text in quotation marks is
// never parsed for pairs.
std::vector<Pair> pairs_of(std::string_view line) {
    std::vector<Pair> pairs;
    while (!line.empty()) {
        const auto end = line.find_first_of(" =");
        if (end == std::string_view::npos) break;
        const auto key = line.substr(0, end);
        const bool has_value = line[end] == '=';
        line.remove_prefix(end + 1);
        if (!has_value) continue;
        const bool quoted = line.starts_with('"');
        if (quoted) line.remove_prefix(1);
        const auto value = line.substr(0, line.find_first_of(quoted ? "\"" : " "));
        line.remove_prefix(std::min(value.size() + 1, line.size()));
        pairs.push_back({key, value});
    }
    return pairs;
}

std::string_view value_of(const std::vector<Pair>& pairs, std::string_view key) {
    const auto found = std::find_if(pairs.begin(), pairs.end(), [key](const Pair& pair) {
        return pair.key == key && !pair.value.empty();
    });
    return found == pairs.end() ? std::string_view{} : found->value;
}

std::string field(std::string_view key, std::string_view value) {
    std::string text = "VIZ_";
    for (const char c : key) text += static_cast<char>(c - 'a' + 'A');
    return text.append("=").append(value);
}

std::string this_thread_name() {
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    return name.data();
}

} // namespace

bool is_journal(int fd, const char* journal_stream) {
    struct stat status {};
    if (journal_stream == nullptr || ::fstat(fd, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == journal_stream;
}

std::vector<std::string> journal_fields(spdlog::level::level_enum level, std::string_view message,
                                        std::string_view thread_name) {
    std::vector<std::string> fields{"MESSAGE=" + std::string(message),
                                    "PRIORITY=" + std::to_string(priority_of(level)),
                                    "SYSLOG_IDENTIFIER=viz-api"};
    const auto pairs = pairs_of(message);
    for (const auto key : kKeys)
        if (const auto value = value_of(pairs, key); !value.empty())
            fields.push_back(field(key, value));
    if (value_of(pairs, kKeys.front()).empty() && thread_name.starts_with(kThreadPrefix) &&
        thread_name != kMainThread)
        fields.push_back(field(kKeys.front(), thread_name.substr(kThreadPrefix.size())));
    return fields;
}

void JournalSink::sink_it_(const spdlog::details::log_msg& line) {
    const std::string_view message(line.payload.data(), line.payload.size());
    auto fields = journal_fields(line.level, message, this_thread_name());
    std::vector<iovec> parts;
    parts.reserve(fields.size());
    for (auto& text : fields) parts.push_back({.iov_base = text.data(), .iov_len = text.size()});
    if (send_(parts.data(), static_cast<int>(parts.size())) >= 0) return;
    const auto text = std::string(message) + "\n";
    [[maybe_unused]] const auto written = ::write(fallback_, text.data(), text.size());
}

} // namespace viz::runtime
