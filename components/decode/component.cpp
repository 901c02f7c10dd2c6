#include "components/decode/component.hpp"

#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"

namespace viz::decode {

namespace {
constexpr std::int64_t kWarnEveryNs = 10'000'000'000;
}

DecodeComponent::DecodeComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics)
    : ports_(ports), clock_(clock),
      decoded_total_(metrics.counter("ingest_decode_total", "Transactions decoded and verified.")),
      failed_total_(metrics.counter("ingest_decode_fail_total",
                                    "Transaction bodies rejected by verification.")),
      dropped_(metrics.counter("ingest_drops_total", "Observations and events lost, by reason.",
                               {{"reason", "decode_fail"}, {"component", "decode"}})),
      unreported_(metrics.counter("decode_refusals_unreported_total",
                                  "Rejected bodies that could not be reported to ingest.")),
      duration_(metrics.histogram("stage_duration_seconds",
                                  "Processing time of one stage per message.",
                                  {{"stage", "decode"}})) {
    // Registers every reason at start: a failure then needs no look-up, and rates start at zero.
    for (std::size_t i = 0; i < by_reason_.size(); ++i)
        by_reason_[i] = &metrics.counter(
            "decode_errors_total", "Transaction bodies rejected by verification, by reason.",
            {{"reason", std::string(to_string(static_cast<eth::DecodeError>(i)))}});
    reactor_.on(ports_.pending, [this](const bus::PendingTx& pending) { on_pending(pending); });
}

void DecodeComponent::run(std::stop_token stop) {
    reactor_.run(stop);
}

void DecodeComponent::on_pending(const bus::PendingTx& pending) {
    const auto start = clock_.mono_ns();
    const auto decoded = decoder_.decode(pending);
    if (!decoded) return reject(pending, decoded.error());
    decoded_total_.Increment();
    duration_.Observe(static_cast<double>(clock_.mono_ns() - start) * 1e-9);
    // Write the record first: events of other components about this transaction must follow it.
    ports_.journal.try_enqueue(bus::Envelope{.ingest_ts_unix_ms = clock_.unix_ms(),
                                             .ingest_ts_mono_ns = clock_.mono(),
                                             .source_id = pending.source_id,
                                             .chain_id = pending.chain_id,
                                             .data = event_of(*decoded)});
    ports_.tx.send(*decoded);
}

void DecodeComponent::reject(const bus::PendingTx& pending, eth::DecodeError error) {
    failed_total_.Increment();
    dropped_.Increment();
    by_reason_[static_cast<std::size_t>(error)]->Increment();
    if (ports_.refused.send(bus::BodyRefused{.chain_id = pending.chain_id,
                                             .hash = pending.announced_hash,
                                             .source_id = pending.source_id,
                                             .reason = error}) != bus::SendStatus::sent)
        unreported_.Increment();
    const auto now = clock_.mono_ns();
    if (last_warning_ns_ != 0 && now - last_warning_ns_ < kWarnEveryNs) return;
    last_warning_ns_ = now;
    spdlog::warn("decode failed reason={} hash={} source={}", to_string(error),
                 eth::to_hex(pending.announced_hash.view()), pending.source_id);
}

} // namespace viz::decode
