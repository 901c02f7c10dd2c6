// How the components of the pipeline are connected: one function per component makes, from
// configuration and record, a plan that the supervisor can run. All sockets are made here, before
// any thread starts, so that no subscriber misses a first message.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "bus/socket.hpp"
#include "components/features/registry_slot.hpp"
#include "components/ingest/config.hpp"
#include "components/lifecycle/component.hpp"
#include "runtime/config.hpp"
#include "runtime/recovery.hpp"
#include "runtime/supervisor.hpp"

namespace viz::runtime {

struct Context {
    const Config& config;
    const bus::Clock& clock;
    bus::Metrics& metrics;
    bus::Bus& bus;
};

// Throws StartError when ingest or lifecycle would refuse the configured chains.
void check_chains(const Config& config);
// An ipc endpoint; a relative path is relative to the record's folder.
bus::Endpoint beside_the_record(const Config& config, const std::string& endpoint);
unsigned decode_worker_count(const Config& config);
// How many producers of the stream a receiver in this process connects to at most.
unsigned producers_of(const Config& config, bus::Stream stream);

bus::JournalOut journal(const Context& context, std::string_view component);
bus::TxIn tx_in(const Context& context);
// The receiving end of `chain` for these topics.
bus::ChainIn chain_in(const Context& context, const std::vector<std::string>& topics);

ComponentPlan plan_lifecycle(const Context& context, const Recovered& recovered);
// Throws StartError when the registry file or its overlay is invalid.
std::shared_ptr<features::RegistrySlot> load_registry(const Config& config);
// Rereads both; an invalid file is logged and counted, and the registry in use stays.
void reload_registry(const Config& config, bus::Metrics& metrics, features::RegistrySlot& slot);
ComponentPlan plan_features(const Context& context,
                            std::shared_ptr<const features::RegistrySlot> registry);
std::vector<ComponentPlan> plan_decode(const Context& context);
ComponentPlan plan_ingest(const Context& context, const Recovered& recovered);

} // namespace viz::runtime
