#include "components/sim/component.hpp"

#include <algorithm>
#include <thread>

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/sim/case_text.hpp"

namespace viz::sim {

namespace {

constexpr std::chrono::milliseconds kExport{500};
// A block is to be executed well before the next one but one.
constexpr std::chrono::seconds kBlockTime{8};

bus::Hash id_of(const bus::Hash& tx, const bus::Hash& block) {
    eth::Bytes text(tx.bytes.begin(), tx.bytes.end());
    text.insert(text.end(), block.bytes.begin(), block.bytes.end());
    return eth::keccak256(text);
}

} // namespace

SimComponent::Figures::Figures(bus::Metrics& metrics)
    : latency_ms(metrics.gauge("sim_latency_ms", "The last simulation, from its turn to its end.")),
      duration(metrics.histogram("sim_duration_seconds",
                                 "One simulation, with what it fetched from the node.")),
      from_first_seen(metrics.histogram(
          "sim_from_first_seen_seconds",
          "From the first sight of a candidate's newest member to its simulated profit.")),
      completed(metrics.counter("sim_completed_total", "Simulations that came to an end.")),
      queue_full(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                                 {{"reason", "queue_full"}})),
      no_head(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                              {{"reason", "no_head"}})),
      candidate_queue_full(metrics.counter("sim_dropped_total",
                                           "Simulations that were not made, by reason.",
                                           {{"reason", "candidate_queue_full"}})),
      stale(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                            {{"reason", "stale"}})),
      malformed(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                                {{"reason", "malformed_candidate"}})),
      blocks_advanced(metrics.counter("sim_blocks_total", "Blocks by how their state was obtained.",
                                      {{"state", "carried_over"}})),
      blocks_fetched(metrics.counter("sim_blocks_total", "Blocks by how their state was obtained.",
                                     {{"state", "begun_anew"}})),
      blocks_failed(metrics.counter("sim_blocks_total", "Blocks by how their state was obtained.",
                                    {{"state", "not_had"}})),
      queue_depth(metrics.gauge("sim_queue_depth", "Blocks and transactions that wait.")),
      waiting_bytes(metrics.gauge("sim_waiting_bytes",
                                  "Transactions and candidates that wait for a worker or a "
                                  "label; 192 MiB at most.")),
      no_label(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                               {{"reason", "no_label"}})),
      sender_spent(metrics.counter("sim_dropped_total",
                                   "Simulations that were not made, by reason.",
                                   {{"reason", "sender_time_spent"}})),
      fetches(metrics, "sim") {
    for (std::size_t i = 1; i < state::kRoundsEnds; ++i)
        ended[i] =
            &metrics.counter("sim_ended_early_total",
                             "Simulations that a limit or a missing answer ended, by reason.",
                             {{"reason", std::string(to_string(state::RoundsEnd(i)))}});
    for (std::size_t i = 0; i < kFailCategories; ++i)
        failed[i] = &metrics.counter("sim_fail_total", "Simulations without success, by category.",
                                     {{"category", std::string(to_string(FailCategory(i)))}});
    for (std::size_t i = 0; i < kParityResults; ++i)
        parity[i] = &metrics.counter(
            "sim_parity_total",
            "Simulated transactions that were mined, by whether our execution was the chain's.",
            {{"result", std::string(to_string(ParityResult(i)))}});
}

// ------------------------------------------------------------------------------- workers

// A thread that asks nodes and executes; its sources are its own.
class SimComponent::Worker {
  public:
    Worker(SimComponent& owner, unsigned number) : owner_(owner), number_(number) {}

