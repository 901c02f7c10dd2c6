#include "components/features/component.hpp"

#include <type_traits>
#include <utility>

namespace viz::features {

FeaturesComponent::FeaturesComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                                     std::shared_ptr<const RegistrySlot> registry)
    : ports_(ports), clock_(clock),
      duration_(metrics.histogram("stage_duration_seconds",
                                  "Processing time of one stage per message.",
                                  {{"stage", "features"}})),
      labelled_(metrics.counter("features_labelled_total", "Transactions labelled.")),
      registry_(std::move(registry)), registry_version_(registry_->version()),
      labeller_(registry_->current()) {
    reactor_.on(ports_.tx, [this](const bus::DecodedTx& tx) { on_transaction(tx); });
    reactor_.on(ports_.chain, [this](const auto& message) {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, bus::Head>)
            chains_[message.chain_id].base_fee = message.base_fee;
    });
}

void FeaturesComponent::on_transaction(const bus::DecodedTx& tx) {
    const auto start = clock_.mono_ns();
    if (const auto version = registry_->version(); version != registry_version_) {
        registry_version_ = version;
        labeller_ = Labeller(registry_->current());
    }
    auto& chain = chains_[tx.chain_id];
    LabelContext around{.base_fee = chain.base_fee};
    const auto tip = effective_tip(tx.max_fee_per_gas, tx.max_priority_fee_per_gas, chain.base_fee);
    if (tip) around.tip_rank = chain.tips.place(*tip);
    bus::Feature feature = labeller_.label(tx, around);
    labelled_.Increment();
    duration_.Observe(static_cast<double>(clock_.mono_ns() - start) * 1e-9);
    ports_.feature.send(feature);
    ports_.journal.try_enqueue(bus::Envelope{.ingest_ts_unix_ms = clock_.unix_ms(),
                                             .ingest_ts_mono_ns = clock_.mono(),
                                             .source_id = "features",
                                             .chain_id = tx.chain_id,
                                             .data = std::move(feature)});
}

} // namespace viz::features
