#include "tools/viz_tap/text.hpp"

#include <ctime>

#include <spdlog/fmt/fmt.h>

#include "bus/event_json.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/u256.hpp"

namespace viz::tap {

namespace {

std::string hex(const auto& bytes) {
    return eth::to_hex(bytes.view());
}

std::string time_of_day(std::int64_t unix_ns) {
    const auto seconds = static_cast<std::time_t>(unix_ns / 1'000'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:06}", parts.tm_hour, parts.tm_min, parts.tm_sec,
                       unix_ns / 1000 % 1'000'000);
}

struct Summary {
    std::string operator()(const bus::PendingTx& m) const {
        return fmt::format("{} from {}, {} bytes{}", hex(m.announced_hash), m.source_id,
                           m.body.size(), m.backfilled ? ", backfilled" : "");
    }
    std::string operator()(const bus::DecodedTx& m) const {
        return fmt::format("{} {} nonce {} to {} value {} wei", hex(m.hash), hex(m.sender), m.nonce,
                           m.to ? hex(*m.to) : "(creation)", eth::to_decimal(m.value));
    }
    std::string operator()(const bus::Head& m) const {
        return fmt::format("#{} {} {} transactions, base fee {} wei{}", m.number.value, hex(m.hash),
                           m.transactions.size(), eth::to_decimal(m.base_fee),
                           m.catch_up ? ", caught up" : "");
    }
    std::string operator()(const bus::Reorg& m) const {
        return fmt::format("{} blocks back to #{} {}", m.depth, m.ancestor_number.value,
                           hex(m.ancestor_hash));
    }
    std::string operator()(const bus::EndpointStatus& m) const {
        return fmt::format("{} {} {}{}{}", m.chain_key, m.ws_url, to_string(m.state),
                           m.last_error.empty() ? "" : ": ", m.last_error);
    }
    std::string operator()(const bus::AccountNonce& m) const {
        return fmt::format("{} nonce {} at #{}", hex(m.address), m.nonce, m.at_block.value);
    }
    std::string operator()(const bus::TxPresence& m) const {
        return fmt::format("{} {}", hex(m.hash),
                           m.presence == bus::Presence::absent    ? "absent"
                           : m.presence == bus::Presence::pending ? "pending"
                                                                  : "mined");
    }
    std::string operator()(const bus::ChainQuery& m) const {
        return fmt::format("{} nonces, {} presences", m.addresses.size(), m.hashes.size());
    }
    std::string operator()(const bus::BodyRefused& m) const {
        return fmt::format("{} of {}: {}", hex(m.hash), m.source_id, to_string(m.reason));
    }
    std::string operator()(const bus::Feature& m) const {
        return fmt::format("{} {}/{} mev {} urgency {}", hex(m.hash), m.protocol, m.category,
                           m.mev_score, m.urgency_score);
    }
    std::string operator()(const bus::Candidate& m) const {
        return fmt::format("{} {} of {} transactions, expects {}", hex(m.candidate_id), m.strategy,
                           m.members.size(), eth::to_decimal(m.expected));
    }
    std::string operator()(const bus::Simulated& m) const {
        const auto& done = m.completed;
        return fmt::format("{} {} {}", hex(m.candidate.candidate_id), m.candidate.strategy,
                           done.success ? "succeeded" : done.fail_category);
    }
    std::string operator()(const bus::Verdict& m) const {
        return fmt::format("{} {}: {}{}", hex(m.hash), m.replaced ? "replaced" : "dropped",
                           m.reason, m.by ? ", by " + hex(*m.by) : "");
    }
    std::string operator()(const bus::Envelope& m) const {
        const auto number = m.seq_id == 0 ? std::string("-") : std::to_string(m.seq_id);
        const auto hash = bus::hash_of(m.data);
        return fmt::format("{} {} from {}", number, hash ? hex(*hash) : "-", m.source_id);
    }
    std::string operator()(const bus::TapReport& m) const {
        return fmt::format("{} streams", m.streams.size());
    }
};

// Figures of a stream in the earlier report; zeros if it was not in it.
const bus::StreamFigures& earlier(const bus::TapReport& before, const bus::StreamFigures& now) {
    for (const auto& stream : before.streams)
        if (stream.name == now.name) return stream;
    return now;
}

std::string duration(std::int64_t ns) {
    const auto value = static_cast<double>(ns);
    if (ns < 1'000'000) return fmt::format("{:.0f} µs", value / 1e3);
    if (ns < 1'000'000'000) return fmt::format("{:.2f} ms", value / 1e6);
    return fmt::format("{:.2f} s", value / 1e9);
}

// fmt counts each of these code points as one column, as terminals do.
constexpr const char* kHopRow = "{:<24}{:>8}{:>11}{:>11}{:>11}{:>11}\n";

} // namespace

std::string pretty(std::string_view topic, const bus::Header& header,
                   const bus::AnyMessage& message) {
    const auto parts = bus::split_topic(topic).value_or(bus::TopicParts{topic, "", ""});
    return fmt::format("{} {:<9} {:<9} {:<3} {}#{} {}", time_of_day(header.wall_unix_ns),
                       parts.stream, parts.kind, parts.chain_id, header.producer_name(),
                       header.sequence, std::visit(Summary{}, message));
}

std::string stream_table(const bus::TapReport& before, const bus::TapReport& now,
                         double elapsed_s) {
    constexpr const char* kRow = "{:<10} {:>12} {:>10} {:>9} {:>9} {:>16}  {}\n";
    auto out = fmt::format(kRow, "stream", "messages", "a second", "dropped", "refused", "queued",
                           "from → to");
    for (const auto& stream : now.streams) {
        const auto rate =
            static_cast<double>(stream.sent - earlier(before, stream).sent) / elapsed_s;
        const auto known = bus::stream_from_string(stream.name);
        const bool queue = known && bus::spec_of(*known).pattern == bus::Pattern::push_pull;
        out += fmt::format(
            kRow, stream.name, stream.sent, fmt::format("{:.1f}", rate), stream.dropped,
            stream.refused, queue ? fmt::format("{} of {}", stream.depth, stream.capacity) : "-",
            known ? fmt::format("{} → {}", bus::spec_of(*known).from, bus::spec_of(*known).to)
                  : std::string());
    }
    out += fmt::format("tap: {} copies lost, clients fell behind {} times\n", now.tap_lost,
                       now.tap_lagged);
    return out;
}

std::string stream_json(const bus::TapReport& before, const bus::TapReport& now, double elapsed_s) {
    std::string out;
    for (const auto& stream : now.streams)
        out +=
            fmt::format("{{\"stream\":\"{}\",\"messages\":{},\"per_second\":{:.1f},\"dropped\":{},"
                        "\"refused\":{},\"depth\":{},\"capacity\":{}}}\n",
                        stream.name, stream.sent,
                        static_cast<double>(stream.sent - earlier(before, stream).sent) / elapsed_s,
                        stream.dropped, stream.refused, stream.depth, stream.capacity);
    return out;
}

std::string rate_table(const RateBook::Interval& interval, double elapsed_s) {
    constexpr const char* kRow = "{:<10} {:>12} {:>12} {:>8}\n";
    auto out = fmt::format(kRow, "stream", "messages/s", "KiB/s", "missed");
    for (const auto& [name, rate] : interval.streams)
        out += fmt::format(
            kRow, name, fmt::format("{:.1f}", static_cast<double>(rate.messages) / elapsed_s),
            fmt::format("{:.1f}", static_cast<double>(rate.bytes) / 1024 / elapsed_s), rate.missed);
    out += fmt::format(kHopRow, "latency", "samples", "p50", "p90", "p99", "max");
    for (const auto& [name, p] : interval.hops)
        out += p.count == 0
                   ? fmt::format(kHopRow, name, 0, "-", "-", "-", "-")
                   : fmt::format(kHopRow, name, p.count, duration(p.p50_ns), duration(p.p90_ns),
                                 duration(p.p99_ns), duration(p.max_ns));
    return out + "\n";
}

std::string rate_json(const RateBook::Interval& interval, double elapsed_s) {
    auto out = fmt::format("{{\"seconds\":{:.3f},\"streams\":[", elapsed_s);
    bool first = true;
    for (const auto& [name, rate] : interval.streams) {
        out += fmt::format("{}{{\"stream\":\"{}\",\"messages\":{},\"bytes\":{},\"missed\":{}}}",
                           first ? "" : ",", name, rate.messages, rate.bytes, rate.missed);
        first = false;
    }
    out += "],\"latency\":[";
    first = true;
    for (const auto& [name, p] : interval.hops) {
        out += fmt::format("{}{{\"hop\":\"{}\",\"samples\":{},\"p50_ns\":{},\"p90_ns\":{},"
                           "\"p99_ns\":{},\"max_ns\":{}}}",
                           first ? "" : ",", name, p.count, p.p50_ns, p.p90_ns, p.p99_ns, p.max_ns);
        first = false;
    }
    return out + "]}\n";
}

} // namespace viz::tap
