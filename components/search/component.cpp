#include "components/search/component.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <thread>
#include <utility>

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/search/score.hpp"

namespace viz::search {

namespace {

constexpr std::chrono::milliseconds kTick{50};
// Labels come within microseconds of their transactions, unless nobody makes any.
constexpr std::int64_t kLabelWaitNs = 50'000'000;
constexpr const char* kUnsizedHelp =
    "Swaps of pools that are executed but not sized, in the pending transactions observed.";
// A block is to be executed well before the next one but one.
constexpr std::chrono::seconds kBlockTime{8};
constexpr std::size_t kMostLabels = 32'768;

// Categories of calls that move no pool; a sender's approvals are run before what needs them.
bool may_move_pools(std::string_view category) {
    constexpr std::array<std::string_view, 4> kStill{"transfer", "approve", "wrap", "deploy"};
    return std::ranges::find(kStill, category) == kStill.end();
}

bus::Counter& dropped(bus::Metrics& all, const char* reason) {
    return all.counter("search_dropped_total", "What was not searched or not handed on.",
                       {{"reason", reason}});
}

bus::Counter& forgotten(bus::Metrics& all, const char* what) {
    return all.counter("search_forgotten_total",
                       "What was not kept for the bound of search's memory.", {{"what", what}});
}

bool is_call(const bus::DecodedTx& tx) {
    return tx.to && tx.calldata.size() >= 4;
}

} // namespace

SearchComponent::Figures::Figures(bus::Metrics& all)
    : metrics(all),
      observed(all.counter("search_observed_total", "Pending transactions executed on a head.")),
      moved_pools(all.counter("search_moved_pools_total",
                              "Of those executed, the ones that moved a pool.")),
      unsized_v4(all.counter("search_unsized_swaps_total", kUnsizedHelp, {{"pool", "v4"}})),
      unsized_curve(all.counter("search_unsized_swaps_total", kUnsizedHelp, {{"pool", "curve"}})),
      inbox_full(dropped(all, "queue_full")), pool_full(dropped(all, "pool_full")),
      beyond_limit(dropped(all, "beyond_limit")),
      candidate_queue_full(dropped(all, "candidate_queue_full")),
      no_state(dropped(all, "state_not_had")), no_block(dropped(all, "block_not_had")),
      blind_heads(all.gauge("search_blind_heads",
                            "The newest heads in a row on which pending calls were wanted and "
                            "none was observed; the most of all chains.")),
      on_head(all.histogram("search_duration_seconds",
                            "One search, with what it fetched from the node.", {{"on", "head"}})),
      on_transaction(all.histogram("search_duration_seconds",
                                   "One search, with what it fetched from the node.",
                                   {{"on", "transaction"}})),
      queue_depth(all.gauge("search_queue_depth", "What waits for the workers.")),
      kept_bytes(all.gauge("search_kept_bytes",
                           "Pending calls, what they were observed to do, pools, finds and what "
                           "waits, of all chains.")),
      forgot_observed(forgotten(all, "observations")), forgot_pools(forgotten(all, "pools")),
      forgot_settled(forgotten(all, "settled_calls")),
      pooled(all.gauge("search_pooled", "Pending calls that may be searched.")),
      fetches(all, "search") {
    for (std::size_t i = 1; i < state::kRoundsEnds; ++i) {
        const std::string reason(to_string(state::RoundsEnd(i)));
        set_aside[i] = &all.counter(
            "search_set_aside_total",
            "Pending calls that were not searched on a head for a bound of theirs, by reason.",
            {{"reason", reason}});
        ended_early[i] = &all.counter("search_ended_early_total",
                                      "Searches ended by a limit or a missing answer, by reason.",
                                      {{"reason", reason}});
    }
}

bus::Counter& SearchComponent::Figures::strategy(const std::string& name) {
    return metrics.counter("search_candidates_total", "Candidates found.", {{"strategy", name}});
}
bus::Counter& SearchComponent::Figures::outcome(const std::string& name) {
    return metrics.counter("search_outcomes_total", "Outcomes of candidates.", {{"outcome", name}});
}

// ------------------------------------------------------------------------------- worker

// A chain's thread: its pending transactions, its search, its nodes.
class SearchComponent::Worker {
  public:
    Worker(SearchComponent& owner, bus::ChainId chain, const ChainOptions& options)
        : owner_(owner), chain_(chain), view_(*options.view), search_(options.hunt),
          news_(options.news),
          nodes_(chain, options.nodes, owner.options_.ca_file, owner.options_.limits),
          began_(owner.clock_.unix_ms()) {}

