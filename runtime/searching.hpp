// How search and simulation are connected: both look at the head's state through the same views
// where they run in one process.
#pragma once

#include "components/features/registry_slot.hpp"
#include "components/search/component.hpp"
#include "components/sim/component.hpp"
#include "components/storage/reader.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

// One of each chain; nothing is asked of a node before somebody looks.
state::ChainViews make_views(const Config& config);

sim::Options sim_options(const Config& config, const state::ChainViews& views);
// What stands in `registry` is what is searched, from now on and after each replacement. A chain
// without a base token waits for one, with a warning.
search::Options search_options(const Config& config, const state::ChainViews& views,
                               const std::shared_ptr<const features::RegistrySlot>& registry);

ComponentPlan plan_sim(const Context& context, const state::ChainViews& views);
// `record` answers what was found before; it must outlive the component.
ComponentPlan plan_search(const Context& context, const state::ChainViews& views,
                          const std::shared_ptr<const features::RegistrySlot>& registry,
                          storage::Reader* record);

} // namespace viz::runtime
