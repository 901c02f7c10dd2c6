// Human-readable output of viz-tap, and JSON output of more than one message per line.
#pragma once

#include <string>

#include "tools/viz_tap/latency.hpp"

namespace viz::tap {

// "22:04:31.123456 tx       decoded  1  decode.0#17  0x5c50…  from 0x…": one line, times in UTC.
std::string pretty(std::string_view topic, const bus::Header& header,
                   const bus::AnyMessage& message);

// `before`: the report from `elapsed_s` earlier, for the rates.
std::string stream_table(const bus::TapReport& before, const bus::TapReport& now, double elapsed_s);
std::string stream_json(const bus::TapReport& before, const bus::TapReport& now, double elapsed_s);

std::string rate_table(const RateBook::Interval& interval, double elapsed_s);
std::string rate_json(const RateBook::Interval& interval, double elapsed_s);

} // namespace viz::tap