    void run(const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), ("viz-sim-" + std::to_string(number_)).c_str());
        while (auto work = owner_.queue_.pop(stop)) {
            if (const auto* block = std::get_if<BlockWork>(&*work))
                take_block(*block, stop);
            else if (auto* candidate = std::get_if<CandidateWork>(&*work))
                simulate(std::move(*candidate), stop);
            else {
                const auto& single = std::get<SingleWork>(*work);
                simulate(*single.tx, stop);
                owner_.queue_.finished(single);
            }
            for (auto& [chain, nodes] : nodes_) owner_.figures_.fetches.add(nodes.new_figures());
        }
    }

  private:
    state::ChainNodes* nodes_of(bus::ChainId chain) {
        const auto known = nodes_.find(chain);
        if (known != nodes_.end()) return &known->second;
        const auto urls = owner_.options_.nodes.find(chain);
        if (urls == owner_.options_.nodes.end() || urls->second.empty()) return nullptr;
        return &nodes_
                    .try_emplace(chain, chain, urls->second, owner_.options_.ca_file,
                                 owner_.options_.limits)
                    .first->second;
    }
    state::ChainView& view_of(bus::ChainId chain) { return *owner_.options_.views.at(chain); }

    void take_block(const BlockWork& work, const std::stop_token& stop) {
        auto* nodes = nodes_of(work.chain);
        if (nodes == nullptr) return;
        auto guard = guard_of(stop, kBlockTime);
        const auto taken = view_of(work.chain)
                               .take(
                                   work.hash, [&] { return nodes->fetch_block(work.hash, guard); },
                                   nodes->current(), work.arrived_mono_ns, &guard);
        owner_.sender_time_.new_head();
        owner_.queue_.release();
        if (!taken) {
            owner_.figures_.blocks_failed.Increment();
            spdlog::warn("no block to simulate on chain_id={} reason={}", work.chain.value,
                         state::to_string(nodes->last_fault()));
            return;
        }
        const bool advanced = taken->end == state::AdvanceEnd::advanced;
        (advanced ? owner_.figures_.blocks_advanced : owner_.figures_.blocks_fetched).Increment();
        if (taken->parent_known && !advanced)
            spdlog::warn("a block was not carried over chain_id={} number={} reason={}",
                         work.chain.value, taken->block.ref.number, state::to_string(taken->end));
        std::string receipts;
        if (taken->end == state::AdvanceEnd::another_outcome)
            receipts = nodes->post(receipts_request(work.hash), guard).value_or("");
        for (const auto& parity : owner_.check_parity(*taken, receipts))
            publish(work.chain, taken->block.ref, parity);
    }

    void publish(bus::ChainId chain, const state::BlockRef& block, const Parity& parity) {
        owner_.figures_.parity[static_cast<std::size_t>(parity.result)]->Increment();
        if (parity.result == ParityResult::mismatch)
            spdlog::warn(
                "a simulated transaction ended otherwise chain_id={} hash={} differs=\"{}\"",
                chain.value, eth::to_hex(parity.hash.view()), parity.differs);
        owner_.record(chain, bus::SimParity{.hash = parity.hash,
                                            .result = std::string(to_string(parity.result)),
                                            .differs = parity.differs,
                                            .block_number = bus::BlockNumber{block.number},
                                            .block_hash = block.hash});
    }

    evm::RunGuard guard_of(const std::stop_token& stop, std::chrono::nanoseconds time) const {
        return {stop, [&clock = owner_.clock_] { return clock.mono_ns(); }, time};
    }

    void simulate(CandidateWork work, const std::stop_token& stop) {
        const auto& candidate = *work.candidate;
        auto* nodes = nodes_of(candidate.chain_id);
        if (nodes == nullptr) return;
        auto& view = view_of(candidate.chain_id);
        const auto head = view.head();
        if (!head || candidate.block_number.value > head->block.number) {
            if (owner_.queue_.hold_back(std::move(work)))
                owner_.figures_.candidate_queue_full.Increment();
            return;
        }
        if (candidate.block_hash != head->block.hash) return owner_.figures_.stale.Increment();
        auto request = request_of(candidate);
        if (!request) return owner_.figures_.malformed.Increment();
        request->bribe_bps = owner_.options_.bribe_bps;
        const auto sim_id = id_of(candidate.candidate_id, head->block.hash);
        std::optional<bus::Hash> hash;
        if (!candidate.members.empty()) hash = candidate.members.front().hash;
        owner_.record(candidate.chain_id, bus::SimDispatched{.hash = hash,
                                                             .sim_id = sim_id,
                                                             .candidate_id = candidate.candidate_id,
                                                             .block_number = candidate.block_number,
                                                             .block_hash = candidate.block_hash});
        const auto start = owner_.clock_.mono_ns();
        auto guard = guard_of(stop, owner_.options_.run_time);
        const auto run = simulate_candidate(
            *head->state, view.codes(), nodes->current(), *head->next_rules, head->next, *request,
            {},
            owner_.options_.cases ? std::optional(CaseId{sim_id, candidate.candidate_id})
                                  : std::nullopt,
            &guard);
        const auto end = owner_.clock_.mono_ns();
        count(run.rounds);
        if (run.rounds.end == state::RoundsEnd::state_not_found) nodes->next();
        count(run.result.failure ? std::optional(run.result.failure->category) : std::nullopt,
              end - start);
        if (candidate.first_seen_mono_ns.value != 0)
            owner_.figures_.from_first_seen.Observe(
                static_cast<double>(end - candidate.first_seen_mono_ns.value) * 1e-9);
        for (const auto& member : candidate.members) owner_.note_simulated(member.hash);
        auto completed = completed_of(run, candidate.base_token);
        completed.hash = hash;
        completed.sim_id = sim_id;
        completed.candidate_id = candidate.candidate_id;
        completed.block_number = candidate.block_number;
        completed.block_hash = candidate.block_hash;
        completed.state_age_ms = (end - head->arrived_mono_ns) / 1'000'000;
        completed.duration_us = (end - start) / 1'000;
        owner_.publish({candidate.chain_id, candidate, std::move(completed)});
        if (run.recorded) owner_.record_case(candidate.chain_id, hash, *run.recorded);
    }

    void simulate(const bus::DecodedTx& decoded, const std::stop_token& stop) {
        auto* nodes = nodes_of(decoded.chain_id);
        if (nodes == nullptr) return;
        auto& view = view_of(decoded.chain_id);
        const auto head = view.head();
        const auto tx = eth::decode_transaction(decoded.raw);
        if (!head || !tx) return owner_.figures_.no_head.Increment();
        const auto left = owner_.options_.sender_time - owner_.sender_time_.spent(decoded.sender);
        if (left.count() <= 0) return owner_.figures_.sender_spent.Increment();
        const auto sim_id = id_of(decoded.hash, head->block.hash);
        owner_.record(decoded.chain_id,
                      bus::SimDispatched{.hash = decoded.hash,
                                         .sim_id = sim_id,
                                         .candidate_id = {},
                                         .block_number = bus::BlockNumber{head->block.number},
                                         .block_hash = head->block.hash});
        const auto start = owner_.clock_.mono_ns();
        auto guard =
            guard_of(stop, std::min<std::chrono::nanoseconds>(left, owner_.options_.run_time));
        const auto single =
            simulate_single(*head->state, view.codes(), nodes->current(), *head->next_rules,
                            head->next, *tx, decoded.sender, {}, &guard);
        const auto end = owner_.clock_.mono_ns();
        count(single.rounds);
        owner_.sender_time_.add(decoded.sender, std::chrono::nanoseconds(end - start));
        if (single.rounds.end == state::RoundsEnd::state_not_found) nodes->next();
        count(single.failed, end - start);
        owner_.note_simulated(decoded.hash);
        owner_.record(
            decoded.chain_id,
            bus::SimCompleted{.hash = decoded.hash,
                              .sim_id = sim_id,
                              .candidate_id = {},
                              .success = !single.failed,
                              .fail_category =
                                  single.failed ? std::string(to_string(*single.failed)) : "",
                              .revert_reason = single.reason,
                              .gas_used = bus::Gas{single.result.gas_used},
                              .coinbase_payment = single.result.coinbase_payment,
                              .log_count = static_cast<std::uint32_t>(single.result.logs.size()),
                              .block_number = bus::BlockNumber{head->block.number},
                              .block_hash = head->block.hash,
                              .state_age_ms = (end - head->arrived_mono_ns) / 1'000'000,
                              .duration_us = (end - start) / 1'000,
                              .rounds = static_cast<std::uint32_t>(single.rounds.runs),
                              .flags = flags_of(single),
                              .profit = {}});
    }

    void count(const state::Rounds& rounds) const {
        owner_.figures_.fetches.add(rounds);
        if (auto* ended = owner_.figures_.ended[static_cast<std::size_t>(rounds.end)])
            ended->Increment();
    }

    void count(const std::optional<FailCategory>& failed, std::int64_t took_ns) const {
        auto& figures = owner_.figures_;
        figures.completed.Increment();
        figures.duration.Observe(static_cast<double>(took_ns) * 1e-9);
        figures.latency_ms.Set(static_cast<double>(took_ns) * 1e-6);
        if (failed) figures.failed[static_cast<std::size_t>(*failed)]->Increment();
    }

    SimComponent& owner_;
    unsigned number_;
    std::map<bus::ChainId, state::ChainNodes> nodes_;
};

