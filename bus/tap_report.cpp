#include "bus/tap_report.hpp"

#include "bus/codec_detail.hpp"

namespace viz::bus {

Payload encode(const TapReport& report) {
    flatbuffers::FlatBufferBuilder builder;
    std::vector<flatbuffers::Offset<fb::StreamFigures>> streams;
    for (const auto& s : report.streams)
        streams.push_back(fb::CreateStreamFigures(builder, builder.CreateString(s.name), s.sent,
                                                  s.dropped, s.refused, s.depth, s.capacity));
    const auto all = builder.CreateVector(streams);
    builder.Finish(fb::CreateTapReport(builder, all, report.tap_lost, report.tap_lagged));
    return detail::finish(builder);
}

template <> std::optional<TapReport> decode(PayloadView payload) {
    Payload aligned;
    const auto* wire = detail::verified_root<fb::TapReport>(payload, aligned);
    if (wire == nullptr) return std::nullopt;
    TapReport report{.streams = {}, .tap_lost = wire->tap_lost(), .tap_lagged = wire->tap_lagged()};
    for (const auto* s : *wire->streams())
        report.streams.push_back({.name = detail::get(s->name()),
                                  .sent = s->sent(),
                                  .dropped = s->dropped(),
                                  .refused = s->refused(),
                                  .depth = s->depth(),
                                  .capacity = s->capacity()});
    return report;
}

} // namespace viz::bus
