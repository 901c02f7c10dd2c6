#include "http/read_model.hpp"

#include <array>

#include "bus/transaction_fold.hpp"

namespace viz::http {

namespace {
constexpr std::size_t kBatch = 2000;
constexpr std::array kBuilding{bus::EventType::assembly_decision_applied,
                               bus::EventType::bundle_submitted};

template <class T> std::optional<T> copy_of(const T* value) {
    return value == nullptr ? std::nullopt : std::optional<T>(*value);
}
} // namespace

ReadModel::ReadModel(History* history, const ReadModelLimits& limits)
    : history_(history),
      limits_(limits), state_{.events = EventRing(limits.events, limits.events_bytes),
                              .transactions =
                                  TxIndex(limits.transactions, limits.transactions_bytes),
                              .features = FeatureBoard(limits.features, limits.features_bytes),
                              .pending = PendingView(limits.pending),
                              .replay = ReplayTrack(),
                              .propagation = Propagation(),
                              .chains = {},
                              .simulations = SimBoard(limits.simulations),
                              .opportunities = OppBoard(limits.opportunities),
                              .parity = {},
                              .exposures = Newest<bus::ExposureRecord>(limits.exposures),
                              .building = BuilderBoard(limits.bundles)} {}

void ReadModel::rehydrate() {
    if (history_ == nullptr) return;
    const auto newest = history_->latest_seq_id();
    auto after = newest > limits_.events ? newest - limits_.events : 0;
    if (const auto oldest = history_->oldest_seq_id(); oldest > after + 1) after = oldest - 1;
    latest_.store(after, std::memory_order_release);
    recall_findings(newest);
    recall_building(after);
    const auto past = history_->points(1, after);
    {
        const std::scoped_lock lock(mutex_);
        state_.replay.begin_with(past, History::kPointEvery);
    }

    // Pending transactions may have arrived long before the window.
    const auto open = history_->open_transactions(limits_.pending);
    const auto first = history_->events({.after = after, .types = {}, .chain_id = {}, .limit = 1});
    const auto place = [&](auto wanted) {
        const std::scoped_lock lock(mutex_);
        for (const auto& record : open)
            if (wanted(record)) state_.pending.update(record);
    };
    if (!first.empty())
        place([&](const TransactionRecord& record) {
            return record.first_seen_unix_ms < first.front().ingest_ts_unix_ms;
        });
    fill_gap(newest + 1);
    refetched_ = 0;
    const auto heads = history_->newest_blocks();
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& block : heads) state_.building.apply(block);
    }
    place([](const TransactionRecord&) { return true; });

    // Labels are not in the numbered log: they are read with their transactions.
    std::vector<bus::Hash> hashes;
    transactions().newest_first([&](const TransactionRecord& record) {
        hashes.push_back(record.hash);
        return hashes.size() < limits_.rehydrate_features;
    });
    for (auto hash = hashes.rbegin(); hash != hashes.rend(); ++hash) {
        const auto record = history_->transaction(*hash);
        if (!record || !record->feature) continue;
        bus::Envelope label;
        label.chain_id = record->chain_id;
        label.data = *record->feature;
        take(label);
    }
}

// Records are not in the numbered log, and their opportunities may have been detected long before
// the window: they are read from the tables, which hold the events up to `up_to` and possibly later
// ones.
void ReadModel::recall_findings(std::uint64_t up_to) {
    auto opportunities = history_->newest_opportunities(limits_.opportunities);
    const auto parity = history_->parity_history(ParityBoard::kWindow, ParityBoard::kMisses);
    const std::scoped_lock lock(mutex_);
    state_.opportunities.begin_with(std::move(opportunities), up_to);
    state_.parity.edit().begin_with(parity);
}

// `latest` and the listed items may be older than the window, which begins after `before`; the
// counts cover the whole history.
void ReadModel::recall_building(std::uint64_t before) {
    const auto past = history_->builder_history();
    const auto simulations = history_->newest_about(SimBoard::kTypes, limits_.simulations, before);
    const auto building = history_->newest_about(kBuilding, limits_.bundles, before);
    const std::scoped_lock lock(mutex_);
    state_.building.begin_with(past);
    for (const auto& event : simulations) state_.simulations.apply(event);
    for (const auto& event : building) state_.building.apply(event);
}

void ReadModel::apply(const bus::Envelope& event) {
    if (event.seq_id == 0) return take(event);
    const auto latest = latest_seq_id();
    if (event.seq_id <= latest) return;
    if (event.seq_id > latest + 1) fill_gap(event.seq_id);
    take(event);
    if (on_growth_) on_growth_();
}

void ReadModel::apply(const bus::EndpointStatus& status) {
    const std::scoped_lock lock(mutex_);
    state_.chains.edit().apply(status);
}

// Empty while the record cannot be read: events missed then are counted, and the window restarts
// after them.
std::vector<bus::Envelope> ReadModel::recorded_after(std::uint64_t after, std::uint64_t limit) {
    try {
        return history_->events({.after = after, .types = {}, .chain_id = {}, .limit = limit});
    } catch (const RecordUnavailable&) {
        return {};
    }
}

