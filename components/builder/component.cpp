#include "components/builder/component.hpp"

#include <algorithm>
#include <list>
#include <random>
#include <thread>

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"
#include "components/node/blocking_http.hpp"

namespace viz::builder {

namespace {

constexpr std::chrono::milliseconds kExport{500};
constexpr std::array<std::string_view, 7> kFilterReasons{
    "nothing_signed", "blob_without_sidecar", "queue_full", "expired", "displaced",
    "replaced",       "circuit_open"};

} // namespace

BuilderComponent::Figures::Figures(bus::Metrics& metrics_in)
    : metrics(metrics_in),
      included(metrics.counter("relay_bundle_included_total",
                               "Bundles whose pending transactions were mined in bundle order in a "
                               "block of the bundle's range.")),
      queue_depth(metrics.gauge("relay_queue_depth", "Bundles queued for a relay.")),
      candidates(metrics.gauge("builder_candidates",
                               "Candidates on the current heads, included or not.")) {
    for (const auto reason : kFilterReasons)
        filtered_by[reason] = &metrics.counter("relay_bundle_filtered_total",
                                               "Bundles not sent to a relay, by reason.",
                                               {{"reason", std::string(reason)}});
}

void BuilderComponent::Figures::filtered(std::string_view reason, std::size_t count) {
    filtered_by.at(reason)->Increment(static_cast<double>(count));
}

// ------------------------------------------------------------------------------- relays

// The thread of one relay.
class BuilderComponent::Worker {
  public:
    Worker(BuilderComponent& owner, std::size_t number)
        : owner_(owner), number_(number), relay_(owner.options_.relays[number]),
          queue_(*owner.queues_[number]), endpoint_(node::redact(relay_.url)),
          http_(relay_.url, owner.options_.ca_file, owner.options_.link),
          breaker_(owner.options_.breaker), engine_(owner.options_.random()) {}

    void run(const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), ("viz-relay-" + std::to_string(number_)).c_str());
        while (const auto bundle = queue_.pop(stop)) try_bundle(**bundle, stop);
    }

  private:
    void try_bundle(const Bundle& bundle, const std::stop_token& stop) {
        const auto& clock = owner_.clock_;
        const RelayLink link{
            .post = [this, &stop](const std::string& body) { return http_.post(body, stop); },
            .now = [&clock] { return Mono{clock.mono_ns()}; },
            .wait = [&](Millis time) { return queue_.wait(stop, time, bundle); },
            .random = [this] { return engine_(); }};
        std::vector<std::string> may_revert;
        for (const auto& hash : bundle.reverting_hashes)
            may_revert.push_back(eth::to_hex(hash.view()));
        const auto started = clock.unix_ms();
        auto done = submit(relay_request(bundle, owner_.options_.method, owner_.options_.own_steps),
                           may_revert, endpoint_, owner_.options_.retry, breaker_, link);
        publish(done.state);
        owner_.finished(bundle.chain_id, event_of(bundle, std::move(done), started));
    }

    bus::BundleSubmitted event_of(const Bundle& bundle, Submission done,
                                  bus::UnixMs started) const {
        bus::BundleSubmitted out;
        out.bundle_id = bundle.bundle_id;
        out.candidate_ids = {bundle.candidate_id};
        out.tx_hashes = bundle.signed_hashes();
        if (!out.tx_hashes.empty()) out.hash = out.tx_hashes.front();
        out.reverting_hashes = bundle.reverting_hashes;
        out.dropping_hashes = bundle.dropping_hashes;
        out.replacement_uuid = bundle.replacement_uuid;
        out.refund_percent = bundle.refund_percent;
        out.refund_recipient = bundle.refund_recipient;
        out.target_block = bundle.target_block;
        out.max_block = bundle.max_block;
        out.relay_url = endpoint_;
        out.method = to_string(owner_.options_.method);
        out.accepted = done.state == FinalState::accepted;
        out.final_state = to_string(done.state);
        out.attempts = std::move(done.attempts);
        out.started_unix_ms = started;
        out.finished_unix_ms = owner_.clock_.unix_ms();
        return out;
    }

    // Logs one line when the relay becomes unreachable and one when it is reachable again, not one
    // per bundle.
    void publish(FinalState state) {
        const bool away = state == FinalState::unreachable || state == FinalState::circuit_open;
        if (away == away_) return;
        away_ = away;
        if (away)
            spdlog::warn("relay unreachable component=relay endpoint={} reason={}", endpoint_,
                         to_string(state));
        else
            spdlog::info("relay reachable again component=relay endpoint={}", endpoint_);
    }

    BuilderComponent& owner_;
    std::size_t number_;
    const Relay& relay_;
    RelayQueue& queue_;
    std::string endpoint_;
    node::BlockingHttp http_;
    CircuitBreaker breaker_;
    std::mt19937_64 engine_;
    bool away_{};
};

// ------------------------------------------------------------------------------- shell