    Inbox inbox;
    std::atomic<std::size_t> pooled{};
    std::atomic<std::size_t> kept_bytes{};  // but for the inbox
    std::atomic<std::size_t> blind_heads{}; // the newest in a row

    void run(const std::stop_token& stop) {
        stop_ = stop;
        while (auto item = inbox.pop(stop)) {
            if (auto market = news_ ? news_() : std::nullopt) adopt(std::move(*market));
            std::visit([&](auto& each) { take(each, stop); }, *item);
            tell_pool();
            owner_.figures_.fetches.add(nodes_.new_figures());
        }
    }

  private:
    struct Known {
        Label label;
        bool wanted{};
    };

    void tell_pool() {
        pooled = search_.mempool().size();
        kept_bytes = search_.bytes().all() + outcomes_.bytes();
        const auto all = search_.forgotten();
        const auto more_of = [&](bus::Counter& counter, std::uint64_t now, std::uint64_t& counted) {
            counter.Increment(static_cast<double>(now - std::exchange(counted, now)));
        };
        more_of(owner_.figures_.forgot_observed, all.observed, forgotten_counted_.observed);
        more_of(owner_.figures_.forgot_pools, all.pools, forgotten_counted_.pools);
        more_of(owner_.figures_.forgot_settled, all.settled, forgotten_counted_.settled);
        const auto forgotten = search_.mempool().forgotten();
        const auto more = forgotten - std::exchange(forgotten_, forgotten);
        if (more != 0) owner_.figures_.pool_full.Increment(static_cast<double>(more));
    }

    void adopt(Market market) {
        spdlog::info("search goes on with another registry chain_id={} base_tokens={} factories={}",
                     chain_.value, market.bases.size(),
                     market.pools.v2_factories.size() + market.pools.v3_factories.size());
        search_.adopt(std::move(market));
    }

    evm::RunGuard guard_of(std::chrono::nanoseconds time) const {
        return {stop_, [&clock = owner_.clock_] { return clock.mono_ns(); }, time};
    }

    void take(NewBlock& block, const std::stop_token&) {
        if (search_.idle()) return;
        auto guard = guard_of(kBlockTime);
        const auto taken = view_.take(
            block.hash, [&] { return nodes_.fetch_block(block.hash, guard); }, nodes_.current(),
            block.arrived_mono_ns, &guard);
        if (!taken) {
            note_head(0, search_.mempool().wanted());
            owner_.figures_.no_block.Increment();
            spdlog::warn("no block to search on chain_id={} reason={}", chain_.value,
                         state::to_string(nodes_.last_fault()));
            return;
        }
        search_.take(*taken);
        remember_earlier();
        for (auto& outcome : outcomes_.on_block(*taken, inbox.take_verdicts()))
            settle(std::move(outcome));
        head_ = view_.head();
        if (inbox.block_waits()) return; // there is a newer head to search on
        search(owner_.figures_.on_head, [&](const SearchContext& context) {
            auto result = search_.on_head(context);
            note_head(result.observed, result.missed);
            return result;
        });
    }

    void note_head(std::size_t observed, std::size_t missed) {
        blind_heads = observed == 0 && missed != 0 ? blind_heads + 1 : 0;
    }