// Applies what the record holds between the newest applied event and `up_to` (exclusive).
void ReadModel::fill_gap(std::uint64_t up_to) {
    auto latest = latest_seq_id();
    while (history_ != nullptr && latest + 1 < up_to) {
        const auto missing = up_to - latest - 1;
        const auto found = recorded_after(latest, std::min(kBatch, missing));
        for (const auto& event : found) {
            if (event.seq_id <= latest || event.seq_id >= up_to) continue;
            lost_ += event.seq_id - latest - 1;
            latest = event.seq_id;
            ++refetched_;
            take(event);
        }
        if (found.empty()) break;
    }
    // The first event without a history is not a gap.
    if (latest > 0) lost_ += up_to - latest - 1;
}

// The record of a transaction that is not final and was evicted from the window (the pending view
// holds more transactions than the window).
std::optional<TransactionRecord> ReadModel::recall(const bus::Envelope& event) const {
    const auto type = bus::type_of(event.data);
    const bool goes_on = type == bus::EventType::tx_ready || type == bus::EventType::tx_blocked ||
                         type == bus::EventType::tx_reorged;
    if (!goes_on || history_ == nullptr) return std::nullopt;
    const auto hash = *bus::hash_of(event.data);
    // Only this thread writes the state: it may read without the lock.
    const auto* known = state_.transactions.find(hash);
    if ((known != nullptr && known->decoded) || state_.pending.contains(hash)) return std::nullopt;
    try {
        auto record = history_->transaction(hash);
        if (record) bus::apply(*record, event);
        return record;
    } catch (const RecordUnavailable&) {
        return std::nullopt; // it stays out of the pending view until its next event
    }
}

void ReadModel::take(const bus::Envelope& event) {
    const auto recalled = recall(event);
    const std::scoped_lock lock(mutex_);
    const auto* record = state_.transactions.apply(event);
    state_.pending.note(event);
    if (record != nullptr) state_.pending.update(*record);
    if (recalled) state_.pending.update(*recalled);
    if (const auto* seen = std::get_if<bus::TxSeen>(&event.data))
        state_.propagation.apply(event, *seen);
    if (const auto* feature = std::get_if<bus::Feature>(&event.data))
        state_.features.apply(*feature);
    state_.simulations.apply(event);
    state_.opportunities.apply(event);
    if (std::holds_alternative<bus::SimParity>(event.data)) state_.parity.edit().apply(event);
    if (const auto* exposure = std::get_if<bus::Exposure>(&event.data))
        state_.exposures.insert(exposure->hash,
                                {event.chain_id, *exposure, event.ingest_ts_unix_ms});
    state_.building.apply(event);
    if (const auto* block = std::get_if<bus::BlockRecord>(&event.data))
        state_.chains.edit().apply(event.chain_id, *block);
    if (event.seq_id == 0) return;
    state_.events.push(event);
    state_.replay.add({.seq_hi = event.seq_id,
                       .timestamp = event.ingest_ts_unix_ms,
                       .pending_count = state_.pending.counts().total()});
    latest_.store(event.seq_id, std::memory_order_release);
}

EventRing::View ReadModel::events() const {
    return taken([](const State& state) { return state.events.view(); });
}
TxIndex::View ReadModel::transactions(Chain chain) const {
    return taken([&](const State& state) { return state.transactions.view(chain); });
}
std::shared_ptr<const TransactionRecord> ReadModel::transaction(const bus::Hash& hash) const {
    return taken([&](const State& state) { return state.transactions.share(hash); });
}
FeatureBoard::View ReadModel::features() const {
    return taken([](const State& state) { return state.features.view(); });
}
PendingView::Summary ReadModel::pending(Chain chain, std::size_t busiest_limit) const {
    return taken([&](const State& state) { return state.pending.summary(chain, busiest_limit); });
}
ReplayTrack::View ReadModel::replay() const {
    return taken([](const State& state) { return state.replay.view(); });
}
Propagation::View ReadModel::propagation() const {
    return taken([](const State& state) { return state.propagation.view(); });
}
std::shared_ptr<const ChainBoard> ReadModel::chains() const {
    return taken([](const State& state) { return state.chains.share(); });
}
std::optional<SimView> ReadModel::simulation(const bus::Hash& id) const {
    return taken([&](const State& state) { return copy_of(state.simulations.find(id)); });
}
std::optional<SimView> ReadModel::latest_simulation() const {
    return taken([](const State& state) { return copy_of(state.simulations.latest()); });
}
OppBoard::View ReadModel::opportunities() const {
    return taken([](const State& state) { return state.opportunities.view(); });
}
std::shared_ptr<const ParityBoard> ReadModel::parity() const {
    return taken([](const State& state) { return state.parity.share(); });
}
std::optional<bus::ExposureRecord> ReadModel::exposure(const bus::Hash& transaction) const {
    return taken([&](const State& state) { return copy_of(state.exposures.find(transaction)); });
}
BuilderBoard::View ReadModel::building() const {
    return taken([](const State& state) { return state.building.view(); });
}
std::shared_ptr<const BundleView> ReadModel::bundle(const bus::Hash& id) const {
    return taken([&](const State& state) { return state.building.find(id); });
}
std::shared_ptr<const BundleView> ReadModel::latest_bundle() const {
    return taken([](const State& state) { return state.building.latest_bundle(); });
}

} // namespace viz::http
