// Statistics of the streams of a process, published by the tap once per second on the topic
// `tap.report.0`.
#pragma once

#include "bus/codec.hpp"

namespace viz::bus {

inline constexpr std::string_view kTapReportTopic = "tap.report.0";

struct StreamFigures {
    std::string name;
    std::uint64_t sent{};    // since the process started, like all totals here
    std::uint64_t dropped{}; // not sent because the queue was full
    std::uint64_t refused{}; // by the receiver
    std::int64_t depth{};    // queued now; 0 for streams with several receivers
    std::int64_t capacity{};

    friend bool operator==(const StreamFigures&, const StreamFigures&) = default;
};

struct TapReport {
    std::vector<StreamFigures> streams; // in topology order
    std::uint64_t tap_lost{};           // copies not made because the tap's own queue was full
    std::uint64_t tap_lagged{}; // how often a client of the tap fell behind and lost messages

    friend bool operator==(const TapReport&, const TapReport&) = default;
};

Payload encode(const TapReport& report);
template <> std::optional<TapReport> decode(PayloadView payload);

} // namespace viz::bus