    void remember_earlier() {
        if (std::exchange(asked_earlier_, true) || !owner_.options_.earlier) return;
        outcomes_.adopt(owner_.options_.earlier(chain_, began_));
    }

    void take(PooledCall& call, const std::stop_token&) {
        const auto hash = call.pending.hash;
        const auto known = labels_.find(hash);
        call.wanted = known != labels_.end() && known->second.wanted;
        if (known == labels_.end()) unlabelled_.emplace_back(call.first_seen_mono_ns, hash);
        if (unlabelled_.size() > kMostLabels) unlabelled_.pop_front();
        search_.add(std::move(call));
        if (known != labels_.end() && known->second.wanted) search(hash);
    }

    void take(NewLabel& label, const std::stop_token&) {
        if (!labels_.insert_or_assign(label.hash, Known{label.label, label.wanted}).second) return;
        label_order_.push_back(label.hash);
        if (label_order_.size() > kMostLabels) {
            labels_.erase(label_order_.front());
            label_order_.pop_front();
        }
        if (label.wanted && search_.want(label.hash)) search(label.hash);
    }

    void take(Refused& refused, const std::stop_token&) { outcomes_.forget(refused.candidate_id); }

    void take(bus::Verdict& lost, const std::stop_token&) { search_.forget(lost.hash); }

    void take(Tick& tick, const std::stop_token&) {
        while (!unlabelled_.empty() &&
               unlabelled_.front().first + kLabelWaitNs < tick.now_mono_ns) {
            const auto hash = unlabelled_.front().second;
            unlabelled_.pop_front();
            if (!labels_.contains(hash) && search_.want(hash)) search(hash);
        }
    }

    void search(const eth::Hash& hash) {
        search(owner_.figures_.on_transaction,
               [&](const SearchContext& context) { return search_.on_transaction(context, hash); });
    }

    template <class Searching> void search(bus::Histogram& duration, Searching search) {
        if (!head_ || search_.idle()) return;
        auto guard = guard_of(owner_.options_.run_time);
        const SearchContext context{*head_, view_.codes(), nodes_.current(), &guard};
        const auto start = owner_.clock_.mono_ns();
        const auto result = search(context);
        duration.Observe(static_cast<double>(owner_.clock_.mono_ns() - start) * 1e-9);
        if (result.rounds.runs != 0) owner_.figures_.fetches.add(result.rounds);
        note_set_aside(result.set_aside);
        if (result.rounds.end != state::RoundsEnd::complete) {
            owner_.figures_.ended_early[static_cast<std::size_t>(result.rounds.end)]->Increment();
            if (result.rounds.end == state::RoundsEnd::state_not_found)
                owner_.figures_.no_state.Increment();
            if (result.rounds.end == state::RoundsEnd::state_not_found) nodes_.next();
            if (result.rounds.end != state::RoundsEnd::out_of_time) return;
        }
        owner_.figures_.beyond_limit.Increment(static_cast<double>(result.left_out));
        owner_.figures_.observed.Increment(static_cast<double>(result.observed));
        owner_.figures_.moved_pools.Increment(static_cast<double>(result.moved_pools));
        owner_.figures_.unsized_v4.Increment(static_cast<double>(result.unsized.v4));
        owner_.figures_.unsized_curve.Increment(static_cast<double>(result.unsized.curve));
        for (const auto& candidate : result.candidates) publish(candidate);
        if (result.moved_pools == 0) return;
        for (const auto& exposure : search_.exposures(context)) publish(exposure);
    }

    // One line a minute, however many are set aside.
    void note_set_aside(const std::vector<SetAsideCall>& calls) {
        for (const auto& call : calls) {
            owner_.figures_.set_aside[static_cast<std::size_t>(call.reason)]->Increment();
            ++set_aside_unlogged_;
        }
        const auto now = owner_.clock_.mono_ns();
        if (calls.empty() || now < next_set_aside_line_ns_) return;
        next_set_aside_line_ns_ = now + 60'000'000'000;
        spdlog::warn("pending calls set aside chain_id={} calls={} last={} reason={}", chain_.value,
                     std::exchange(set_aside_unlogged_, 0), eth::to_hex(calls.back().hash.view()),
                     state::to_string(calls.back().reason));
    }

