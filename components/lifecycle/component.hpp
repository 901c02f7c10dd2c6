// Shell of lifecycle: reads tx and chain; writes query, verdict and journal. One pool per chain.
#pragma once

#include <map>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/lifecycle/metrics.hpp"
#include "components/lifecycle/pool.hpp"

namespace viz::lifecycle {

struct Ports {
    bus::TxIn tx;
    bus::ChainIn chain;
    bus::QueryOut query;
    bus::VerdictOut verdict;
    bus::JournalOut journal;
};

// A chain's initial data, needed before its first message.
struct ChainSetup {
    Config config;     // must pass check()
    Recovery recovery; // empty without recorded events
};

class LifecycleComponent final : public bus::Component {
  public:
    // `ports`, `clock` and `metrics` must outlive the component. A chain that is not in `chains`
    // uses `fallback`.
    LifecycleComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                       const std::map<bus::ChainId, ChainSetup>& chains,
                       const Config& fallback = {});

    void run(std::stop_token stop) override { reactor_.run(stop); }
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    struct Chain {
        Chain(bus::ChainId id, const Config& config, bus::Metrics& metrics)
            : pool(id, config), exporter(metrics, id) {}
        Pool pool;
        PoolMetrics exporter;
    };
    Chain& chain_of(bus::ChainId id);
    template <class Handle> void handle(bus::ChainId id, Handle handle);
    void tick();
    void deliver(bus::ChainId id);

    Ports& ports_;
    const bus::Clock& clock_;
    bus::Metrics& metrics_;
    Config fallback_;
    std::map<bus::ChainId, Chain> chains_;
    bus::Histogram& duration_;
    bus::Counter& queries_dropped_;
    Output out_;
    bus::Reactor reactor_;
};

} // namespace viz::lifecycle
