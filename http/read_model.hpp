// What the API answers from: the newest part of the record and the live state derived from it,
// in memory, bounded. One thread feeds it with committed events in order; any thread reads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>

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

namespace viz::http {

struct ReadModelLimits {
    std::size_t events{65536};
    std::size_t transactions{50000};
    std::size_t features{8192};
    std::size_t simulations{8192};
    std::size_t opportunities{8192};
    std::size_t exposures{8192};
    std::size_t bundles{4096}; // and decisions of the builder
    std::size_t pending{262144};
    std::size_t rehydrate_features{5000}; // labels of the newest transactions read at start
};

class ReadModel {
  public:
    struct State {
        EventRing events;
        TxIndex transactions;
        FeatureBoard features;
        PendingView pending;
        ReplayTrack replay;
        Propagation propagation;
        ChainBoard chains;
        SimBoard simulations;
        OppBoard opportunities;
        ParityBoard parity;
        Newest<bus::ExposureRecord> exposures; // by transaction
        BuilderBoard building;
    };

    // `history` may be null (nothing beyond the window is known then) and must outlive the model.
    explicit ReadModel(History* history, const ReadModelLimits& limits = {});

    // Fills the window and the view of what is pending from the record; before the first apply().
    void rehydrate();

    // A committed event, in order of seq_id, or a record (seq_id 0). Events already applied are
    // skipped; missing ones before it are fetched from the history first.
    void apply(const bus::Envelope& event);
    void apply(const bus::EndpointStatus& status);

    // Reads under a shared lock: keep `look` short, and copy what outlives it.
    template <class Look> auto read(Look look) const {
        const std::shared_lock lock(mutex_);
        return look(state_);
    }

    // The newest applied event. Thread-safe without the lock.
    std::uint64_t latest_seq_id() const { return latest_.load(std::memory_order_acquire); }
    // Events that neither came nor were in the history.
    std::uint64_t lost_events() const { return lost_.load(std::memory_order_relaxed); }
    std::uint64_t refetched_events() const { return refetched_.load(std::memory_order_relaxed); }

    // Called on the feeding thread after numbered events were applied. Set before feeding.
    void on_growth(std::function<void()> listener) { on_growth_ = std::move(listener); }

  private:
    std::vector<bus::Envelope> recorded_after(std::uint64_t after, std::uint64_t limit);
    void fill_gap(std::uint64_t up_to);
    void recall_findings(std::uint64_t up_to);
    void recall_building(std::uint64_t before);
    std::optional<TransactionRecord> recall(const bus::Envelope& event) const;
    void take(const bus::Envelope& event);

    History* history_;
    ReadModelLimits limits_;
    mutable std::shared_mutex mutex_;
    State state_;
    std::atomic<std::uint64_t> latest_{0};
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<std::uint64_t> refetched_{0};
    std::function<void()> on_growth_;
};

} // namespace viz::http
