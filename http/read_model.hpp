// The data behind the API: the newest part of the record and the live state derived from it, in
// memory, bounded. One thread feeds it with committed events in order; any thread reads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "http/builder_board.hpp"
#include "http/chain_board.hpp"
#include "http/event_ring.hpp"
#include "http/feature_board.hpp"
#include "http/history.hpp"
#include "http/newest.hpp"
#include "http/opp_board.hpp"
#include "http/parity_board.hpp"
#include "http/pending_view.hpp"
#include "http/propagation.hpp"
#include "http/replay_track.hpp"
#include "http/sim_board.hpp"
#include "http/tx_index.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

struct ReadModelLimits {
    std::size_t events{65536};
    std::size_t transactions{50000};
    std::size_t features{8192};
    std::size_t simulations{8192};
    std::size_t opportunities{8192};
    std::size_t exposures{8192};
    std::size_t bundles{4096}; // also the limit of builder decisions
    std::size_t pending{262144};
    std::size_t rehydrate_features{5000}; // labels of the newest transactions, read at start
    // Bounds of what has no size of its own: the text of events, the actions of labels.
    std::size_t events_bytes{std::size_t{128} << 20};
    std::size_t transactions_bytes{std::size_t{256} << 20};
    std::size_t features_bytes{std::size_t{64} << 20};
};

// What the tables keep that are bounded by bytes.
struct ReadModelBytes {
    std::size_t events{};
    std::size_t transactions{};
    std::size_t features{};
};

// The state itself is not accessible: functions return values and views, which are taken under the
// lock and read without it. Taking one costs a few copied pointers at any size (busiest senders: at
// most the requested rows), so that the feeding thread never waits for an answer that is being
// written. Keep it so: a caller's code must never run under the lock.
class ReadModel {
  public:
    // `history` may be null (then only the window is known) and must outlive the model.
    explicit ReadModel(History* history, const ReadModelLimits& limits = {});

    // Fills the window and the pending view from the record; call before the first apply().
    void rehydrate();

    // Applies a committed event, in order of seq_id, or a record (seq_id 0). Events already applied
    // are skipped; missing ones before it are first read from the history.
    void apply(const bus::Envelope& event);
    void apply(const bus::EndpointStatus& status);

    using Chain = std::optional<bus::ChainId>; // std::nullopt: every chain

    // Usable on any thread.
    EventRing::View events() const;
    TxIndex::View transactions(Chain chain = {}) const;
    // Null or std::nullopt when not known (any more).
    std::shared_ptr<const TransactionRecord> transaction(const bus::Hash& hash) const;
    FeatureBoard::View features() const;
    PendingView::Summary pending(Chain chain = {}, std::size_t busiest_limit = 0) const;
    ReplayTrack::View replay() const;
    Propagation::View propagation() const;
    std::shared_ptr<const ChainBoard> chains() const;
    // By the id of the simulation or its candidate.
    std::optional<SimView> simulation(const bus::Hash& id) const;
    std::optional<SimView> latest_simulation() const; // the one completed last
    OppBoard::View opportunities() const;
    std::shared_ptr<const ParityBoard> parity() const;
    std::optional<bus::ExposureRecord> exposure(const bus::Hash& transaction) const;
    BuilderBoard::View building() const;
    // By the id of the bundle or its candidate.
    std::shared_ptr<const BundleView> bundle(const bus::Hash& id) const;
    std::shared_ptr<const BundleView> latest_bundle() const;

    // The newest applied event. Thread-safe without the lock.
    std::uint64_t latest_seq_id() const { return latest_.load(std::memory_order_acquire); }
    // Events that neither arrived nor were in the history.
    std::uint64_t lost_events() const { return lost_.load(std::memory_order_relaxed); }
    std::uint64_t refetched_events() const { return refetched_.load(std::memory_order_relaxed); }

    // On the feeding thread only.
    ReadModelBytes bytes() const {
        return {state_.events.bytes(), state_.transactions.bytes(), state_.features.bytes()};
    }

    // Called on the feeding thread after numbered events were applied. Set before feeding.
    void on_growth(std::function<void()> listener) { on_growth_ = std::move(listener); }

  private:
    struct State {
        EventRing events;
        TxIndex transactions;
        FeatureBoard features;
        PendingView pending;
        ReplayTrack replay;
        Propagation propagation;
        CopyOnWrite<ChainBoard> chains;
        SimBoard simulations;
        OppBoard opportunities;
        CopyOnWrite<ParityBoard> parity;
        Newest<bus::ExposureRecord> exposures; // by transaction
        BuilderBoard building;
    };
    // Private, so that all code that runs under the lock is in one file.
    template <class Take> auto taken(Take take) const {
        const std::scoped_lock lock(mutex_);
        return take(state_);
    }

    std::vector<bus::Envelope> recorded_after(std::uint64_t after, std::uint64_t limit);
    void fill_gap(std::uint64_t up_to);
    void recall_findings(std::uint64_t up_to);
    void recall_building(std::uint64_t before);
    std::optional<TransactionRecord> recall(const bus::Envelope& event) const;
    void take(const bus::Envelope& event);

    History* history_;
    ReadModelLimits limits_;
    mutable std::mutex mutex_;
    State state_;
    std::atomic<std::uint64_t> latest_{0};
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<std::uint64_t> refetched_{0};
    std::function<void()> on_growth_;
};

} // namespace viz::http
