#include "components/ingest/component.hpp"

#include <array>
#include <map>
#include <string>

#include "bus/reactor.hpp"
#include "components/eth/signature.hpp"
#include "components/ingest/chain_session.hpp"

namespace viz::ingest {

namespace {

constexpr std::size_t kOutcomes = 3;

// One chain's sink: sockets and counters.
class BusSink final : public ChainSink {
  public:
    BusSink(IngestPorts& ports, bus::Metrics& metrics, const std::string& chain_key)
        : ports_(ports), metrics_(metrics), chain_key_(chain_key),
          received_(metrics.counter("ingest_received_total",
                                    "Observations of pending transactions taken in.",
                                    {{"chain", chain_key}})),
          fetching_(metrics.gauge("ingest_fetching", "Observations whose body is being fetched.",
                                  {{"chain", chain_key}})) {
        for (std::size_t i = 0; i < kOutcomes; ++i)
            outcomes_.at(i) = &metrics.counter(
                "ingest_observations_total", "Observations by how they ended.",
                {{"chain", chain_key}, {"result", std::string(to_string(Outcome(i)))}});
        for (std::size_t i = 0; i < kDropReasons; ++i)
            drops_.at(i) = &metrics.counter(
                "ingest_drops_total", "Observations and events lost, by reason.",
                {{"reason", std::string(to_string(DropReason(i)))}, {"component", "ingest"}});
    }

    Delivery deliver(const bus::PendingTx& transaction) override {
        switch (ports_.pending.send(transaction)) {
        case bus::SendStatus::sent:
            return Delivery::sent;
        case bus::SendStatus::full:
            return Delivery::full;
        case bus::SendStatus::closed:
            break;
        }
        return Delivery::closed;
    }
    bool room_for_backfill() const override {
        const auto& sender = ports_.pending.sender();
        return sender.depth() < sender.capacity() / 2;
    }
    // Drops are counted by the journal itself.
    void record(const bus::Envelope& entry) override { (void)ports_.journal.try_enqueue(entry); }
    void publish(const bus::Head& message) override { send(message); }
    void publish(const bus::Reorg& message) override { send(message); }
    void publish(const bus::EndpointStatus& message) override { send(message); }
    void publish(const bus::AccountNonce& message) override { send(message); }
    void publish(const bus::TxPresence& message) override { send(message); }

    void count_received() override { received_.Increment(); }
    void count(Outcome outcome) override {
        outcomes_.at(static_cast<std::size_t>(outcome))->Increment();
    }
    void count(DropReason reason) override {
        drops_.at(static_cast<std::size_t>(reason))->Increment();
    }
    void count_fault(std::string_view kind) override {
        const auto found = faults_.find(kind);
        if (found != faults_.end()) return found->second->Increment();
        auto& counter = metrics_.counter("ingest_faults_total", "What nodes did wrong, by kind.",
                                         {{"chain", chain_key_}, {"kind", std::string(kind)}});
        faults_.emplace(std::string(kind), &counter);
        counter.Increment();
    }
    void fetching(std::size_t unfinished) override {
        fetching_.Set(static_cast<double>(unfinished));
    }

  private:
    // The stream waits for its subscribers; what does not go means that the bus has stopped.
    template <class T> void send(const T& message) { (void)ports_.chain.send(message); }

    IngestPorts& ports_;
    bus::Metrics& metrics_;
    std::string chain_key_;
    bus::Counter& received_;
    bus::Gauge& fetching_;
    std::array<bus::Counter*, kOutcomes> outcomes_{};
    std::array<bus::Counter*, kDropReasons> drops_{};
    std::map<std::string, bus::Counter*, std::less<>> faults_;
};

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kStatusPeriod{1000};

} // namespace

struct IngestComponent::Impl {
    struct Chain {
        std::unique_ptr<BusSink> sink;
        std::unique_ptr<ChainSession> session;
        bus::Gauge* up;
    };

    Impl(IngestConfig config_in, IngestPorts& ports_in)
        : config(std::move(config_in)), ports(ports_in) {}

    void add_chain(const ChainConfig& chain, const ChainRecovery& recovery,
                   const std::shared_ptr<boost::asio::ssl::context>& tls,
                   const RecoverAuthority& recover, const Now& now, const Random& random,
                   bus::Metrics& metrics) {
        auto sink = std::make_unique<BusSink>(ports, metrics, chain.chain_key);
        auto session = std::make_unique<ChainSession>(reactor.context(), tls, config, chain,
                                                      recovery, recover, now, random, *sink);
        chains.emplace(chain.chain_id.value,
                       Chain{std::move(sink), std::move(session),
                             &metrics.gauge("chain_up", "1 while a subscription is live.",
                                            {{"chain", chain.chain_key}})});
    }

    void look_around() {
        for (auto& [id, chain] : chains) {
            chain.session->tick();
            chain.up->Set(chain.session->up() ? 1 : 0);
        }
    }

    IngestConfig config;
    IngestPorts& ports;
    bus::Reactor reactor;
    std::map<std::uint64_t, Chain> chains; // before the reactor's end: they hold its timers
};

IngestComponent::IngestComponent(IngestConfig config, IngestPorts& ports, const bus::Clock& clock,
                                 bus::Metrics& metrics, const Random& random,
                                 std::vector<ChainRecovery> recovery)
    : impl_(std::make_unique<Impl>(std::move(config), ports)) {
    const RecoverAuthority recover =
        [recoverer = std::make_shared<eth::SenderRecoverer>()](const eth::Authorization& given) {
            const auto signer = recoverer->authority(given);
            return signer ? std::optional(*signer) : std::nullopt;
        };
    const Now now = [&clock] { return Instant{clock.unix_ms(), clock.mono()}; };
    const auto tls = make_tls_context(impl_->config.tls_ca_file);
    for (const auto& chain : impl_->config.chains) {
        ChainRecovery known{.chain_id = chain.chain_id, .seen = {}, .heads = {}};
        for (auto& candidate : recovery)
            if (candidate.chain_id == chain.chain_id) known = std::move(candidate);
        impl_->add_chain(chain, known, tls, recover, now, random, metrics);
    }

    auto& depth = metrics.gauge("ingest_decode_queue_depth", "Transactions waiting for decode.");
    auto& capacity =
        metrics.gauge("ingest_decode_queue_capacity", "Where the decode queue is full.");
    impl_->reactor.on(impl_->ports.query, [this](const auto& message) {
        const auto chain = impl_->chains.find(message.chain_id.value);
        if (chain != impl_->chains.end()) chain->second.session->take(message);
    });
    impl_->reactor.every(kTick, [this, &depth, &capacity] {
        impl_->look_around();
        depth.Set(static_cast<double>(impl_->ports.pending.sender().depth()));
        capacity.Set(static_cast<double>(impl_->ports.pending.sender().capacity()));
    });
    impl_->reactor.every(kStatusPeriod, [this] {
        for (auto& [id, chain] : impl_->chains) chain.session->publish_status();
    });
}

IngestComponent::~IngestComponent() = default;

void IngestComponent::run(std::stop_token stop) {
    impl_->reactor.post([this] {
        for (auto& [id, chain] : impl_->chains) chain.session->start();
    });
    // NOLINTNEXTLINE(performance-unnecessary-value-param): run() takes it by value
    impl_->reactor.run(std::move(stop));
    // Nothing is taken in that could not be handed on any more.
    impl_->chains.clear();
}

std::int64_t IngestComponent::last_turn_ns() const {
    return impl_->reactor.last_turn_ns();
}

} // namespace viz::ingest