// ------------------------------------------------------------------------------- shell

SimComponent::SimComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                           Options options)
    : ports_(ports), clock_(clock), options_(std::move(options)), figures_(metrics) {
    reactor_.on(ports_.candidate,
                [this](const bus::Candidate& candidate) { on_candidate(candidate); });
    reactor_.on(ports_.tx, [this](const bus::DecodedTx& tx) { on_transaction(tx); });
    reactor_.on(ports_.feature, [this](const bus::Feature& feature) { on_feature(feature); });
    reactor_.on(ports_.chain, [this](const auto& message) {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, bus::Head>)
            if (options_.views.contains(message.chain_id) &&
                (options_.candidates || options_.singles != SingleSimulations::none) &&
                queue_.push(BlockWork{message.chain_id, message.hash, clock_.mono_ns()}))
                figures_.queue_full.Increment();
    });
    reactor_.every(kExport, [this] {
        figures_.queue_depth.Set(static_cast<double>(queue_.depth()));
        figures_.waiting_bytes.Set(static_cast<double>(queue_.bytes() + unlabelled_bytes_));
    });
}

SimComponent::~SimComponent() = default;

void SimComponent::run(std::stop_token stop) {
    std::vector<std::jthread> workers;
    for (unsigned n = 0; n < options_.workers; ++n)
        workers.emplace_back(
            [this, n](const std::stop_token& token) { Worker(*this, n).run(token); });
    reactor_.run(std::move(stop));
}

