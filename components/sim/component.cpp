#include "components/sim/component.hpp"

#include <algorithm>
#include <thread>

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/transaction_rlp.hpp"

namespace viz::sim {

namespace {

constexpr std::chrono::milliseconds kExport{500};
// A node may announce a block before its HTTP side has it.
constexpr int kBlockTries = 4;
constexpr std::chrono::milliseconds kBlockRetry{50};

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
      completed(metrics.counter("sim_completed_total", "Simulations that came to an end.")),
      queue_full(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                                 {{"reason", "queue_full"}})),
      no_head(metrics.counter("sim_dropped_total", "Simulations that were not made, by reason.",
                              {{"reason", "no_head"}})),
      blocks_advanced(metrics.counter("sim_blocks_total", "Blocks, by how their state was had.",
                                      {{"state", "carried_over"}})),
      blocks_fetched(metrics.counter("sim_blocks_total", "Blocks, by how their state was had.",
                                     {{"state", "begun_anew"}})),
      blocks_failed(metrics.counter("sim_blocks_total", "Blocks, by how their state was had.",
                                    {{"state", "not_had"}})),
      queue_depth(metrics.gauge("sim_queue_depth", "Blocks and transactions that wait.")) {
    for (std::size_t i = 1; i < kFailCategories; ++i)
        failed[i] = &metrics.counter("sim_fail_total", "Simulations without success, by category.",
                                     {{"category", std::string(to_string(FailCategory(i)))}});
    failed[0] = nullptr;
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
            else
                simulate(*std::get<SingleWork>(*work).tx);
        }
    }

  private:
    // The node in use and those behind it: the next one's turn comes when one does not answer.
    struct Nodes {
        std::vector<std::unique_ptr<state::NodeSource>> sources;
        std::size_t turn{};

        state::NodeSource& current() { return *sources[turn]; }
        void next() { turn = (turn + 1) % sources.size(); }
    };
    Nodes* nodes_of(bus::ChainId chain) {
        const auto found = owner_.options_.nodes.find(chain);
        if (found == owner_.options_.nodes.end() || found->second.empty()) return nullptr;
        auto& nodes = nodes_[chain];
        if (nodes.sources.empty())
            for (const auto& url : found->second)
                nodes.sources.push_back(std::make_unique<state::NodeSource>(
                    url, owner_.options_.ca_file, owner_.options_.limits));
        return &nodes;
    }

    std::optional<state::NodeBlock> fetch_block(Nodes& nodes, const BlockWork& work,
                                                const std::stop_token& stop) {
        for (int i = 0; i < kBlockTries && !stop.stop_requested(); ++i) {
            if (i != 0) std::this_thread::sleep_for(kBlockRetry);
            const auto reply = nodes.current().post(state::block_request(work.hash));
            auto block = reply ? state::parse_block_reply(*reply, work.hash, work.chain, parser_)
                               : Failure{state::BlockFault::refused};
            if (block) return std::move(*block);
            last_fault_ = block.error();
            if (!reply) nodes.next();
        }
        return std::nullopt;
    }

    void take_block(const BlockWork& work, const std::stop_token& stop) {
        auto* nodes = nodes_of(work.chain);
        if (nodes == nullptr) return;
        const auto block = fetch_block(*nodes, work, stop);
        if (!block) {
            owner_.figures_.blocks_failed.Increment();
            spdlog::warn("no block to simulate on chain_id={} reason={}", work.chain.value,
                         state::to_string(last_fault_));
            return;
        }
        auto& view = owner_.views_.at(work.chain);
        const auto change = view.take(*block, nodes->current(), work.arrived_mono_ns);
        const bool advanced = change.end == state::AdvanceEnd::advanced;
        (advanced ? owner_.figures_.blocks_advanced : owner_.figures_.blocks_fetched).Increment();
        if (change.parent_known && !advanced)
            spdlog::warn("a block was not carried over chain_id={} number={} reason={}",
                         work.chain.value, block->ref.number, state::to_string(change.end));
        std::string receipts;
        if (change.end == state::AdvanceEnd::another_outcome)
            receipts = nodes->current().post(receipts_request(block->ref.hash)).value_or("");
        for (const auto& parity : owner_.check_parity(*block, change, receipts)) {
            owner_.figures_.parity[static_cast<std::size_t>(parity.result)]->Increment();
            if (parity.result == ParityResult::mismatch)
                spdlog::warn(
                    "a simulated transaction ended otherwise chain_id={} hash={} differs=\"{}\"",
                    work.chain.value, eth::to_hex(parity.hash.view()), parity.differs);
        }
    }

    void simulate(const bus::DecodedTx& decoded) {
        auto* nodes = nodes_of(decoded.chain_id);
        if (nodes == nullptr) return;
        auto& view = owner_.views_.at(decoded.chain_id);
        const auto head = view.head();
        const auto tx = eth::decode_transaction(decoded.raw);
        if (!head || !tx) return owner_.figures_.no_head.Increment();
        const auto sim_id = id_of(decoded.hash, head->block.hash);
        owner_.record(decoded.chain_id,
                      bus::SimDispatched{.hash = decoded.hash,
                                         .sim_id = sim_id,
                                         .candidate_id = {},
                                         .block_number = bus::BlockNumber{head->block.number},
                                         .block_hash = head->block.hash});
        const auto start = owner_.clock_.mono_ns();
        const auto single = simulate_single(*head->state, view.codes(), nodes->current(),
                                            *head->next_rules, head->next, *tx, decoded.sender);
        const auto end = owner_.clock_.mono_ns();
        if (single.rounds.end == state::RoundsEnd::state_not_found) nodes->next();
        count(single, end - start);
        owner_.note_simulated(decoded.hash);
        owner_.record(
            decoded.chain_id,
            bus::SimCompleted{.hash = decoded.hash,
                              .sim_id = sim_id,
                              .candidate_id = {},
                              .success = single.category == FailCategory::none,
                              .fail_category = single.category == FailCategory::none
                                                   ? ""
                                                   : std::string(to_string(single.category)),
                              .revert_reason = single.reason,
                              .gas_used = bus::Gas{single.result.gas_used},
                              .coinbase_payment = single.result.coinbase_payment,
                              .log_count = static_cast<std::uint32_t>(single.result.logs.size()),
                              .block_number = bus::BlockNumber{head->block.number},
                              .block_hash = head->block.hash,
                              .state_age_ms = (end - head->arrived_mono_ns) / 1'000'000,
                              .duration_us = (end - start) / 1'000,
                              .rounds = static_cast<std::uint32_t>(single.rounds.runs),
                              .flags = flags_of(single)});
    }

    void count(const Single& single, std::int64_t took_ns) const {
        auto& figures = owner_.figures_;
        figures.completed.Increment();
        figures.duration.Observe(static_cast<double>(took_ns) * 1e-9);
        figures.latency_ms.Set(static_cast<double>(took_ns) * 1e-6);
        if (single.category != FailCategory::none)
            figures.failed[static_cast<std::size_t>(single.category)]->Increment();
    }

    SimComponent& owner_;
    unsigned number_;
    std::map<bus::ChainId, Nodes> nodes_;
    eth::TransactionJsonParser parser_;
    state::BlockFault last_fault_{};
};

