#include "components/lifecycle/component.hpp"

#include <chrono>
#include <type_traits>
#include <utility>

#include "components/lifecycle/verdict.hpp"

namespace viz::lifecycle {
namespace {

// How long node queries are collected before they are sent as a batch.
constexpr std::chrono::milliseconds kTick{20};
constexpr std::chrono::milliseconds kExport{500};

} // namespace

LifecycleComponent::LifecycleComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                                       const std::map<bus::ChainId, ChainSetup>& chains,
                                       const Config& fallback)
    : ports_(ports), clock_(clock), metrics_(metrics), fallback_(fallback),
      duration_(metrics.histogram("stage_duration_seconds",
                                  "Processing time of one stage per message.",
                                  {{"stage", "lifecycle"}})),
      queries_dropped_(
          metrics.counter("lifecycle_queries_dropped_total",
                          "Node queries dropped because the queue was full; retried later.")) {
    for (const auto& [id, setup] : chains) {
        auto& chain = chains_.try_emplace(id, id, setup.config, metrics_).first->second;
        chain.pool.recover(setup.recovery, clock_.mono());
    }
    reactor_.on(ports_.tx, [this](const bus::DecodedTx& tx) {
        handle(tx.chain_id,
               [&](Pool& pool, bus::MonoNs now) { pool.on_transaction(tx, now, out_); });
    });
    reactor_.on(ports_.chain, [this](const auto& message) {
        using Message = std::decay_t<decltype(message)>;
        if constexpr (!std::is_same_v<Message, bus::EndpointStatus>) {
            handle(message.chain_id, [&](Pool& pool, bus::MonoNs now) {
                if constexpr (std::is_same_v<Message, bus::Head>)
                    pool.on_head(message, now, out_);
                else if constexpr (std::is_same_v<Message, bus::Reorg>)
                    pool.on_reorg(message, now, out_);
                else if constexpr (std::is_same_v<Message, bus::AccountNonce>)
                    pool.on_account_nonce(message, now, out_);
                else
                    pool.on_presence(message, now, out_);
            });
        }
    });
    reactor_.every(kTick, [this] { tick(); });
    reactor_.every(kExport, [this] {
        for (auto& [id, chain] : chains_) chain.exporter.update(chain.pool.counters());
    });
}

LifecycleComponent::Chain& LifecycleComponent::chain_of(bus::ChainId id) {
    return chains_.try_emplace(id, id, fallback_, metrics_).first->second;
}

template <class Handle> void LifecycleComponent::handle(bus::ChainId id, Handle handle) {
    const bus::MonoNs start = clock_.mono();
    handle(chain_of(id).pool, start);
    deliver(id);
    duration_.Observe(static_cast<double>(clock_.mono_ns() - start.value) * 1e-9);
}

void LifecycleComponent::tick() {
    for (auto& [id, chain] : chains_) {
        chain.pool.tick(clock_.mono(), out_);
        deliver(id);
    }
}

void LifecycleComponent::deliver(bus::ChainId id) {
    for (bus::EventData& event : out_.events) {
        if (const auto verdict = verdict_of(id, event)) ports_.verdict.send(*verdict);
        ports_.journal.try_enqueue(bus::Envelope{.ingest_ts_unix_ms = clock_.unix_ms(),
                                                 .ingest_ts_mono_ns = clock_.mono(),
                                                 .source_id = "lifecycle",
                                                 .chain_id = id,
                                                 .data = std::move(event)});
    }
    for (const bus::ChainQuery& query : out_.queries) {
        if (ports_.query.send(query) != bus::SendStatus::sent) queries_dropped_.Increment();
    }
    out_.events.clear();
    out_.queries.clear();
}

} // namespace viz::lifecycle