    void publish(const Candidate& candidate) {
        Label label;
        std::int64_t first_seen = 0;
        if (!candidate.members.empty()) {
            const auto known = labels_.find(candidate.members.back().hash);
            if (known != labels_.end()) label = known->second.label;
        }
        for (const auto& member : candidate.members)
            if (const auto* call = search_.mempool().find(member.hash))
                first_seen = std::max(first_seen, call->first_seen_mono_ns);
        const auto& base_fee = head_->next.base_fee;
        auto message = message_of(candidate, search_.base_of(candidate),
                                  {chain_, head_->block, base_fee, owner_.clock_.unix_ms()},
                                  score_of(candidate, base_fee, label.mev_score), first_seen);
        if (auto forgotten = outcomes_.note(message)) settle(std::move(*forgotten));
        owner_.figures_.strategy(message.strategy).Increment();
        auto detected = detection_of(candidate, message, label);
        owner_.hand_on(std::move(message), std::move(detected));
    }

    void settle(bus::OppOutcome outcome) {
        owner_.figures_.outcome(outcome.outcome).Increment();
        owner_.record(chain_, std::move(outcome));
    }

    void publish(const Exposure& exposure) {
        owner_.record(chain_, bus::Exposure{.hash = exposure.hash,
                                            .pool = exposure.pool,
                                            .token_out = exposure.token_out,
                                            .amount_out = exposure.amount_out,
                                            .least_out = exposure.least_out,
                                            .loss = exposure.loss(),
                                            .protecting_out = exposure.protecting_out,
                                            .attacker_net = exposure.attacker_net,
                                            .candidate_id = exposure.candidate_id,
                                            .block_number = bus::BlockNumber{head_->block.number},
                                            .block_hash = head_->block.hash,
                                            .pays_more = exposure.pays_more,
                                            .token_in = exposure.token_in,
                                            .amount_in = exposure.amount_in,
                                            .most_in = exposure.most_in,
                                            .protecting_in = exposure.protecting_in});
    }

    SearchComponent& owner_;
    const bus::ChainId chain_;
    state::ChainView& view_;
    ChainSearch search_;
    std::function<std::optional<Market>()> news_;
    state::ChainNodes nodes_;
    OutcomeTracker outcomes_;
    const bus::UnixMs began_;
    std::stop_token stop_;
    std::size_t set_aside_unlogged_{};
    std::int64_t next_set_aside_line_ns_{};
    bool asked_earlier_{};
    std::uint64_t forgotten_{}; // of the mempool, as reported
    Forgotten forgotten_counted_;
    std::shared_ptr<const state::ViewedHead> head_; // of the last search on a head
    std::unordered_map<eth::Hash, Known> labels_;
    std::deque<eth::Hash> label_order_;
    std::deque<std::pair<std::int64_t, eth::Hash>> unlabelled_; // by first sight
};

// ------------------------------------------------------------------------------- shell

SearchComponent::SearchComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                                 Options options)
    : ports_(ports), clock_(clock), options_(std::move(options)), figures_(metrics) {
    for (const auto& [chain, chain_options] : options_.chains)
        workers_.emplace(chain, std::make_unique<Worker>(*this, chain, chain_options));
    reactor_.on(ports_.tx, [this](const bus::DecodedTx& tx) { on_transaction(tx); });
    reactor_.on(ports_.feature, [this](const bus::Feature& feature) { on_feature(feature); });
    reactor_.on(ports_.simulated, [this](const bus::Simulated& done) { on_simulated(done); });
    reactor_.on(ports_.verdict,
                [this](const bus::Verdict& verdict) { push(verdict.chain_id, verdict); });
    reactor_.on(ports_.chain, [this](const auto& message) {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, bus::Head>)
            push(message.chain_id, NewBlock{message.hash, clock_.mono_ns()});
    });
    reactor_.every(kTick, [this] {
        std::size_t depth = 0;
        std::size_t pooled = 0;
        std::size_t blind = 0;
        std::size_t kept = 0;
        for (const auto& [chain, worker] : workers_) {
            push(chain, Tick{clock_.mono_ns()});
            depth += worker->inbox.depth();
            pooled += worker->pooled;
            kept += worker->kept_bytes + worker->inbox.bytes();
            blind = std::max<std::size_t>(blind, worker->blind_heads);
        }
        figures_.queue_depth.Set(static_cast<double>(depth));
        figures_.kept_bytes.Set(static_cast<double>(kept));
        figures_.blind_heads.Set(static_cast<double>(blind));
        figures_.pooled.Set(static_cast<double>(pooled));
    });
}

