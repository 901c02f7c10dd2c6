#include "runtime/wiring.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

#include <spdlog/spdlog.h>

#include "bus/player.hpp"
#include "components/decode/component.hpp"
#include "components/features/component.hpp"
#include "components/ingest/component.hpp"
#include "runtime/bridges.hpp"
#include "runtime/node_runtime.hpp"

namespace viz::runtime {

namespace {

using bus::Stream;
using std::chrono::milliseconds;
using std::chrono::seconds;

lifecycle::Config lifecycle_config(const Config& config, const ChainSettings& chain) {
    lifecycle::Config out;
    out.finality_depth = chain.finality_depth != 0 ? chain.finality_depth : config.finality_depth;
    out.reorg_window = std::max<std::uint64_t>(out.reorg_window, out.finality_depth);
    out.fee_bump_bps = config.scheduler_replacement_fee_bump_bps;
    out.max_per_sender = config.scheduler_max_pending_per_sender;
    out.max_transactions = config.scheduler_max_pending;
    out.drop_after = seconds(config.drop_after_secs);
    // Checked early enough that an absence is known to have lasted when the limit is reached.
    out.absence_check_after = std::min(out.absence_check_after, out.drop_after / 3);
    if (const auto problem = lifecycle::check(out))
        throw StartError("lifecycle of chain " + chain.chain_key + ": " +
                         std::string(to_string(*problem)));
    return out;
}

ingest::IngestConfig ingest_config(const Config& config) {
    ingest::IngestConfig out;
    for (const auto& chain : config.chains) {
        auto& added = out.chains.emplace_back(ingest::ChainConfig{
            .chain_key = chain.chain_key,
            .chain_id = chain.chain_id,
            .source_id = chain.source_id,
            .mode = chain.fanout ? ingest::ChainMode::fanout : ingest::ChainMode::rotate});
        for (const auto& endpoint : chain.endpoints)
            added.endpoints.push_back({endpoint.ws_url, endpoint.http_url, endpoint.source_id});
    }
    out.max_seen_hashes = config.max_seen_hashes;
    out.rpc_batch_size = config.rpc_batch_size;
    out.rpc_max_in_flight = config.rpc_max_in_flight;
    out.rpc_retry_attempts = static_cast<std::uint32_t>(config.rpc_retry_attempts);
    out.rpc_retry_backoff = milliseconds(config.rpc_retry_backoff_ms);
    out.rpc_batch_flush = milliseconds(config.rpc_batch_flush_ms);
    out.silence_limit = seconds(config.silent_chain_timeout_secs);
    if (const auto problem = ingest::validate(out)) throw StartError(*problem);
    return out;
}

} // namespace

void check_chains(const Config& config) {
    if (runs(config, "ingest")) (void)ingest_config(config);
    if (runs(config, "lifecycle"))
        for (const auto& chain : config.chains) (void)lifecycle_config(config, chain);
}

bus::Endpoint beside_the_record(const Config& config, const std::string& endpoint) {
    constexpr std::string_view kScheme = "ipc://";
    const std::filesystem::path path = endpoint.substr(kScheme.size());
    if (path.is_absolute()) return {endpoint};
    const auto beside = std::filesystem::path(config.storage_path).parent_path() / path;
    return {std::string(kScheme) + beside.string()};
}

bus::JournalOut journal(const Context& context, std::string_view component) {
    return bus::JournalOut(context.bus.sender(Stream::journal, component), component,
                           context.metrics);
}

bus::TxIn tx_in(const Context& context) {
    return bus::TxIn(context.bus.receiver(Stream::tx, {"tx.decoded."},
                                          producers_of(context.config, Stream::tx)));
}

unsigned decode_worker_count(const Config& config) {
    if (config.decode_workers != 0) return static_cast<unsigned>(config.decode_workers);
    return std::clamp(std::thread::hardware_concurrency() / 2, 1u, 8u);
}

unsigned producers_of(const Config& config, Stream stream) {
    if (stream == Stream::tx) return decode_worker_count(config);
    // A recording may be played into the streams that nodes feed.
    const bool played = stream == Stream::pending || stream == Stream::chain;
    return played && !config.play_endpoint.empty() ? bus::kPlayerInstance + 1 : 1;
}

bus::ChainIn chain_in(const Context& context, const std::vector<std::string>& topics) {
    return bus::ChainIn(
        context.bus.receiver(Stream::chain, topics, producers_of(context.config, Stream::chain)));
}

ComponentPlan plan_lifecycle(const Context& context, const Recovered& recovered) {
    std::map<bus::ChainId, lifecycle::ChainSetup> chains;
    for (const auto& chain : context.config.chains)
        chains[chain.chain_id] = {lifecycle_config(context.config, chain),
                                  recovered.lifecycle_of(chain.chain_id)};
    auto ports = std::make_shared<lifecycle::Ports>(lifecycle::Ports{
        .tx = tx_in(context),
        .chain =
            chain_in(context, {"chain.head.", "chain.reorg.", "chain.nonce.", "chain.presence."}),
        .query = bus::QueryOut(context.bus.sender(Stream::query, "lifecycle")),
        .verdict = bus::VerdictOut(context.bus.sender(Stream::verdict, "lifecycle")),
        .journal = journal(context, "lifecycle")});
    // Its state cannot be recreated without rereading the record.
    return {.name = "lifecycle",
            .make = [&clock = context.clock, &metrics = context.metrics, ports,
                     chains = std::move(chains)] {
                return std::make_unique<lifecycle::LifecycleComponent>(*ports, clock, metrics,
                                                                       chains);
            }};
}

std::shared_ptr<features::RegistrySlot> load_registry(const Config& config) {
    auto registry =
        features::ProtocolRegistry::load(config.feature_registry_path, config.registry_overlay);
    if (!registry) throw StartError("protocol registry: " + registry.error().message());
    return std::make_shared<features::RegistrySlot>(std::move(*registry));
}

void reload_registry(const Config& config, bus::Metrics& metrics, features::RegistrySlot& slot) {
    const auto count = [&metrics](const std::string& result) {
        metrics
            .counter("registry_reloads_total", "Times the protocol registry was reread.",
                     {{"result", result}})
            .Increment();
    };
    auto registry =
        features::ProtocolRegistry::load(config.feature_registry_path, config.registry_overlay);
    if (!registry) {
        count(std::string(features::to_string(registry.error().fault)));
        spdlog::error("protocol registry refused, the previous one stays in use reason=\"{}\"",
                      registry.error().message());
        return;
    }
    spdlog::info("protocol registry reread contracts={} methods={} tokens={}",
                 registry->contract_count(), registry->methods().size(), registry->token_count());
    slot.replace(std::move(*registry));
    count("ok");
}

ComponentPlan plan_features(const Context& context,
                            std::shared_ptr<const features::RegistrySlot> registry) {
    auto ports = std::make_shared<features::Ports>(
        features::Ports{.tx = tx_in(context),
                        .chain = chain_in(context, {"chain.head."}),
                        .feature = bus::FeatureOut(context.bus.sender(Stream::feature, "features")),
                        .journal = journal(context, "features")});
    return {.name = "features",
            .make =
                [&clock = context.clock, &metrics = context.metrics, ports,
                 registry = std::move(registry)] {
                    return std::make_unique<features::FeaturesComponent>(*ports, clock, metrics,
                                                                         registry);
                },
            .restartable = true};
}

std::vector<ComponentPlan> plan_decode(const Context& context) {
    std::vector<ComponentPlan> plans;
    for (unsigned n = 0; n < decode_worker_count(context.config); ++n) {
        const auto name = "decode." + std::to_string(n);
        auto ports = std::make_shared<decode::Ports>(
            decode::Ports{.pending = bus::PendingIn(context.bus.receiver(
                              Stream::pending, {}, producers_of(context.config, Stream::pending))),
                          .tx = bus::TxOut(context.bus.sender(Stream::tx, name, n)),
                          .refused = bus::QueryOut(context.bus.sender(Stream::query, name)),
                          .journal = journal(context, name)});
        plans.push_back({.name = name,
                         .make =
                             [&clock = context.clock, &metrics = context.metrics, ports] {
                                 return std::make_unique<decode::DecodeComponent>(*ports, clock,
                                                                                  metrics);
                             },
                         .restartable = true});
    }
    return plans;
}

ComponentPlan plan_ingest(const Context& context, const Recovered& recovered) {
    auto ports = std::make_shared<ingest::IngestPorts>(ingest::IngestPorts{
        .pending = bus::PendingOut(context.bus.sender(Stream::pending, "ingest")),
        .chain = bus::ChainOut(context.bus.sender(Stream::chain, "ingest")),
        .query = bus::QueryIn(context.bus.receiver(Stream::query)),
        .journal = journal(context, "ingest")});
    std::vector<ingest::ChainRecovery> recovery;
    for (const auto& chain : context.config.chains)
        recovery.push_back(recovered.ingest_of(chain.chain_id));
    const auto random = [engine = std::make_shared<std::mt19937_64>(std::random_device{}())] {
        return (*engine)();
    };
    return {.name = "ingest",
            .make = [&clock = context.clock, &metrics = context.metrics, ports, random,
                     recovery = std::move(recovery), config = ingest_config(context.config)] {
                return std::make_unique<ingest::IngestComponent>(config, *ports, clock, metrics,
                                                                 random, recovery);
            }};
}

} // namespace viz::runtime
