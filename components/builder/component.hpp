// Shell of builder: reads simulated candidates and heads; records decisions and the relays'
// answers. Each relay has its own thread, so that no stream waits for a relay.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/builder/assembly.hpp"
#include "components/builder/inclusion_watch.hpp"
#include "components/builder/relay_queue.hpp"
#include "components/builder/relay_request.hpp"
#include "components/builder/submission.hpp"
#include "components/builder/success_rate.hpp"
#include "components/node/transport.hpp"

namespace viz::builder {

struct Ports {
    bus::SimulatedIn simulated;
    bus::ChainIn chain; // heads and reorgs
    bus::JournalOut journal;
};

struct Relay {
    bus::ChainId chain; // the chain whose bundles it receives
    node::Url url;
};

struct Options {
    AssemblyLimits assembly;
    BundleOptions bundle;
    std::vector<Relay> relays; // empty: no bundles are made
    RelayMethod method{RelayMethod::eth_call_bundle};
    OwnSteps own_steps{OwnSteps::omit};
    RetryPolicy retry;
    CircuitBreaker::Limits breaker;
    node::LinkLimits link{.connect_timeout = std::chrono::milliseconds(2'000),
                          .request_timeout = std::chrono::milliseconds(2'000),
                          .max_message_bytes = std::size_t{1} << 20};
    std::string ca_file;
    node::Random random; // randomness for the relay threads
};

class BuilderComponent final : public bus::Component {
  public:
    // `ports`, `clock` and `metrics` must outlive the component.
    BuilderComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics, Options options);
    ~BuilderComponent() override;

    void run(std::stop_token stop) override;
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    class Worker;
    struct Figures {
        explicit Figures(bus::Metrics& metrics);
        void filtered(std::string_view reason, std::size_t count = 1);

        bus::Metrics& metrics;
        std::map<std::string_view, bus::Counter*> filtered_by;
        bus::Counter& included;
        bus::Gauge& queue_depth;
        bus::Gauge& candidates;
    };

    void apply(bus::ChainId chain, const Assembly::Decisions& decisions);
    void send(bus::ChainId chain, const Assembly& assembly, const bus::Hash& candidate_id);
    void on_head(const bus::Head& head);
    void export_figures();
    void record(bus::ChainId chain, bus::EventData event);
    // Called by workers, on any thread.
    void finished(bus::ChainId chain, bus::BundleSubmitted submitted);
    void record_finished();

    Ports& ports_;
    const bus::Clock& clock_;
    const Options options_;
    Figures figures_;
    std::map<bus::ChainId, Assembly> assemblies_;
    std::vector<std::unique_ptr<RelayQueue>> queues_; // one per relay
    InclusionWatch watch_;
    SuccessRate rate_;
    std::mutex finished_mutex_;
    std::vector<std::pair<bus::ChainId, bus::BundleSubmitted>> finished_;
    bus::Reactor reactor_;
};

} // namespace viz::builder
