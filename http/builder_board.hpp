// The builder's templates of the next blocks, its decisions, and the relays' responses to bundles,
// computed from events.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/opportunity_record.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

struct DecisionView {
    bus::ChainId chain_id;
    bus::UnixMs decided_unix_ms;
    bus::AssemblyDecisionApplied decision;
};

struct BlockView {
    bus::ChainId chain_id;
    bus::BlockNumber target_block;
    // Of the newest known block; the next block's differs by at most a thousandth (EIP-1559).
    // std::nullopt: no block since start.
    std::optional<bus::Gas> gas_limit;
    std::vector<DecisionView> entries; // by net profit, highest first

    bus::Gas gas_used() const;
    bus::Wei total_net() const;
};

struct DecisionCount {
    std::string decision;
    std::string reason;
    std::uint64_t count{};
};

// A bundle, with the newest submission to each relay.
struct BundleView {
    bus::ChainId chain_id;
    std::vector<bus::BundleSubmitted> submissions; // in order of completion; not empty
};

struct SubmissionTotals {
    std::uint64_t submissions{};
    std::uint64_t accepted{};
    std::uint64_t failed() const { return submissions - accepted; }
};

class BuilderBoard {
    using Kind = std::pair<std::string, std::string>; // decision and reason
    struct OfChain {
        bus::BlockNumber target_block;
        std::optional<bus::Gas> gas_limit;
        std::unordered_map<bus::Hash, DecisionView> entries; // by candidate
        std::map<Kind, std::uint64_t> counts;
        SubmissionTotals totals;
    };
    using Chains = std::map<bus::ChainId, CopyOnWrite<OfChain>>;

  public:
    using Chain = std::optional<bus::ChainId>; // std::nullopt: every chain

    // Blocks, decisions and counts at one moment; usable on any thread.
    class View {
      public:
        std::vector<BlockView> blocks(Chain chain) const;
        // Newest first, until `visit(decision)` returns false.
        template <class Visit> void decisions(Chain chain, Visit visit) const {
            decisions_.newest_first([&](const DecisionView& one) {
                return (chain && *chain != one.chain_id) || visit(one);
            });
        }
        // Since the record began, like the totals.
        std::vector<DecisionCount> counts(Chain chain) const;
        SubmissionTotals totals(Chain chain) const;

      private:
        friend class BuilderBoard;
        std::vector<std::pair<bus::ChainId, std::shared_ptr<const OfChain>>> chains_;
        VersionedLog<DecisionView>::View decisions_;
    };

    // `capacity`: of bundles, and of decisions.
    explicit BuilderBoard(std::size_t capacity) : capacity_(capacity), decisions_(capacity) {}

    // Initial counts; call before the first apply().
    void begin_with(const bus::BuilderHistory& past);

    // Any event; events of other components change nothing.
    void apply(const bus::Envelope& event);

    View view() const;
    // By the id of the bundle or its candidate; null when not known (any more).
    std::shared_ptr<const BundleView> find(const bus::Hash& id) const;
    // The bundle with the submission that ended last, which is its last one.
    std::shared_ptr<const BundleView> latest_bundle() const {
        return latest_ ? find(*latest_) : nullptr;
    }

  private:
    bool is_counted(const bus::Envelope& event) const {
        return event.seq_id != 0 && event.seq_id <= begun_with_;
    }
    void take(const bus::Envelope& event, const bus::AssemblyDecisionApplied& decision);
    void take(const bus::Envelope& event, const bus::BundleSubmitted& submitted);

    std::size_t capacity_;
    std::uint64_t begun_with_{};
    Chains chains_;
    VersionedLog<DecisionView> decisions_;
    std::unordered_map<bus::Hash, CopyOnWrite<BundleView>> bundles_;
    std::unordered_map<bus::Hash, bus::Hash> by_candidate_;
    std::deque<bus::Hash> oldest_first_;
    std::optional<bus::Hash> latest_;
};

} // namespace viz::http
