// Shell of search: transactions, labels and heads in; candidates out; finds, exposures and
// outcomes recorded. Each chain has its own worker, so that no stream waits for a node or an
// execution.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/search/chain_search.hpp"
#include "components/search/inbox.hpp"
#include "components/search/outcome_tracker.hpp"
#include "components/state/chain_nodes.hpp"
#include "components/state/fetch_counters.hpp"

namespace viz::search {

struct Ports {
    bus::TxIn tx;
    bus::ChainIn chain; // heads
    bus::FeatureIn feature;
    bus::SimulatedIn simulated;
    bus::VerdictIn verdict;
    bus::CandidateOut candidate;
    bus::JournalOut journal;
};

struct ChainOptions {
    std::vector<node::Url> nodes; // HTTP, in order of preference; not empty
    std::shared_ptr<state::ChainView> view;
    ChainSearchConfig hunt;
    // Answers the market that is to be searched from now on, once each time that it has changed.
    // Asked by one thread, often: costs next to nothing. Empty where it never changes.
    std::function<std::optional<Market>()> news;
};

struct Options {
    std::map<bus::ChainId, ChainOptions> chains;
    // Returns the chain's finds recorded before that time whose outcome is not recorded. Called
    // once per chain, at the first block. May be empty.
    std::function<std::vector<EarlierFind>(bus::ChainId, bus::UnixMs before)> earlier;
    state::NodeLimits limits{.connect_timeout = std::chrono::milliseconds(2'000),
                             .request_timeout = std::chrono::milliseconds(2'000)};
    std::string ca_file;
    // Wall time of one search, with what it fetches from the node.
    std::chrono::milliseconds run_time{4'000};
};

class SearchComponent final : public bus::Component {
  public:
    // `ports`, `clock` and `metrics` must outlive the component.
    SearchComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics, Options options);
    ~SearchComponent() override;

    void run(std::stop_token stop) override;
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    class Worker;
    struct Figures {
        explicit Figures(bus::Metrics& metrics);
        bus::Counter& strategy(const std::string& name);
        bus::Counter& outcome(const std::string& name);
        bus::Metrics& metrics;
        bus::Counter& observed;
        bus::Counter& moved_pools;
        bus::Counter& unsized_v4;
        bus::Counter& unsized_curve;
        bus::Counter& inbox_full;
        bus::Counter& pool_full;
        bus::Counter& beyond_limit;
        bus::Counter& candidate_queue_full;
        bus::Counter& no_state;
        bus::Counter& no_block;
        std::array<bus::Counter*, state::kRoundsEnds> set_aside{};   // null for complete
        std::array<bus::Counter*, state::kRoundsEnds> ended_early{}; // the same
        bus::Gauge& blind_heads;
        bus::Histogram& on_head;
        bus::Histogram& on_transaction;
        bus::Gauge& queue_depth;
        bus::Gauge& kept_bytes;
        bus::Counter& forgot_observed;
        bus::Counter& forgot_pools;
        bus::Counter& forgot_settled;
        bus::Gauge& pooled;
        state::FetchCounters<bus::Metrics> fetches;
    };

    void on_transaction(const bus::DecodedTx& tx);
    void on_feature(const bus::Feature& feature);
    void on_head(const bus::Head& head);
    void on_simulated(const bus::Simulated& simulated);
    void push(bus::ChainId chain, InboxItem item);
    // Of workers; any thread.
    void record(bus::ChainId chain, bus::EventData event);
    void hand_on(bus::Candidate candidate, bus::OppDetected detected);
    void send(const bus::Candidate& candidate, const bus::OppDetected& detected);
    void journal(bus::ChainId chain, bus::EventData event);

    Ports& ports_;
    const bus::Clock& clock_;
    const Options options_;
    Figures figures_;
    std::map<bus::ChainId, std::unique_ptr<Worker>> workers_; // made at once: never changes
    bus::Reactor reactor_;
};

} // namespace viz::search
