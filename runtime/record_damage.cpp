#include "runtime/record_damage.hpp"

#include <algorithm>
#include <array>

#include <spdlog/spdlog.h>

namespace viz::runtime {

namespace {

constexpr std::int64_t kBurstNs = 60'000'000'000;
constexpr std::uint64_t kNotedOfACut = 10'000;

bus::Gauge& gauge(bus::Metrics& metrics, storage::DamageReason reason) {
    return metrics.gauge("storage_damaged_events",
                         "Events of the record found damaged or missing since the start.",
                         {{"reason", std::string(storage::to_string(reason))}});
}

} // namespace

RecordDamage::RecordDamage(bus::Metrics& metrics, const bus::Clock& clock)
    : metrics_(metrics), clock_(clock),
      report_([this](std::uint64_t seq_id, auto reason) { on_first(seq_id, reason); }) {
    using enum storage::DamageReason;
    for (const auto reason : {checksum_mismatch, undecodable, unreadable, missing})
        gauge(metrics, reason).Set(0);
}

void RecordDamage::note(const storage::OpeningReport& opening) {
    for (const auto& warning : opening.warnings)
        spdlog::warn("at the end of the record: {}", warning);
    if (opening.last_lost == 0) return;
    cut_ = true;
    spdlog::error("the record ends before events that were already published: they are lost, "
                  "numbering continues after "
                  "them first_lost={} last_lost={} advice=\"incidents/storage-damaged.md\"",
                  opening.first_lost, opening.last_lost);
    const auto last = std::min(opening.last_lost, opening.first_lost + kNotedOfACut - 1);
    for (auto seq_id = opening.first_lost; seq_id <= last; ++seq_id)
        report_.add(seq_id, storage::DamageReason::missing);
}

std::string RecordDamage::trouble() const {
    if (cut_) return "events_lost";
    return report_.any() ? "events_damaged" : "";
}

void RecordDamage::on_first(std::uint64_t seq_id, storage::DamageReason reason) {
    gauge(metrics_, reason).Increment();
    const auto now = clock_.mono_ns();
    if (reported_ && now - reported_ns_ < kBurstNs) return;
    reported_ = true;
    reported_ns_ = now;
    spdlog::error("an event of the record is damaged and shown as Damaged seq_id={} reason={} "
                  "advice=\"viz-replay verify; incidents/storage-damaged.md\"",
                  seq_id, storage::to_string(reason));
}

} // namespace viz::runtime
