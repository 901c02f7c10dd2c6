#include "runtime/node_runtime.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include <spdlog/spdlog.h>

#include "bus/player.hpp"
#include "runtime/builder_plan.hpp"
#include "runtime/monitor_component.hpp"
#include "runtime/node_runtime_live.hpp"
#include "runtime/text.hpp"
#include "runtime/version.hpp"

namespace viz::runtime {

namespace {

http::ApiConfig api_config(const Config& config) {
    return {.auth_enabled = config.auth_enabled,
            .api_keys = config.api_keys,
            .rate_limit_per_minute = config.rate_limit_per_minute,
            .cors_origins = split_list(config.cors_origins)};
}

// A stream uses two descriptors until the library releases its own. Descriptors beyond the system's
// default limit must be requested.
void allow_descriptors(rlim_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        spdlog::warn("open files are limited to {}, {} connections may need {}: raise LimitNOFILE",
                     limit.rlim_cur, wanted / 2, wanted);
}

http::ServerConfig server_config(const Config& config, const std::vector<int>& sockets) {
    return {.bind = config.bind,
            .sockets = sockets,
            .threads = static_cast<int>(config.http_threads),
            .render_threads = config.http_render_threads,
            .max_connections = config.http_max_connections,
            .max_unsent_bytes = config.http_max_unsent_mib << 20};
}

std::map<std::string, std::string> moved_endpoints(const Config& config) {
    std::map<std::string, std::string> moved;
    for (const auto& [stream, endpoint] : config.endpoint_overrides) {
        const auto& spec = bus::spec_of(*bus::stream_from_string(stream));
        moved[std::string(spec.producer_binds ? spec.from : spec.to)] = endpoint;
    }
    return moved;
}

// Distinguishes this run of the process from all others; never 0.
std::uint64_t new_incarnation() {
    std::random_device random;
    const auto high = std::uint64_t{random()} << 32;
    return (high | random()) | 1u << 31;
}

std::vector<bus::ChainId> chain_ids(const Config& config) {
    std::vector<bus::ChainId> ids;
    for (const auto& chain : config.chains) ids.push_back(chain.chain_id);
    return ids;
}

} // namespace

NodeRuntime::Live::Live(const Plan& plan_in)
    : plan(plan_in), bus(metrics, *plan.clock), damage(metrics, *plan.clock),
      store(runs(plan.config, "storage") ? open_store(plan.config, damage) : nullptr),
      checkpoints(
          open_checkpoints(plan.config.storage_path, store ? storage::CheckpointFile::Mode::write
                                                           : storage::CheckpointFile::Mode::read)),
      history(plan.config.storage_path, chain_ids(plan.config), &damage.report()), model(&history),
      views(make_views(plan.config)), supervisor(metrics, plan.on_fatal),
      monitor(metrics, bus, *plan.clock, monitor_inputs()), api({.model = model,
                                                                 .history = history,
                                                                 .figures = monitor,
                                                                 .health = monitor,
                                                                 .clock = *plan.clock,
                                                                 .metrics = metrics},
                                                                api_config(plan.config)),
      server(api, model, history, metrics, server_config(plan.config, plan.sockets)),
      bridges({plan.config, *plan.clock, metrics, bus}, new_incarnation()) {
    bus.set_capacity(bus::Stream::journal, plan.config.storage_queue_capacity);
    metrics
        .gauge("build_info", "Always 1; the labels identify the build.",
               {{"version", kVersion}, {"revision", kRevision}, {"compiler", kCompiler}})
        .Set(1);
}

MonitorInputs NodeRuntime::Live::monitor_inputs() {
    return {.endpoints = [this] { return model.chains()->all(); },
            .components = [this] { return reports(); },
            .storage_trouble =
                [this] {
                    auto trouble = storage_health.trouble();
                    return trouble.empty() ? damage.trouble() : trouble;
                },
            .record_problems = [this] { return storage_health.problems(); },
            .state_memory = [this] { return state_memory(); },
            .replay_lag_events = [this] { return replay_lag(); },
            .ingest_mode = plan.config.ingest_mode,
            .version = std::string(kVersion) + "+" + kRevision,
            .component_endpoints = moved_endpoints(plan.config)};
}

std::vector<StateMemory> NodeRuntime::Live::state_memory() const {
    std::vector<StateMemory> all;
    if (!runs(plan.config, "search") && !runs(plan.config, "sim")) return all;
    for (const auto& [chain, view] : views) {
        const auto memory = view->memory();
        all.push_back({.chain_id = chain.value,
                       .state_bytes = memory.state_bytes,
                       .code_bytes = memory.code_bytes,
                       .block_bytes = memory.block_bytes,
                       .blocks_gone = memory.blocks_gone,
                       .evicted = memory.evicted});
    }
    return all;
}

// Lag of the read model, which only http maintains. Unknown while the record cannot be read.
std::uint64_t NodeRuntime::Live::replay_lag() {
    if (!has_record || !runs(plan.config, "http")) return 0;
    try {
        const auto committed = history.latest_seq_id();
        return committed - std::min(committed, model.latest_seq_id());
    } catch (const http::RecordUnavailable&) {
        return 0;
    }
}

// The server's workers are threads of http, like its reactor: http is stuck when one of them is.
std::vector<ComponentReport> NodeRuntime::Live::reports() const {
    auto all = supervisor.reports();
    for (auto& report : all)
        if (const auto turn = server.last_turn_ns(); report.name == "http" && turn != 0)
            report.last_turn_ns = std::min(report.last_turn_ns, turn);
    return all;
}

ComponentPlan NodeRuntime::Live::plan_storage() {
    auto ports = std::make_shared<storage::Ports>(
        storage::Ports{.journal = bus.receiver(bus::Stream::journal),
                       .events = bus.sender(bus::Stream::events, "storage")});
    return {.name = "storage", .make = [this, ports] {
                return std::make_unique<storage::StorageComponent>(
                    *ports, *store, make_retention(), storage_health, *plan.clock, metrics);
            }};
}

ComponentPlan NodeRuntime::Live::plan_http() {
    auto ports = std::make_shared<http::Ports>(http::Ports{
        .events = bus.receiver(bus::Stream::events),
        .chain = chain_in({plan.config, *plan.clock, metrics, bus}, {"chain.status."})});
    return {.name = "http", .make = [this, ports] {
                return std::make_unique<http::HttpComponent>(*ports, model, *plan.clock, metrics);
            }};
}

// Reads the record like any other reader; restarting it affects no other component.
ComponentPlan NodeRuntime::Live::plan_checkpoints() {
    return {.name = "checkpoints",
            .make =
                [this] {
                    return std::make_unique<CheckpointComponent>(history.reader(), *checkpoints);
                },
            .restartable = true};
}

// Consumers before producers.
std::vector<ComponentPlan> NodeRuntime::Live::plan_components() {
    const Context context{plan.config, *plan.clock, metrics, bus};
    const auto recovered = read_record();
    std::vector<ComponentPlan> plans;
    plans.push_back({.name = "monitor",
                     .make = [this] { return std::make_unique<MonitorComponent>(monitor); }});
    if (!plan.config.tap_endpoint.empty())
        plans.push_back({.name = "tap",
                         .make =
                             [this] {
                                 return bus.tap(
                                     beside_the_record(plan.config, plan.config.tap_endpoint));
                             },
                         .restartable = true});
    if (runs(plan.config, "http")) plans.push_back(plan_http());
    if (store) plans.push_back(plan_storage());
    if (store && checkpoints) plans.push_back(plan_checkpoints());
    if (runs(plan.config, "lifecycle")) plans.push_back(plan_lifecycle(context, recovered));
    if (runs(plan.config, "features")) {
        registry = load_registry(plan.config);
        plans.push_back(plan_features(context, registry));
    }
    if (runs(plan.config, "builder")) plans.push_back(plan_builder(context));
    if (runs(plan.config, "sim")) plans.push_back(plan_sim(context, views));
    if (runs(plan.config, "search")) {
        if (!registry) registry = load_registry(plan.config);
        plans.push_back(
            plan_search(context, views, registry, has_record ? &history.reader() : nullptr));
    }
    if (runs(plan.config, "decode"))
        for (auto& worker : plan_decode(context)) plans.push_back(std::move(worker));
    if (runs(plan.config, "ingest")) plans.push_back(plan_ingest(context, recovered));
    if (!plan.config.play_endpoint.empty())
        plans.push_back({.name = "play", .make = [this] {
                             return bus::make_player(
                                 bus, metrics, *plan.clock,
                                 beside_the_record(plan.config, plan.config.play_endpoint));
                         }});
    return plans;
}

void NodeRuntime::Live::start() {
    find_record();
    auto plans = plan_components();
    if (runs(plan.config, "http")) {
        rehydrate();
        model.on_growth([this] { server.wake_streams(); });
        listen();
    }
    for (auto& bridge : bridges.plans()) supervisor.start(std::move(bridge));
    // Messages sent from here on reach their consumers.
    bridges.wait_for_peers();
    for (auto& component : plans) supervisor.start(std::move(component));
    announce();
    monitor.set_ready(true);
}

void NodeRuntime::Live::listen() {
    allow_descriptors(2 * plan.config.http_max_connections + 512);
    try {
        server.start();
    } catch (const std::exception& failure) {
        const auto where =
            plan.sockets.empty() ? plan.config.bind : "the sockets passed by systemd";
        throw StartError("cannot listen on " + where + ": " + failure.what());
    }
}

void NodeRuntime::Live::announce() const {
    if (runs(plan.config, "http"))
        spdlog::info("viz-api listening address={} socket={}", server.address(),
                     plan.sockets.empty() ? "own" : "systemd");
    std::string chains;
    for (const auto& chain : plan.config.chains)
        chains += (chains.empty() ? "" : ",") + chain.chain_key;
    spdlog::info("viz-api started version={}+{} ingest_mode={} chains={} storage={} seq_id={}",
                 kVersion, kRevision, plan.config.ingest_mode, chains, plan.config.storage_path,
                 model.latest_seq_id());
}

std::vector<std::string> NodeRuntime::Live::running(std::string_view prefix) const {
    std::vector<std::string> names;
    for (const auto& report : supervisor.reports())
        if (report.name.starts_with(prefix)) names.push_back(report.name);
    return names;
}

// Producers first; the consumers drain each stage. Then the remaining senders are released.
void NodeRuntime::Live::shutdown() {
    monitor.set_ready(false);
    supervisor.stop({"ingest", "play"});
    supervisor.stop(running("import."));
    supervisor.stop(running("decode."));
    supervisor.stop({"lifecycle", "features"});
    supervisor.stop({"search"});
    supervisor.stop({"sim"});
    supervisor.stop({"builder"});
    supervisor.stop({"storage"});
    supervisor.stop(running("export."));
    supervisor.stop({"http"});
    bus.stop_sending();
    server.stop();
    supervisor.stop_all();
}

NodeRuntime::NodeRuntime(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
NodeRuntime::NodeRuntime(NodeRuntime&&) noexcept = default;
NodeRuntime& NodeRuntime::operator=(NodeRuntime&&) noexcept = default;
NodeRuntime::~NodeRuntime() = default;

void NodeRuntime::start() {
    try {
        auto live = std::make_unique<Live>(*plan_);
        live->start();
        live_ = std::move(live);
    } catch (const StartError&) {
        throw;
    } catch (const std::exception& failure) {
        throw StartError(failure.what());
    }
}

void NodeRuntime::shutdown() {
    live_.reset();
}

void NodeRuntime::reload_registry() {
    if (live_ && live_->registry)
        runtime::reload_registry(plan_->config, live_->metrics, *live_->registry);
}

bool NodeRuntime::running() const {
    return live_ != nullptr;
}
std::uint16_t NodeRuntime::http_port() const {
    return live_ ? live_->server.port() : 0;
}
const Config& NodeRuntime::config() const {
    return plan_->config;
}

} // namespace viz::runtime
