#include "runtime/searching.hpp"

#include <numeric>

#include <spdlog/spdlog.h>

namespace viz::runtime {

namespace {

using bus::Stream;
using eth::U256;

const U256 kEther(1'000'000'000'000'000'000);
constexpr std::uint64_t kMillionths = 1'000'000;
// A new pool is read in many small steps that depend on each other.
constexpr std::size_t kSearchRounds = 64;

std::vector<node::Url> http_urls(const ChainSettings& chain) {
    std::vector<node::Url> urls;
    for (const auto& endpoint : chain.endpoints)
        if (const auto url = node::parse_url(endpoint.http_url)) urls.push_back(*url);
    return urls;
}

std::vector<search::BaseToken> bases_of(const ChainSettings& chain, const U256& capital_wei,
                                        const features::ProtocolRegistry& registry) {
    std::vector<search::BaseToken> bases;
    if (const auto native = registry.wrapped_native(chain.chain_id))
        bases.push_back({.address = *native, .capital = capital_wei});
    for (const auto& token : chain.base_tokens)
        bases.push_back({.address = token.address,
                         .wei_numerator = kEther,
                         .wei_denominator = token.units_per_ether,
                         .capital = capital_wei * token.units_per_ether / kEther});
    return bases;
}

// In lowest terms: 3000 millionths give the pools' own 997/1000.
search::amm::V2Fee fee_of(std::uint64_t millionths) {
    const auto common = std::gcd(kMillionths - millionths, kMillionths);
    return {static_cast<std::uint32_t>((kMillionths - millionths) / common),
            static_cast<std::uint32_t>(kMillionths / common)};
}

search::PoolViewConfig pools_of(eth::ChainId chain, const features::ProtocolRegistry& registry) {
    search::PoolViewConfig pools;
    for (const auto& factory : registry.factories(chain)) {
        const search::amm::PoolFactory known{factory.address, factory.init_code_hash};
        if (factory.kind == features::Factory::Kind::v3) {
            pools.v3_factories.push_back(known);
        } else if (factory.kind == features::Factory::Kind::v2) {
            pools.v2_factories.push_back(known);
            if (factory.fixed_fee) pools.v2_fees[factory.address] = fee_of(*factory.fixed_fee);
        }
    }
    return pools;
}

search::Market market_of(const ChainSettings& chain, const U256& capital_wei,
                         const features::ProtocolRegistry& registry) {
    return {bases_of(chain, capital_wei, registry), pools_of(chain.chain_id, registry)};
}

void warn_if_idle(const ChainSettings& chain, const search::Market& market) {
    if (market.bases.empty())
        spdlog::warn("chain {} is not searched: its wrapped native token is not known, and "
                     "base_tokens names none",
                     chain.chain_key);
}

// A search on another host may have no record to read.
std::vector<search::EarlierFind> earlier_finds(storage::Reader& record, bus::ChainId chain,
                                               bus::UnixMs before) {
    const auto known = record.newest_opportunities(search::OutcomeTracker::kMost);
    if (!known) {
        spdlog::warn("earlier opportunities are not tracked: {}",
                     known.error().message("the record"));
        return {};
    }
    std::vector<search::EarlierFind> finds;
    for (const auto& each : *known)
        if (each.chain_id == chain && each.detected && !each.outcome &&
            each.status != bus::OppStatus::failed && each.detected->detected_unix_ms < before)
            finds.push_back({each.candidate_id, each.detected->hash,
                             each.detected->block_number.value, each.detected->block_hash});
    return finds;
}

bus::FeatureIn feature_in(const Context& context) {
    return bus::FeatureIn(context.bus.receiver(Stream::feature));
}

} // namespace

state::ChainViews make_views(const Config& config) {
    state::ChainViews views;
    for (const auto& chain : config.chains)
        views.emplace(chain.chain_id,
                      std::make_shared<state::ChainView>(config.state_cache_mib << 20));
    return views;
}

sim::Options sim_options(const Config& config, const state::ChainViews& views) {
    sim::Options out;
    out.singles = config.sim_singles == "all"     ? sim::SingleSimulations::all
                  : config.sim_singles == "swaps" ? sim::SingleSimulations::swaps
                                                  : sim::SingleSimulations::none;
    out.workers = static_cast<unsigned>(config.sim_workers);
    out.candidates = config.search == "on";
    out.bribe_bps = config.sim_bribe_bps;
    out.cases = config.sim_cases != 0;
    out.views = views;
    out.limits.prefetch = config.state_prefetch == "on";
    for (const auto& chain : config.chains) out.nodes[chain.chain_id] = http_urls(chain);
    return out;
}

search::Options search_options(const Config& config, const state::ChainViews& views,
                               const std::shared_ptr<const features::RegistrySlot>& registry) {
    search::Options out;
    out.limits.prefetch = config.state_prefetch == "on";
    // Read before the registry that it numbers: a replacement in between is reported once more.
    const auto version = registry->version();
    const auto known = registry->current();
    const auto capital = eth::from_decimal(config.search_capital_wei).value();
    for (const auto& chain : config.chains) {
        auto nodes = http_urls(chain);
        if (nodes.empty()) continue; // this process has no nodes of the chain configured
        auto market = market_of(chain, capital, *known);
        warn_if_idle(chain, market);
        auto news = [registry, chain, capital,
                     seen = version]() mutable -> std::optional<search::Market> {
            const auto now = registry->version();
            if (now == seen) return std::nullopt;
            seen = now;
            auto changed = market_of(chain, capital, *registry->current());
            warn_if_idle(chain, changed);
            return changed;
        };
        out.chains[chain.chain_id] = {
            .nodes = std::move(nodes),
            .view = views.at(chain.chain_id),
            .hunt = {.market = std::move(market),
                     .limits = {},
                     .rounds = {.rounds = kSearchRounds},
                     .max_bytes = views.at(chain.chain_id)->search_bytes()},
            .news = std::move(news)};
    }
    return out;
}

ComponentPlan plan_sim(const Context& context, const state::ChainViews& views) {
    auto ports = std::make_shared<sim::Ports>(
        sim::Ports{.tx = tx_in(context),
                   .chain = chain_in(context, {"chain.head."}),
                   .feature = feature_in(context),
                   .candidate = bus::CandidateIn(context.bus.receiver(Stream::candidate)),
                   .simulated = bus::SimulatedOut(context.bus.sender(Stream::simulated, "sim")),
                   .journal = journal(context, "sim")});
    return {.name = "sim",
            .make =
                [&clock = context.clock, &metrics = context.metrics, ports,
                 options = sim_options(context.config, views)] {
                    return std::make_unique<sim::SimComponent>(*ports, clock, metrics, options);
                },
            .restartable = true};
}

ComponentPlan plan_search(const Context& context, const state::ChainViews& views,
                          const std::shared_ptr<const features::RegistrySlot>& registry,
                          storage::Reader* record) {
    auto options = search_options(context.config, views, registry);
    if (record != nullptr)
        options.earlier = [record](bus::ChainId chain, bus::UnixMs before) {
            return earlier_finds(*record, chain, before);
        };
    auto ports = std::make_shared<search::Ports>(search::Ports{
        .tx = tx_in(context),
        .chain = chain_in(context, {"chain.head."}),
        .feature = feature_in(context),
        .simulated = bus::SimulatedIn(context.bus.receiver(Stream::simulated)),
        .verdict = bus::VerdictIn(context.bus.receiver(Stream::verdict)),
        .candidate = bus::CandidateOut(context.bus.sender(Stream::candidate, "search")),
        .journal = journal(context, "search")});
    return {.name = "search",
            .make =
                [&clock = context.clock, &metrics = context.metrics, ports,
                 options = std::move(options)] {
                    return std::make_unique<search::SearchComponent>(*ports, clock, metrics,
                                                                     options);
                },
            .restartable = true};
}

} // namespace viz::runtime
