#include "runtime/builder_plan.hpp"

#include <algorithm>
#include <random>

#include "components/builder/component.hpp"
#include "runtime/text.hpp"

namespace viz::runtime {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostRelays = 16; // one thread each

// Null when the relay's chain is not configured.
const ChainSettings* chain_of(const Config& config, const RelaySettings& relay) {
    if (relay.chain_key.empty()) return config.chains.empty() ? nullptr : &config.chains.front();
    const auto found = std::ranges::find(config.chains, relay.chain_key, &ChainSettings::chain_key);
    return found == config.chains.end() ? nullptr : &*found;
}

builder::Options builder_options(const Config& config) {
    builder::Options out;
    out.assembly.included = config.builder_max_candidates;
    out.assembly.kept = std::max(out.assembly.kept, 2 * config.builder_max_candidates);
    out.assembly.plain_only = config.builder_candidates == "plain";
    out.bundle.blocks = config.relay_bundle_blocks;
    out.bundle.refund_percent = config.relay_refund_percent;
    for (const auto& relay : config.relays)
        if (const auto* chain = chain_of(config, relay))
            out.relays.push_back({chain->chain_id, *node::parse_url(relay.url)});
    out.method = builder::relay_method_from_string(config.relay_method).value_or(out.method);
    out.own_steps =
        config.relay_own_steps == "calls" ? builder::OwnSteps::calls : builder::OwnSteps::omit;
    out.retry.attempts = config.relay_retry_attempts + 1;
    out.retry.backoff = milliseconds(config.relay_retry_backoff_ms);
    out.link.connect_timeout = milliseconds(config.relay_timeout_ms);
    out.link.request_timeout = milliseconds(config.relay_timeout_ms);
    out.random = [engine = std::make_shared<std::mt19937_64>(std::random_device{}())] {
        return (*engine)();
    };
    return out;
}

} // namespace

void apply_relay_urls(Config& config, const std::string& value, const std::string& name) {
    config.relays.clear();
    for (const auto& part : split_list(value)) {
        const auto equals = part.find('=');
        const bool has_chain = equals < part.find("://");
        RelaySettings relay{.chain_key = has_chain ? part.substr(0, equals) : "",
                            .url = has_chain ? part.substr(equals + 1) : part};
        check_url(relay.url, name, "http");
        if (!node::parse_url(relay.url))
            throw ConfigError{name + ": expected http(s)://host[:port][/path], got another URL"};
        config.relays.push_back(std::move(relay));
    }
    if (config.relays.size() > kMostRelays)
        throw ConfigError{name + ": expected at most " + std::to_string(kMostRelays) + " relays"};
}

std::string show_relay_urls(const Config& config) {
    std::string all;
    for (const auto& relay : config.relays)
        all += (all.empty() ? "" : ",") + (relay.chain_key.empty() ? "" : relay.chain_key + "=") +
               redact_url(relay.url);
    return all;
}

void validate_relays(const Config& config) {
    for (const auto& relay : config.relays)
        if (chain_of(config, relay) == nullptr)
            throw ConfigError{"relay-urls: expected a chain that is configured, got \"" +
                              relay.chain_key + "\""};
}

ComponentPlan plan_builder(const Context& context) {
    using bus::Stream;
    auto ports = std::make_shared<builder::Ports>(
        builder::Ports{.simulated = bus::SimulatedIn(context.bus.receiver(
                           Stream::simulated, {}, producers_of(context.config, Stream::simulated))),
                       .chain = chain_in(context, {"chain.head.", "chain.reorg."}),
                       .journal = bus::JournalOut(context.bus.sender(Stream::journal, "builder"),
                                                  "builder", context.metrics)});
    // Its state belongs to one head: after a restart it is complete from the next head on.
    return {.name = "builder",
            .make =
                [&clock = context.clock, &metrics = context.metrics, ports,
                 options = builder_options(context.config)] {
                    return std::make_unique<builder::BuilderComponent>(*ports, clock, metrics,
                                                                       options);
                },
            .restartable = true};
}

} // namespace viz::runtime