SearchComponent::~SearchComponent() = default;

void SearchComponent::run(std::stop_token stop) {
    std::vector<std::jthread> threads;
    for (const auto& [chain, worker] : workers_) {
        threads.emplace_back(
            [&worker = *worker](const std::stop_token& token) { worker.run(token); });
        const auto name = "viz-search-" + std::to_string(threads.size() - 1);
        pthread_setname_np(threads.back().native_handle(), name.c_str());
    }
    reactor_.run(std::move(stop));
}

void SearchComponent::push(bus::ChainId chain, InboxItem item) {
    const auto worker = workers_.find(chain);
    if (worker != workers_.end() && worker->second->inbox.push(std::move(item)))
        figures_.inbox_full.Increment();
}

void SearchComponent::on_transaction(const bus::DecodedTx& tx) {
    if (!is_call(tx) || !workers_.contains(tx.chain_id)) return;
    auto decoded = eth::decode_transaction(tx.raw);
    if (!decoded) return; // decode has made these bytes from a transaction
    push(tx.chain_id, PooledCall{.pending = {tx.hash, tx.sender, std::move(*decoded)},
                                 .first_seen_mono_ns = tx.first_seen_mono_ns.value});
}

void SearchComponent::on_feature(const bus::Feature& feature) {
    push(feature.chain_id, NewLabel{.hash = feature.hash,
                                    .label = {.protocol = feature.protocol,
                                              .category = feature.category,
                                              .engine_version = feature.engine_version,
                                              .mev_score = feature.mev_score},
                                    .wanted = may_move_pools(feature.category)});
}

void SearchComponent::on_simulated(const bus::Simulated& simulated) {
    if (!simulated.completed.success)
        push(simulated.chain_id, Refused{simulated.candidate.candidate_id});
}

void SearchComponent::journal(bus::ChainId chain, bus::EventData event) {
    ports_.journal.try_enqueue({.ingest_ts_unix_ms = clock_.unix_ms(),
                                .ingest_ts_mono_ns = clock_.mono(),
                                .source_id = "search",
                                .chain_id = chain,
                                .data = std::move(event)});
}

void SearchComponent::record(bus::ChainId chain, bus::EventData event) {
    reactor_.post([this, chain, event = std::move(event)] { journal(chain, event); });
}

void SearchComponent::hand_on(bus::Candidate candidate, bus::OppDetected detected) {
    reactor_.post([this, candidate = std::move(candidate), detected = std::move(detected)] {
        send(candidate, detected);
    });
}

void SearchComponent::send(const bus::Candidate& candidate, const bus::OppDetected& detected) {
    journal(candidate.chain_id, detected);
    if (ports_.candidate.send(candidate) == bus::SendStatus::sent)
        journal(candidate.chain_id, queued_of(candidate));
    else
        figures_.candidate_queue_full.Increment();
}

} // namespace viz::search
