#include "runtime/bridges.hpp"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

#include "runtime/node_runtime.hpp"
#include "runtime/text.hpp"

namespace viz::runtime {

namespace {

// A component without work in this configuration runs in no process.
bool has_work(const Config& config, std::string_view component) {
    const bool searches = config.search == "on";
    if (component == "sim") return searches || config.sim_singles != "none";
    return (component != "search" && component != "builder") || searches;
}

// The components of a list, or for "every component" those that record events. Components that do
// not exist yet receive and send nothing.
std::set<std::string> components_of(std::string_view listed, const Config& config) {
    const auto& known = known_components();
    auto names = split_list(std::string(listed));
    if (listed == "every component")
        names = {"ingest", "decode", "lifecycle", "features", "search", "sim", "builder"};
    std::set<std::string> all;
    for (auto& name : names)
        if (std::ranges::find(known, name) != known.end() && has_work(config, name))
            all.insert(std::move(name));
    return all;
}

std::string listed(const std::set<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ",") + name;
    return all;
}

bus::BridgeContext bridge_context(const Context& context, bus::PeerBoard& board,
                                  std::uint64_t incarnation) {
    bus::BridgeContext made{.metrics = context.metrics,
                            .clock = context.clock,
                            .board = board,
                            .key = {},
                            .incarnation = incarnation};
    const auto& path = context.config.curve_key_path;
    try {
        if (!path.empty()) made.key = bus::read_curve_key(path);
    } catch (const bus::CurveError& bad) {
        throw StartError(std::string("curve-key-path: ") + bad.what());
    }
    return made;
}

} // namespace

const std::vector<std::string>& known_components() {
    static const std::vector<std::string> known{
        "ingest", "decode", "lifecycle", "features", "search", "sim", "builder", "storage", "http"};
    return known;
}

bool runs(const Config& config, std::string_view component) {
    if (!has_work(config, component)) return false;
    const auto& named = config.components;
    return named.empty() || std::find(named.begin(), named.end(), component) != named.end();
}

std::vector<BridgeRoute> bridge_routes(const Config& config) {
    std::vector<BridgeRoute> routes;
    for (const auto& spec : bus::kTopology) {
        const auto& endpoint = config.endpoints.of(spec.stream);
        if (endpoint.in_process()) continue;
        std::set<std::string> our_consumers;
        std::set<std::string> other_consumers;
        for (const auto& name : components_of(spec.to, config))
            (runs(config, name) ? our_consumers : other_consumers).insert(name);
        bool we_produce = false;
        bool others_produce = false;
        for (const auto& name : components_of(spec.from, config))
            (runs(config, name) ? we_produce : others_produce) = true;
        if (we_produce && !other_consumers.empty())
            routes.push_back({true, {spec.stream, endpoint, other_consumers}});
        if (others_produce && !our_consumers.empty())
            routes.push_back({false, {spec.stream, endpoint, our_consumers}});
    }
    return routes;
}

Bridges::Bridges(const Context& context, std::uint64_t incarnation)
    : context_(context), routes_(bridge_routes(context.config)),
      hub_(bridge_context(context, board_, incarnation)) {}

ComponentPlan Bridges::plan_of(const BridgeRoute& route) {
    const auto stream = route.plan.stream;
    const std::string name(to_string(stream));
    if (!route.exports) {
        auto to = std::make_shared<bus::Sender>(context_.bus.sender(stream, "bridge"));
        return {.name = "import." + name, .make = [this, to, plan = route.plan] {
                    return hub_.importer(plan, std::move(*to));
                }};
    }
    auto from = std::make_shared<bus::Receiver>(
        context_.bus.receiver(stream, {}, producers_of(context_.config, stream)));
    return {.name = "export." + name, .make = [this, from, plan = route.plan] {
                return hub_.exporter(plan, std::move(*from));
            }};
}

std::vector<ComponentPlan> Bridges::plans() {
    std::vector<ComponentPlan> plans;
    if (!context_.config.curve_key_path.empty() && !routes_.empty())
        plans.push_back({.name = "gatekeeper", .make = [this] { return hub_.gatekeeper(); }});
    for (const auto& route : routes_) plans.push_back(plan_of(route));
    return plans;
}

void Bridges::wait_for_peers() {
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + std::chrono::seconds(context_.config.peer_wait_secs);
    for (const auto& route : routes_) {
        const auto stream = route.plan.stream;
        // A PUSH stream keeps its messages in its own queue.
        if (!route.exports || bus::spec_of(stream).pattern == bus::Pattern::push_pull) continue;
        const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
        if (board_.wait_for(stream, route.plan.components, std::max(left, milliseconds(0))))
            continue;
        spdlog::warn(
            "other processes are not connected stream={} expected={} connected={}; messages they "
            "miss are counted",
            to_string(stream), listed(route.plan.components), listed(board_.of(stream)));
    }
}

} // namespace viz::runtime
