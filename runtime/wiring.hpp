// How the components of the pipeline are connected: one function a component, from configuration
// and record to a plan the supervisor can run. All sockets are made here, before any thread
// starts, so that no subscriber misses a first message.
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

// Throws StartError when ingest or lifecycle would refuse what is configured of the chains.
void check_chains(const Config& config);
// An ipc endpoint; a relative path is relative to the folder of the record.
bus::Endpoint beside_the_record(const Config& config, const std::string& endpoint);
unsigned decode_worker_count(const Config& config);
// How many senders of the stream a receiver in this process may have to connect to.
unsigned producers_of(const Config& config, bus::Stream stream);

bus::JournalOut journal(const Context& context, std::string_view component);
bus::TxIn tx_in(const Context& context);
// The receiving end of `chain` for these topics.
bus::ChainIn chain_in(const Context& context, const std::vector<std::string>& topics);

ComponentPlan plan_lifecycle(const Context& context, const Recovered& recovered);
// Throws StartError when the registry file or its overlay is bad.
std::shared_ptr<features::RegistrySlot> load_registry(const Config& config);
// Reads both again; a bad file is logged and counted, and the registry in use stays.
void reload_registry(const Config& config, bus::Metrics& metrics, features::RegistrySlot& slot);
ComponentPlan plan_features(const Context& context,
                            std::shared_ptr<const features::RegistrySlot> registry);
std::vector<ComponentPlan> plan_decode(const Context& context);
ComponentPlan plan_ingest(const Context& context, const Recovered& recovered);

} // namespace viz::runtime