void SimComponent::on_transaction(const bus::DecodedTx& tx) {
    if (!options_.views.contains(tx.chain_id)) return;
    auto kept = std::make_shared<const bus::DecodedTx>(tx);
    if (options_.singles == SingleSimulations::all) return queue(std::move(kept));
    if (options_.singles != SingleSimulations::swaps) return;
    const auto found = unlabelled_.find(tx.hash);
    if (found == unlabelled_.end()) return keep(tx.hash, std::move(kept));
    if (found->second) return; // the same again
    forget_unlabelled(tx.hash);
    queue(std::move(kept));
}

namespace {
std::size_t bytes_of(const std::shared_ptr<const bus::DecodedTx>& tx) {
    constexpr std::size_t kEntry = 128;
    return tx ? kEntry + sizeof *tx + tx->calldata.size() + tx->raw.size() : kEntry;
}
} // namespace

void SimComponent::keep(const bus::Hash& hash, std::shared_ptr<const bus::DecodedTx> tx) {
    unlabelled_bytes_ += bytes_of(tx);
    unlabelled_.emplace(hash, std::move(tx));
    unlabelled_order_.push_back(hash);
    while (unlabelled_order_.size() > kMostUnlabelled || unlabelled_bytes_ > kMostUnlabelledBytes) {
        if (unlabelled_.contains(unlabelled_order_.front())) figures_.no_label.Increment();
        forget_unlabelled(unlabelled_order_.front());
        unlabelled_order_.pop_front();
    }
}

