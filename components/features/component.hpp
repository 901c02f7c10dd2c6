// Shell of features: reads tx and the heads of chain (for the base fee); publishes and records
// features.
#pragma once

#include <memory>
#include <unordered_map>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/features/labeller.hpp"
#include "components/features/registry_slot.hpp"
#include "components/features/tip_rank.hpp"

namespace viz::features {

struct Ports {
    bus::TxIn tx;
    bus::ChainIn chain;
    bus::FeatureOut feature;
    bus::JournalOut journal;
};

class FeaturesComponent final : public bus::Component {
  public:
    // `ports`, `clock` and `metrics` must outlive the component. Each transaction is labelled with
    // the registry that is current when it arrives.
    FeaturesComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics,
                      std::shared_ptr<const RegistrySlot> registry);

    void run(std::stop_token stop) override { reactor_.run(stop); }
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    void on_transaction(const bus::DecodedTx& tx);

    Ports& ports_;
    const bus::Clock& clock_;
    bus::Histogram& duration_;
    bus::Counter& labelled_;
    std::shared_ptr<const RegistrySlot> registry_;
    std::uint64_t registry_version_;
    Labeller labeller_;
    struct Chain {
        std::optional<bus::Wei> base_fee; // of the newest head
        TipRank tips;
    };
    std::unordered_map<bus::ChainId, Chain> chains_;
    bus::Reactor reactor_;
};

} // namespace viz::features
