// Labels a decoded transaction: protocol, category, actions, scores with reasons. Pure; the same
// transaction, registry and context give the same label.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "bus/messages.hpp"
#include "components/features/protocol_registry.hpp"

namespace viz::features {

// Part of every label; increased when labels or scores of the same transaction change.
inline constexpr std::string_view kFeatureEngineVersion = "feature-engine.v7";

// Data about the chain and the pool, besides the transaction itself.
struct LabelContext {
    std::optional<bus::Wei> base_fee{}; // of the chain's newest head; empty if unknown
    std::optional<std::uint32_t>
        tip_rank{}; // TipRank::place among the newest transactions of the chain
};

class Labeller {
  public:
    explicit Labeller(ProtocolRegistry registry)
        : Labeller(std::make_shared<const ProtocolRegistry>(std::move(registry))) {}
    explicit Labeller(std::shared_ptr<const ProtocolRegistry> registry)
        : registry_(std::move(registry)) {}

    bus::Feature label(const bus::DecodedTx& tx, const LabelContext& around) const;

    const ProtocolRegistry& registry() const { return *registry_; }

  private:
    std::shared_ptr<const ProtocolRegistry> registry_;
};

} // namespace viz::features