void SimComponent::forget_unlabelled(const bus::Hash& hash) {
    const auto found = unlabelled_.find(hash);
    if (found == unlabelled_.end()) return;
    unlabelled_bytes_ -= bytes_of(found->second);
    unlabelled_.erase(found);
}

void SimComponent::on_feature(const bus::Feature& feature) {
    if (options_.singles != SingleSimulations::swaps) return;
    const bool wanted = feature.category == "swap";
    const auto found = unlabelled_.find(feature.hash);
    // The two come on streams of their own: in any order.
    if (found == unlabelled_.end()) return wanted ? keep(feature.hash, nullptr) : void();
    if (!found->second) return;
    if (wanted) queue(found->second);
    forget_unlabelled(feature.hash);
}

void SimComponent::queue(std::shared_ptr<const bus::DecodedTx> tx) {
    if (queue_.push(SingleWork{std::move(tx)})) figures_.queue_full.Increment();
}

void SimComponent::on_candidate(const bus::Candidate& candidate) {
    if (!options_.views.contains(candidate.chain_id)) return;
    if (queue_.push(CandidateWork{std::make_shared<const bus::Candidate>(candidate)}))
        figures_.candidate_queue_full.Increment();
}

bus::Envelope SimComponent::envelope(bus::ChainId chain, bus::EventData event) const {
    return {.ingest_ts_unix_ms = clock_.unix_ms(),
            .ingest_ts_mono_ns = clock_.mono(),
            .source_id = "sim",
            .chain_id = chain,
            .data = std::move(event)};
}

void SimComponent::record(bus::ChainId chain, bus::EventData event) {
    reactor_.post(
        [this, entry = envelope(chain, std::move(event))] { ports_.journal.try_enqueue(entry); });
}

void SimComponent::publish(bus::Simulated simulated) {
    record(simulated.chain_id, simulated.completed);
    reactor_.post([this, simulated = std::move(simulated)] { ports_.simulated.send(simulated); });
}

void SimComponent::record_case(bus::ChainId chain, const std::optional<bus::Hash>& hash,
                               const CompleteCase& recorded) {
    const auto body = case_body(recorded.what);
    const auto due = sent_codes_.due(body.size(), recorded.codes);
    if (!due) return;
    bus::SimCase sim_case{.hash = hash,
                          .sim_id = recorded.what.id.sim_id,
                          .candidate_id = recorded.what.id.candidate_id,
                          .body = {body.begin(), body.end()},
                          .codes = {}};
    for (const auto& code : *due) {
        const auto bytes = code->bytes();
        sim_case.codes.push_back({code->hash(), {bytes.begin(), bytes.end()}});
    }
    reactor_.post([this, entry = envelope(chain, std::move(sim_case))] {
        if (ports_.journal.try_enqueue(entry) != bus::SendStatus::sent) sent_codes_.forget();
    });
}

void SimComponent::note_simulated(const bus::Hash& hash) {
    const std::scoped_lock lock(simulated_mutex_);
    simulated_.add(hash);
}

std::vector<Parity> SimComponent::check_parity(const state::TakenBlock& taken,
                                               std::string_view receipts) {
    const std::scoped_lock lock(simulated_mutex_);
    return parity_of(taken.block, taken.end, taken.result, simulated_, receipts);
}

} // namespace viz::sim