// ------------------------------------------------------------------------------- shell

SimComponent::SimComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                           Options options)
    : ports_(ports), clock_(clock), options_(std::move(options)), figures_(metrics) {
    for (const auto& [chain, urls] : options_.nodes) views_[chain];
    reactor_.on(ports_.tx, [this](const bus::DecodedTx& tx) { on_transaction(tx); });
    reactor_.on(ports_.feature, [this](const bus::Feature& feature) { on_feature(feature); });
    reactor_.on(ports_.chain, [this](const auto& message) {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, bus::Head>)
            if (views_.contains(message.chain_id) &&
                queue_.push(BlockWork{message.chain_id, message.hash, clock_.mono_ns()}))
                figures_.queue_full.Increment();
    });
    reactor_.every(kExport,
                   [this] { figures_.queue_depth.Set(static_cast<double>(queue_.depth())); });
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
    if (!views_.contains(tx.chain_id)) return;
    auto kept = std::make_shared<const bus::DecodedTx>(tx);
    if (options_.singles == Singles::all) return queue(std::move(kept));
    if (options_.singles != Singles::swaps) return;
    const auto found = unlabelled_.find(tx.hash);
    if (found == unlabelled_.end()) return keep(tx.hash, std::move(kept));
    if (found->second) return; // the same again
    unlabelled_.erase(found);
    queue(std::move(kept));
}

void SimComponent::keep(const bus::Hash& hash, std::shared_ptr<const bus::DecodedTx> tx) {
    unlabelled_.emplace(hash, std::move(tx));
    unlabelled_order_.push_back(hash);
    if (unlabelled_order_.size() <= kMostUnlabelled) return;
    unlabelled_.erase(unlabelled_order_.front());
    unlabelled_order_.pop_front();
}

void SimComponent::on_feature(const bus::Feature& feature) {
    if (options_.singles != Singles::swaps) return;
    const bool wanted = feature.category == "swap";
    const auto found = unlabelled_.find(feature.hash);
    // The two come on streams of their own: in any order.
    if (found == unlabelled_.end()) return wanted ? keep(feature.hash, nullptr) : void();
    if (!found->second) return;
    if (wanted) queue(found->second);
    unlabelled_.erase(found);
}

void SimComponent::queue(std::shared_ptr<const bus::DecodedTx> tx) {
    if (queue_.push(SingleWork{std::move(tx)})) figures_.queue_full.Increment();
}

void SimComponent::record(bus::ChainId chain, bus::EventData event) {
    reactor_.post([this, entry = bus::Envelope{.ingest_ts_unix_ms = clock_.unix_ms(),
                                               .ingest_ts_mono_ns = clock_.mono(),
                                               .source_id = "sim",
                                               .chain_id = chain,
                                               .data = std::move(event)}] {
        ports_.journal.try_enqueue(entry);
    });
}

void SimComponent::note_simulated(const bus::Hash& hash) {
    const std::scoped_lock lock(simulated_mutex_);
    simulated_.add(hash);
}

std::vector<Parity> SimComponent::check_parity(const state::NodeBlock& block,
                                               const ViewChange& change,
                                               std::string_view receipts) {
    const std::scoped_lock lock(simulated_mutex_);
    return parity_of(block, change.end, change.result, simulated_, receipts);
}

} // namespace viz::sim
