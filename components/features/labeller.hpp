// A decoded transaction to its label: protocol, category, actions, scores with reasons. Pure; the
// same transaction, registry and surroundings give the same label.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "bus/messages.hpp"
#include "components/features/protocol_registry.hpp"

namespace viz::features {

// Stands in every label; raised when labels or scores of the same transaction change.
inline constexpr std::string_view kFeatureEngineVersion = "feature-engine.v7";

// What is known beside the transaction itself.
struct LabelContext {
    std::optional<bus::Wei> base_fee{};      // of the chain's newest head; nothing when unknown
    std::optional<std::uint32_t> tip_rank{}; // TipRank::place among the chain's newest
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
