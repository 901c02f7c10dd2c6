#include "tools/viz_tap/latency.hpp"

#include <algorithm>
#include <cmath>

namespace viz::tap {

namespace {

constexpr std::size_t kRemembered = 100'000;
constexpr std::array<const char*, 5> kHopNames{"announcement → pending", "pending → tx",
                                               "tx → feature", "tx → events",
                                               "announcement → events"};

} // namespace

Percentiles percentiles(std::vector<std::int64_t> samples) {
    if (samples.empty()) return {};
    std::ranges::sort(samples);
    const auto rank = [&](double p) {
        const auto n = std::ceil(p * static_cast<double>(samples.size()));
        return samples[static_cast<std::size_t>(std::max(n, 1.0)) - 1];
    };
    return {.count = samples.size(),
            .p50_ns = rank(0.5),
            .p90_ns = rank(0.9),
            .p99_ns = rank(0.99),
            .max_ns = samples.back()};
}

RateBook::Times& RateBook::times_of(const bus::Hash& hash) {
    const auto [place, is_new] = times_.try_emplace(hash);
    if (is_new) {
        order_.push_back(hash);
        if (order_.size() > kRemembered) {
            times_.erase(order_.front());
            order_.pop_front();
        }
    }
    return place->second;
}

void RateBook::add(Hop hop, std::int64_t from_ns, std::int64_t to_ns) {
    // Without a start time nothing can be measured; a monotonic clock of another boot is not
    // comparable.
    if (from_ns > 0 && to_ns >= from_ns) samples_[hop].push_back(to_ns - from_ns);
}

void RateBook::note(std::string_view topic, const bus::Header& header, std::size_t bytes,
                    std::uint64_t missed, const bus::AnyMessage& message) {
    const auto stream = topic.substr(0, topic.find('.'));
    auto& rate = streams_[std::string(stream)];
    ++rate.messages;
    rate.bytes += bytes;
    rate.missed += missed;
    if (const auto* pending = std::get_if<bus::PendingTx>(&message)) {
        times_of(pending->announced_hash).pending_ns = header.mono_ns;
        if (!pending->backfilled)
            add(announced_to_pending, pending->first_seen_mono_ns.value, header.mono_ns);
    } else if (const auto* tx = std::get_if<bus::DecodedTx>(&message)) {
        auto& times = times_of(tx->hash);
        times.tx_ns = header.mono_ns;
        add(pending_to_tx, times.pending_ns, header.mono_ns);
    } else if (const auto* feature = std::get_if<bus::Feature>(&message)) {
        add(tx_to_feature, times_of(feature->hash).tx_ns, header.mono_ns);
    } else if (const auto* event = std::get_if<bus::Envelope>(&message);
               event != nullptr && stream == "events") {
        if (const auto* decoded = std::get_if<bus::TxDecoded>(&event->data)) {
            add(tx_to_events, times_of(decoded->hash).tx_ns, header.mono_ns);
            add(announced_to_events, decoded->first_seen_mono_ns.value, header.mono_ns);
        }
    }
}

RateBook::Interval RateBook::take() {
    Interval interval{.streams = std::move(streams_), .hops = {}};
    streams_.clear();
    for (std::size_t hop = 0; hop < kHops; ++hop) {
        interval.hops.emplace_back(kHopNames[hop], percentiles(std::move(samples_[hop])));
        samples_[hop].clear();
    }
    return interval;
}

} // namespace viz::tap