BuilderComponent::BuilderComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                                   Options options)
    : ports_(ports), clock_(clock), options_(std::move(options)), figures_(metrics) {
    for (std::size_t n = 0; n < options_.relays.size(); ++n)
        queues_.push_back(std::make_unique<RelayQueue>());
    reactor_.on(ports_.simulated, [this](const bus::Simulated& simulated) {
        auto& assembly =
            assemblies_.try_emplace(simulated.chain_id, options_.assembly).first->second;
        apply(simulated.chain_id, assembly.add(simulated));
    });
    reactor_.on(ports_.chain, [this](const auto& message) {
        using Message = std::decay_t<decltype(message)>;
        if constexpr (std::is_same_v<Message, bus::Head>) on_head(message);
        if constexpr (std::is_same_v<Message, bus::Reorg>)
            if (const auto found = assemblies_.find(message.chain_id); found != assemblies_.end())
                apply(message.chain_id, found->second.reorg(message));
    });
    reactor_.every(kExport, [this] { export_figures(); });
}

BuilderComponent::~BuilderComponent() = default;

void BuilderComponent::run(std::stop_token stop) {
    {
        std::list<Worker> workers; // created here: their exceptions reach the supervisor
        std::vector<std::jthread> threads;
        for (std::size_t n = 0; n < options_.relays.size(); ++n)
            threads.emplace_back([&worker = workers.emplace_back(*this, n)](
                                     const std::stop_token& token) { worker.run(token); });
        reactor_.run(std::move(stop));
    }
    record_finished(); // final results of the workers
}

void BuilderComponent::on_head(const bus::Head& head) {
    figures_.included.Increment(static_cast<double>(watch_.on_head(head)));
    for (const auto& queue : queues_)
        figures_.filtered("expired", queue->expire(head.chain_id, head.number));
    auto& assembly = assemblies_.try_emplace(head.chain_id, options_.assembly).first->second;
    apply(head.chain_id, assembly.new_head(head));
}

void BuilderComponent::apply(bus::ChainId chain, const Assembly::Decisions& decisions) {
    for (const auto& decision : decisions) {
        figures_.metrics
            .counter("builder_decisions_total", "Decisions on simulated candidates.",
                     {{"decision", decision.decision}, {"reason", decision.reason}})
            .Increment();
        record(chain, decision);
        // A new head displaces all candidates; their bundles expire by block number instead.
        if (decision.decision == "displaced" && decision.reason != "new_head")
            for (const auto& queue : queues_)
                figures_.filtered("displaced", queue->withdraw(decision.candidate_id));
        if (decision.decision == "included")
            send(chain, assemblies_.at(chain), decision.candidate_id);
    }
}

void BuilderComponent::send(bus::ChainId chain, const Assembly& assembly,
                            const bus::Hash& candidate_id) {
    const auto of_chain = [&](const Relay& relay) { return relay.chain == chain; };
    if (std::ranges::none_of(options_.relays, of_chain)) return;
    const auto* simulated = assembly.find(candidate_id);
    if (simulated == nullptr) return; // removed by a later decision of the same change
    const auto bundle =
        std::make_shared<const Bundle>(make_bundle(*simulated, *assembly.head(), options_.bundle));
    if (const auto reason = unfit(*bundle); !reason.empty()) return figures_.filtered(reason);
    watch_.add(*bundle);
    for (std::size_t n = 0; n < queues_.size(); ++n) {
        if (!of_chain(options_.relays[n])) continue;
        figures_.filtered("replaced", queues_[n]->withdraw(candidate_id));
        if (queues_[n]->push(bundle)) figures_.filtered("queue_full");
    }
}

void BuilderComponent::export_figures() {
    std::size_t waiting = 0;
    for (const auto& queue : queues_) waiting += queue->depth();
    figures_.queue_depth.Set(static_cast<double>(waiting));
    std::size_t kept = 0;
    for (const auto& [chain, assembly] : assemblies_) {
        kept += assembly.size();
        figures_.metrics
            .gauge("builder_block_gas", "Gas of the candidates selected for the next block.",
                   {{"chain_id", std::to_string(chain.value)}})
            .Set(static_cast<double>(assembly.block().gas_used.value));
    }
    figures_.candidates.Set(static_cast<double>(kept));
}

void BuilderComponent::record(bus::ChainId chain, bus::EventData event) {
    ports_.journal.try_enqueue(bus::Envelope{.ingest_ts_unix_ms = clock_.unix_ms(),
                                             .ingest_ts_mono_ns = clock_.mono(),
                                             .source_id = "builder",
                                             .chain_id = chain,
                                             .data = std::move(event)});
}

void BuilderComponent::finished(bus::ChainId chain, bus::BundleSubmitted submitted) {
    {
        const std::scoped_lock lock(finished_mutex_);
        finished_.emplace_back(chain, std::move(submitted));
    }
    reactor_.post([this] { record_finished(); });
}

void BuilderComponent::record_finished() {
    std::vector<std::pair<bus::ChainId, bus::BundleSubmitted>> all;
    {
        const std::scoped_lock lock(finished_mutex_);
        all.swap(finished_);
    }
    for (auto& [chain, submitted] : all) {
        if (submitted.final_state == to_string(FinalState::circuit_open))
            figures_.filtered("circuit_open");
        figures_.metrics
            .counter("relay_submissions_total", "Bundles submitted to relays, by final state.",
                     {{"endpoint", submitted.relay_url}, {"final_state", submitted.final_state}})
            .Increment();
        // Created with the first submission: before that there is no rate to alert on.
        figures_.metrics
            .gauge("relay_success_rate", "Accepted fraction of the newest 100 submissions.")
            .Set(rate_.add(submitted.accepted));
        record(chain, std::move(submitted));
    }
}

} // namespace viz::builder
