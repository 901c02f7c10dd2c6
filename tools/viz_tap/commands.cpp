#include "tools/viz_tap/commands.hpp"

#include <chrono>
#include <ostream>

#include "bus/tap_report.hpp"
#include "tools/viz_tap/recording.hpp"
#include "tools/viz_tap/text.hpp"

namespace viz::tap {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTurn{100};
// The tap reports once per second.
constexpr milliseconds kReportDeadline{5000};

// Distinguished from the function for envelopes.
std::string line_json(std::string_view topic, const bus::Header& header,
                      const bus::AnyMessage& message) {
    return bus::to_json(topic, header, message);
}

double seconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

std::size_t size_of(const bus::TapMessage& message) {
    return message.topic.size() + bus::kHeaderSize + message.payload.size();
}

// Runs until a limit of the options, an interruption, or `handle` returns false.
void watch(
    const Options& options, const CommandContext& context, const std::vector<std::string>& prefixes,
    const std::function<bool(const bus::TapMessage&, std::uint64_t missed)>& handle,
    const std::function<bool()>& idle = [] { return true; }) {
    bus::TapClient client(options.endpoint, prefixes);
    bus::SequenceGaps gaps;
    const auto start = steady_clock::now();
    bool more = true;
    while (more && !context.interrupted() &&
           (!options.seconds || seconds_since(start) < *options.seconds)) {
        auto message = client.next(milliseconds(0));
        if (!message) {
            context.out.flush(); // show everything received before waiting
            message = client.next(kTurn);
        }
        if (message) {
            const auto stream = message->topic.substr(0, message->topic.find('.'));
            more = handle(*message, gaps.note(stream, message->header));
        }
        more = more && idle();
    }
    context.out.flush();
    if (client.refused() != 0)
        context.notes << "viz-tap: " << client.refused()
                      << " messages of another schema version were skipped\n";
}

struct Reports {
    bus::TapReport before;
    bus::TapReport now;
    double elapsed_s{};
};

Reports two_reports(const Options& options, const CommandContext& context) {
    bus::TapClient client(options.endpoint, {"tap."});
    std::optional<bus::TapReport> before;
    std::int64_t before_ns = 0;
    const auto start = steady_clock::now();
    while (seconds_since(start) < std::chrono::duration<double>(kReportDeadline).count() &&
           !context.interrupted()) {
        const auto message = client.next(kTurn);
        auto report = message ? bus::decode<bus::TapReport>(message->payload) : std::nullopt;
        if (!report) continue;
        if (before)
            return {std::move(*before), std::move(*report),
                    static_cast<double>(message->header.mono_ns - before_ns) * 1e-9};
        before = std::move(report);
        before_ns = message->header.mono_ns;
    }
    throw std::runtime_error("the service at " + options.endpoint.address +
                             "  sends no reports of its streams");
}

} // namespace

int list(const Options& options, const CommandContext& context) {
    const auto reports = two_reports(options, context);
    context.out << (options.json ? stream_json : stream_table)(reports.before, reports.now,
                                                               reports.elapsed_s)
                << std::flush;
    return kExitOk;
}

int follow(const Options& options, const CommandContext& context) {
    std::uint64_t shown = 0;
    watch(options, context, options.filter.prefixes(),
          [&](const bus::TapMessage& message, std::uint64_t missed) {
              if (missed != 0)
                  context.notes << "viz-tap: missed " << missed << " messages before "
                                << message.topic << " " << message.header.producer_name() << "#"
                                << message.header.sequence << "\n";
              const auto parts = bus::split_topic(message.topic);
              if (!parts || !options.filter.matches_topic(*parts)) return true;
              const auto content = bus::decode_any(message.topic, message.payload);
              if (!content || !options.filter.matches(*parts, *content)) return true;
              context.out << (options.json ? line_json : pretty)(message.topic, message.header,
                                                                 *content)
                          << '\n';
              return ++shown != options.count;
          });
    return kExitOk;
}

int rate(const Options& options, const CommandContext& context) {
    RateBook book;
    std::uint64_t tables = 0;
    auto start = steady_clock::now();
    watch(
        options, context, options.filter.prefixes(),
        [&](const bus::TapMessage& message, std::uint64_t missed) {
            if (const auto content = bus::decode_any(message.topic, message.payload))
                book.note(message.topic, message.header, size_of(message), missed, *content);
            return true;
        },
        [&] {
            const auto elapsed = seconds_since(start);
            if (elapsed < options.every_s) return true;
            start = steady_clock::now();
            context.out << (options.json ? rate_json : rate_table)(book.take(), elapsed)
                        << std::flush;
            return ++tables != options.count;
        });
    return kExitOk;
}

int record(const Options& options, const CommandContext& context) {
    auto filter = options.filter;
    // By default only the inputs, which the service cannot reproduce itself.
    const bool inputs_only = filter.streams.empty();
    if (inputs_only) filter.streams = {"pending", "chain", "journal"};
    RecordingWriter file(options.file, options.force);
    std::uint64_t missed_in_all = 0;
    watch(options, context, filter.prefixes(),
          [&](const bus::TapMessage& message, std::uint64_t missed) {
              missed_in_all += missed;
              const auto parts = bus::split_topic(message.topic);
              if (!parts || !filter.matches_topic(*parts)) return true;
              if (inputs_only && parts->stream == "journal" &&
                  message.header.producer_name() != "ingest")
                  return true;
              if (filter.needs_content()) {
                  const auto content = bus::decode_any(message.topic, message.payload);
                  if (!content || !filter.matches(*parts, *content)) return true;
              }
              file.write(message);
              return file.messages() != options.count;
          });
    file.close();
    context.notes << "viz-tap: recorded " << file.messages() << " messages, " << file.bytes()
                  << " bytes, missed " << missed_in_all << "\n";
    return missed_in_all == 0 ? kExitOk : kExitFailed;
}

} // namespace viz::tap
