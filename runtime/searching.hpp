// How search and simulation are connected: both read the head's state through the same views when
// they run in one process.
#pragma once

#include "components/features/registry_slot.hpp"
#include "components/search/component.hpp"
#include "components/sim/component.hpp"
#include "components/storage/reader.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

// One view per chain; nothing is requested from a node before the first read.
state::ChainViews make_views(const Config& config);

sim::Options sim_options(const Config& config, const state::ChainViews& views);
// Search covers the contents of `registry`, now and after each replacement. A chain without a base
// token waits for one, with a warning.
search::Options search_options(const Config& config, const state::ChainViews& views,
                               const std::shared_ptr<const features::RegistrySlot>& registry);

ComponentPlan plan_sim(const Context& context, const state::ChainViews& views);
// `record` returns earlier opportunities; it must outlive the component.
ComponentPlan plan_search(const Context& context, const state::ChainViews& views,
                          const std::shared_ptr<const features::RegistrySlot>& registry,
                          storage::Reader* record);

} // namespace viz::runtime
