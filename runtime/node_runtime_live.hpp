// The parts of a started node. Only the files of NodeRuntime include this.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "components/storage/component.hpp"
#include "http/component.hpp"
#include "http/server.hpp"
#include "runtime/bridges.hpp"
#include "runtime/checkpoint_component.hpp"
#include "runtime/history.hpp"
#include "runtime/monitor.hpp"
#include "runtime/node_runtime_plan.hpp"
#include "runtime/record_damage.hpp"
#include "runtime/searching.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

// Opens the record for writing and notes the damage found at opening. Throws StartError.
std::unique_ptr<storage::EventStore> open_store(const Config& config, RecordDamage& damage);

// Everything that exists only while the node runs, in dependency order: later members use earlier
// ones and are destroyed before them.
struct NodeRuntime::Live {
    explicit Live(const Plan& plan_in);
    ~Live() { shutdown(); }

    void start();
    void shutdown();

    const Plan& plan;
    bus::Metrics metrics;
    bus::Bus bus;
    RecordDamage damage;
    std::unique_ptr<storage::EventStore> store; // only where storage runs
    storage::Health storage_health;
    std::unique_ptr<storage::CheckpointFile> checkpoints; // may be null
    StoreHistory history;
    http::ReadModel model;
    std::shared_ptr<features::RegistrySlot> registry; // only where features or search run
    const state::ChainViews views;
    Supervisor supervisor;
    Monitor monitor;
    http::Api api;
    http::Server server;
    Bridges bridges;

    // The record's file is on this host, or was when the node started: only storage writes it,
    // possibly on another host.
    std::atomic<bool> has_record{};

  private:
    std::vector<ComponentPlan> plan_components();
    storage::Retention make_retention();
    ComponentPlan plan_storage();
    ComponentPlan plan_http();
    ComponentPlan plan_checkpoints();
    MonitorInputs monitor_inputs();
    std::uint64_t replay_lag();
    std::vector<StateMemory> state_memory() const;
    void find_record();
    std::vector<ComponentReport> reports() const;
    std::vector<std::string> running(std::string_view prefix) const;
    Recovered read_record();
    void rehydrate();
    void listen();
    void announce() const;
};

} // namespace viz::runtime
