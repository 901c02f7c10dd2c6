// How search and simulation are connected: both look at the head's state through the same views
// where they run in one process.
#pragma once

#include "components/features/protocol_registry.hpp"
#include "components/search/component.hpp"
#include "components/sim/component.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

// One of each chain; nothing is asked of a node before somebody looks.
state::ChainViews make_views(const Config& config);

sim::Options sim_options(const Config& config, const state::ChainViews& views);
// Chains without a base token are left out, with a warning.
search::Options search_options(const Config& config, const state::ChainViews& views,
                               const features::ProtocolRegistry& registry);

ComponentPlan plan_sim(const Context& context, const state::ChainViews& views);
ComponentPlan plan_search(const Context& context, const state::ChainViews& views,
                          const features::ProtocolRegistry& registry);

} // namespace viz::runtime
