// Shell of sim: candidates, transactions, labels and heads in; simulations out and recorded. What
// takes time, a node's answers and executions, is done by workers of its own, so that no stream
// ever waits for it.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/sim/candidate.hpp"
#include "components/sim/parity.hpp"
#include "components/sim/recently_sent_codes.hpp"
#include "components/sim/sender_time.hpp"
#include "components/sim/single.hpp"
#include "components/sim/work_queue.hpp"
#include "components/state/chain_nodes.hpp"
#include "components/state/chain_view.hpp"
#include "components/state/fetch_counters.hpp"

namespace viz::sim {

struct Ports {
    bus::TxIn tx;
    bus::ChainIn chain; // heads
    bus::FeatureIn feature;
    bus::CandidateIn candidate;
    bus::SimulatedOut simulated;
    bus::JournalOut journal;
};

// Which transactions are simulated by themselves.
enum class SingleSimulations : std::uint8_t { none, swaps, all };

struct Options {
    SingleSimulations singles{SingleSimulations::none};
    unsigned workers{1};
    bool candidates{};         // whether a search sends any: blocks are followed for them
    std::uint32_t bribe_bps{}; // see SimRequest
    bool cases{};              // whether what ran is recorded for viz-replay
    std::map<bus::ChainId, std::vector<node::Url>> nodes; // HTTP, in order of preference
    state::ChainViews views;                              // of the same chains; may be shared
    state::NodeLimits limits{.connect_timeout = std::chrono::milliseconds(2'000),
                             .request_timeout = std::chrono::milliseconds(2'000)};
    std::string ca_file;
    // Wall time of one simulation, with what it fetches from the node.
    std::chrono::milliseconds run_time{2'000};
    // Wall time of one sender's simulations on one head; more of them are not made.
    std::chrono::milliseconds sender_time{4'000};
};

class SimComponent final : public bus::Component {
  public:
    // `ports`, `clock` and `metrics` must outlive the component.
    SimComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics, Options options);
    ~SimComponent() override;

    void run(std::stop_token stop) override;
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    class Worker;
    struct Figures {
        explicit Figures(bus::Metrics& metrics);
        bus::Gauge& latency_ms;
        bus::Histogram& duration;
        bus::Histogram& from_first_seen;
        std::array<bus::Counter*, kFailCategories> failed;
        std::array<bus::Counter*, kParityResults> parity;
        bus::Counter& completed;
        bus::Counter& queue_full;
        bus::Counter& no_head;
        bus::Counter& candidate_queue_full;
        bus::Counter& stale;
        bus::Counter& malformed;
        bus::Counter& blocks_advanced;
        bus::Counter& blocks_fetched;
        bus::Counter& blocks_failed;
        bus::Gauge& queue_depth;
        bus::Gauge& waiting_bytes;
        bus::Counter& no_label;
        bus::Counter& sender_spent;
        std::array<bus::Counter*, state::kRoundsEnds> ended{}; // null for complete
        state::FetchCounters<bus::Metrics> fetches;
    };
    // Transactions whose label has not come yet; or null, the other way round. Bounded; the oldest
    // are forgotten.
    static constexpr std::size_t kMostUnlabelled = 16'384;
    static constexpr std::size_t kMostUnlabelledBytes = 64U << 20;

    void on_transaction(const bus::DecodedTx& tx);
    void on_feature(const bus::Feature& feature);
    void keep(const bus::Hash& hash, std::shared_ptr<const bus::DecodedTx> tx);
    void forget_unlabelled(const bus::Hash& hash);
    void queue(std::shared_ptr<const bus::DecodedTx> tx);
    void on_candidate(const bus::Candidate& candidate);
    // Of workers; any thread.
    bus::Envelope envelope(bus::ChainId chain, bus::EventData event) const;
    void record(bus::ChainId chain, bus::EventData event);
    void publish(bus::Simulated simulated);
    void record_case(bus::ChainId chain, const std::optional<bus::Hash>& hash,
                     const CompleteCase& recorded);
    void note_simulated(const bus::Hash& hash);
    std::vector<Parity> check_parity(const state::TakenBlock& taken, std::string_view receipts);

    Ports& ports_;
    const bus::Clock& clock_;
    const Options options_;
    Figures figures_;
    SenderTime sender_time_;
    WorkQueue queue_{&sender_time_};
    std::unordered_map<bus::Hash, std::shared_ptr<const bus::DecodedTx>> unlabelled_;
    std::deque<bus::Hash> unlabelled_order_;
    std::size_t unlabelled_bytes_{};
    std::mutex simulated_mutex_;
    RecentSimulations simulated_;
    RecentlySentCodes sent_codes_;
    bus::Reactor reactor_;
};

} // namespace viz::sim
