#include "runtime/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "components/eth/u256.hpp"
#include "runtime/bridges.hpp"
#include "runtime/builder_plan.hpp"
#include "runtime/setting_kinds.hpp"
#include "runtime/text.hpp"

namespace viz::runtime {

namespace {

void apply_flag(bool& into, const std::string& value, const std::string& name) {
    if (value == "true" || value == "1")
        into = true;
    else if (value == "false" || value == "0")
        into = false;
    else
        fail(name, "true or false", value);
}

std::string join(const std::vector<std::string>& parts) {
    std::string all;
    for (const auto& part : parts) all += (all.empty() ? "" : ",") + part;
    return all;
}

void apply_ingest_mode(Config& config, const std::string& value, const std::string& name) {
    if (value == "p2p" || value == "hybrid")
        throw ConfigError{name + ": ingest mode \"" + value +
                          "\" does not exist yet; the only mode is rpc"};
    if (value != "rpc") fail(name, "rpc", value);
    config.ingest_mode = value;
}

void apply_bind(Config& config, const std::string& value, const std::string& name) {
    const auto colon = value.rfind(':');
    unsigned port = 0;
    const char* const end = value.data() + value.size();
    if (colon == std::string::npos || colon == 0) fail(name, "address:port", value);
    const auto parsed = std::from_chars(value.data() + colon + 1, end, port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || port > 65535)
        fail(name, "address:port with a port of 0-65535", value);
    config.bind = value;
}

void apply_api_keys(Config& config, const std::string& value, const std::string& name) {
    auto list = value;
    std::replace(list.begin(), list.end(), '\n', ','); // a file has one key per line
    config.api_keys = split_list(list);
    for (const auto& key : config.api_keys)
        if (key.size() > 256) throw ConfigError{name + ": a key is longer than 256 characters"};
}

void apply_endpoints(Config& config, const std::string& value, const std::string& name) {
    for (const auto& part : split_list(value)) {
        const auto equals = part.find('=');
        const auto stream = bus::stream_from_string(part.substr(0, equals));
        if (equals == std::string::npos || !stream)
            fail(name, "stream=endpoint with a stream of the topology", part);
        std::string why;
        const auto endpoint = bus::parse_endpoint(part.substr(equals + 1), why);
        if (!endpoint) throw ConfigError{name + ": " + part + ": " + why};
        config.endpoints.set(*stream, *endpoint);
        config.endpoint_overrides[part.substr(0, equals)] = endpoint->address;
    }
}

void apply_components(Config& config, const std::string& value, const std::string& name) {
    const auto& known = known_components();
    config.components = split_list(value);
    for (const auto& component : config.components)
        if (std::find(known.begin(), known.end(), component) == known.end())
            fail(name, "component names from " + join(known), component);
}

std::string show_chains(const Config& config) {
    std::string all;
    for (const auto& chain : config.chains) {
        all += (all.empty() ? "" : "; ") + chain.chain_key + " (" +
               std::to_string(chain.chain_id.value) + (chain.fanout ? ", fanout" : "") + ")";
        for (const auto& endpoint : chain.endpoints)
            all += " " + redact_url(endpoint.ws_url) + " " + redact_url(endpoint.http_url);
    }
    return all;
}

std::string show_endpoints(const Config& config) {
    std::vector<std::string> all;
    for (const auto& [stream, endpoint] : config.endpoint_overrides)
        all.push_back(stream + "=" + endpoint);
    return join(all);
}

// The rows of one group, in document order.
using Rows = std::vector<Setting>;

constexpr auto kBig = std::size_t{100'000'000};
constexpr auto kMs = std::int64_t{3'600'000};

Rows process_settings() {
    return {
        source("config", "FILE", "Configuration file: lines of key = value, with the keys below."),
        choice("log", "Lowest level that is logged.", &Config::log,
               {"trace", "debug", "info", "warn", "error"}),
        custom("components", "NAME,…", "Components that this process runs; empty: all.",
               apply_components, [](const Config& c) { return join(c.components); }),
    };
}

Rows chain_settings() {
    return {
        custom("ingest-mode", "rpc", "Where pending transactions come from.", apply_ingest_mode,
               [](const Config& c) { return c.ingest_mode; }),
        packaged(source("chain-config-path", "FILE", "JSON file of the chains."),
                 "/etc/viz-api/chains.json"),
        source("chains", "JSON", "The chains as JSON; overrides chain-config-path.", show_chains),
        source("eth-ws-url", "URL", "WebSocket URL of the first chain's first endpoint."),
        source("eth-http-url", "URL", "HTTP URL of the first chain's first endpoint."),
        source("source-id", "NAME", "Source name of the first chain."),
        number("silent-chain-timeout-secs", "SECONDS",
               "Silence after which the next endpoint is used.", &Config::silent_chain_timeout_secs,
               std::int64_t{1}, std::int64_t{86400}),
        number("max-seen-hashes", "HASHES", "Hashes remembered per chain to recognise duplicates.",
               &Config::max_seen_hashes, std::size_t{100}, kBig),
    };
}

Rows lookup_settings() {
    return {
        number("rpc-batch-size", "LOOKUPS", "Lookups per JSON-RPC batch.", &Config::rpc_batch_size,
               std::size_t{1}, std::size_t{1000}),
        number("rpc-max-in-flight", "BATCHES", "Batches in flight per chain.",
               &Config::rpc_max_in_flight, std::size_t{1}, std::size_t{256}),
        number("rpc-retry-attempts", "RETRIES", "Retries of a failed lookup.",
               &Config::rpc_retry_attempts, std::size_t{0}, std::size_t{20}),
        number("rpc-retry-backoff-ms", "MILLISECONDS",
               "Wait before the first retry; doubles with each retry, with jitter.",
               &Config::rpc_retry_backoff_ms, std::int64_t{1}, kMs),
        number("rpc-batch-flush-ms", "MILLISECONDS", "Longest wait for a batch to fill.",
               &Config::rpc_batch_flush_ms, std::int64_t{0}, kMs),
        number("decode-workers", "THREADS", "Decoding threads; 0: by the number of cores.",
               &Config::decode_workers, std::size_t{0}, std::size_t{64}),
    };
}

void apply_finality_depth(Config& config, const std::string& value, const std::string& name) {
    std::uint64_t depth = 0;
    const auto end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, depth);
    if (parsed.ec != std::errc{} || parsed.ptr != end || depth < 1 || depth > 100000)
        fail(name, "a whole number of 1-100000", value);
    config.finality_depth = depth;
}

Rows lifecycle_settings() {
    return {
        custom("finality-depth", "BLOCKS",
               "Blocks until a confirmation is final, for chains that do not name their own.",
               apply_finality_depth,
               [](const Config& c) { return std::to_string(c.finality_depth); }),
        number("drop-after-secs", "SECONDS",
               "Absence from the node's pool after which a transaction is dropped.",
               &Config::drop_after_secs, std::int64_t{1}, std::int64_t{86400}),
        number("scheduler-max-pending", "TRANSACTIONS", "Pending transactions kept per chain.",
               &Config::scheduler_max_pending, std::size_t{100}, kBig),
        number("scheduler-max-pending-per-sender", "TRANSACTIONS",
               "Pending transactions kept per sender.", &Config::scheduler_max_pending_per_sender,
               std::size_t{1}, std::size_t{10000}),
        number("scheduler-replacement-fee-bump-bps", "BASIS_POINTS",
               "Smallest fee increase of a replacement, in 1/10000.",
               &Config::scheduler_replacement_fee_bump_bps, std::uint32_t{0},
               std::uint32_t{100000}),
    };
}

Rows http_settings() {
    return {
        packaged(custom("bind", "ADDRESS:PORT",
                        "Address and port of the HTTP API. No effect when systemd passes the "
                        "socket.",
                        apply_bind, [](const Config& c) { return c.bind; }),
                 "127.0.0.1:3000"),
        custom(
            "auth-enabled", "true|false", "Require an API key on protected routes.",
            [](Config& config, const std::string& value, const std::string& name) {
                apply_flag(config.auth_enabled, value, name);
            },
            [](const Config& c) { return std::string(c.auth_enabled ? "true" : "false"); }),
        custom("api-keys", "KEY,…", "API keys.", apply_api_keys,
               [](const Config& c) { return "<" + std::to_string(c.api_keys.size()) + " keys>"; }),
        number("rate-limit-per-minute", "REQUESTS", "Requests per key and minute.",
               &Config::rate_limit_per_minute, std::uint32_t{1}, std::uint32_t{100'000'000}),
        text("cors-origins", "ORIGIN,…", "Origins from which browsers may call the API, or *.",
             &Config::cors_origins),
        number("http-threads", "THREADS", "Threads that read requests and answer quick ones.",
               &Config::http_threads, std::size_t{1}, std::size_t{64}),
        number("http-render-threads", "THREADS",
               "Threads that make large answers and read the record.", &Config::http_render_threads,
               std::size_t{1}, std::size_t{64}),
        number("http-max-unsent-mib", "MIB",
               "Limit of unread bytes, all clients together; beyond it the slowest "
               "client is disconnected.",
               &Config::http_max_unsent_mib, std::size_t{8}, std::size_t{1} << 20),
        number("http-max-connections", "CONNECTIONS", "Open connections at a time.",
               &Config::http_max_connections, std::size_t{1}, std::size_t{1'000'000}),
    };
}

Rows record_settings() {
    return {
        packaged(text("storage-path", "FILE", "SQLite file of the record.", &Config::storage_path),
                 "/var/lib/viz-api/viz-api.db"),
        number("storage-queue-capacity", "ENTRIES",
               "Entries that may wait for storage; further ones are dropped and counted.",
               &Config::storage_queue_capacity, std::int64_t{16}, std::int64_t{100'000'000}),
        choice("storage-synchronous",
               "Data that survives a power loss: full: everything that was published; normal: "
               "all but the last moments.",
               &Config::storage_synchronous, {"full", "normal"}),
        number("retention-hours", "HOURS",
               "Age at which events are deleted, 10,000 at a time; 0: never.",
               &Config::retention_hours, std::int64_t{0}, std::int64_t{876'000}),
        number("retention-mib", "MIB",
               "Size of the record in use at which the oldest events are deleted; 0: no limit.",
               &Config::retention_mib, std::int64_t{0}, std::int64_t{1} << 30),
        number("sim-cases", "SIMULATIONS",
               "Simulated candidates kept with all the state they need to run again (viz-replay "
               "opportunity); 0: none.",
               &Config::sim_cases, std::int64_t{0}, std::int64_t{1'000'000}),
    };
}

Rows label_settings() {
    return {
        text("feature-registry-path", "FILE", "Protocol registry that replaces the built-in one.",
             &Config::feature_registry_path),
        text("registry-overlay", "FILE",
             "Your entries, which extend or replace those of the protocol registry; reread on "
             "SIGHUP.",
             &Config::registry_overlay),
    };
}

void apply_search_capital(Config& config, const std::string& value, const std::string& name) {
    const auto wei = eth::from_decimal(value);
    // An amount above the ether supply could only overflow.
    if (!wei || *wei == eth::U256() || eth::byte_length(*wei) > 12)
        fail(name, "decimal digits above 0 and below 2^96", value);
    config.search_capital_wei = value;
}

Rows search_settings() {
    return {
        packaged(choice("search",
                        "Search pending transactions for opportunities, simulate them and assemble "
                        "blocks. Requests state from the nodes over HTTP: use your own node.",
                        &Config::search, {"off", "on"}),
                 "on"),
        custom("search-capital-wei", "WEI", "Largest amount that one candidate may spend.",
               apply_search_capital, [](const Config& c) { return c.search_capital_wei; }),
        choice("state-prefetch",
               "Ask the nodes which state a transaction will touch before executing it "
               "(debug_traceCall, else eth_createAccessList): fewer round trips, more work for the "
               "node.",
               &Config::state_prefetch, {"on", "off"}),
        number("state-cache-mib", "MIB",
               "Memory per chain for its newest blocks (state, code, transactions) and for what "
               "search keeps; least recently used entries are evicted first.",
               &Config::state_cache_mib, std::size_t{32}, std::size_t{1} << 20),
        number("sim-bribe-bps", "BASIS_POINTS",
               "Share of a candidate's profit that counts as the builder's bribe, in 1/10000.",
               &Config::sim_bribe_bps, std::uint32_t{0}, std::uint32_t{10'000}),
        choice("sim-singles",
               "Which pending transactions are executed on their own on the newest block's state.",
               &Config::sim_singles, {"none", "swaps", "all"}),
        number("sim-workers", "THREADS", "Simulation threads.", &Config::sim_workers,
               std::size_t{1}, std::size_t{64}),
    };
}

Rows builder_settings() {
    return {
        number("builder-max-candidates", "CANDIDATES", "Candidates chosen for a block.",
               &Config::builder_max_candidates, std::size_t{1}, std::size_t{4096}),
        choice("builder-candidates",
               "Which candidates are chosen: plain: only profitable ones without a flag; all: "
               "flagged ones too.",
               &Config::builder_candidates, {"plain", "all"}),
        custom("relay-urls", "[CHAIN=]URL,…",
               "Relays that simulate bundles; CHAIN= when it is not the first chain. Nothing is "
               "signed, and nothing is sent for inclusion.",
               apply_relay_urls, show_relay_urls),
        choice("relay-method", "JSON-RPC method of the requests to relays.", &Config::relay_method,
               {"eth_callBundle", "mev_simBundle"}),
        choice("relay-own-steps",
               "How unsigned searcher transactions are sent with a bundle: omit: left out; calls: "
               "as call objects, for simulators that accept those.",
               &Config::relay_own_steps, {"omit", "calls"}),
        number("relay-timeout-ms", "MILLISECONDS", "Longest wait for a relay.",
               &Config::relay_timeout_ms, std::int64_t{1}, kMs),
        number("relay-retry-attempts", "RETRIES", "Retries when a relay does not answer.",
               &Config::relay_retry_attempts, std::uint32_t{0}, std::uint32_t{20}),
        number("relay-retry-backoff-ms", "MILLISECONDS",
               "Wait before the first retry; doubles with each retry, with jitter.",
               &Config::relay_retry_backoff_ms, std::int64_t{1}, kMs),
        number("relay-bundle-blocks", "BLOCKS", "Number of blocks for which a bundle is valid.",
               &Config::relay_bundle_blocks, std::uint64_t{1}, std::uint64_t{25}),
        number("relay-refund-percent", "PERCENT",
               "Share of a bundle's profit that is refunded to the first transaction's sender.",
               &Config::relay_refund_percent, std::uint32_t{0}, std::uint32_t{99}),
    };
}

Rows tap_settings() {
    return {
        packaged(socket_file("tap-endpoint", "Socket on which viz-tap reads the streams.",
                             &Config::tap_endpoint),
                 "ipc:///run/viz-api/tap.sock"),
        socket_file("play-endpoint",
                    "Socket into which viz-tap plays a recording. Anyone who can write to it can "
                    "put anything into the record.",
                    &Config::play_endpoint),
    };
}

Rows process_boundary_settings() {
    return {
        custom("endpoints", "STREAM=ENDPOINT,…", "Streams that leave the process.", apply_endpoints,
               show_endpoints),
        text("curve-key-path", "FILE",
             "Key of viz-tap keygen, the same for all processes of a service; tcp endpoints need "
             "it.",
             &Config::curve_key_path),
        number("peer-wait-secs", "SECONDS",
               "How long start waits for the processes that receive this process's streams.",
               &Config::peer_wait_secs, std::int64_t{0}, std::int64_t{3600}),
    };
}

struct Group {
    SettingGroup group;
    std::string_view title;
    Rows (*rows)();
};
constexpr std::array<Group, kSettingGroups> kGroups{{
    {SettingGroup::process, "Process", process_settings},
    {SettingGroup::chains, "Chains and nodes", chain_settings},
    {SettingGroup::lookups, "Lookups and decoding", lookup_settings},
    {SettingGroup::lifecycle, "Lifecycle", lifecycle_settings},
    {SettingGroup::http, "HTTP API", http_settings},
    {SettingGroup::record, "Record", record_settings},
    {SettingGroup::labels, "Labels", label_settings},
    {SettingGroup::search, "Search and simulation", search_settings},
    {SettingGroup::builder, "Builder and relays", builder_settings},
    {SettingGroup::tap, "Tap", tap_settings},
    {SettingGroup::processes, "Several processes", process_boundary_settings},
}};

std::vector<Setting> make_settings() {
    std::vector<Setting> all;
    for (const auto& group : kGroups)
        for (auto& row : group.rows()) {
            row.group = group.group;
            all.push_back(std::move(row));
        }
    return all;
}

} // namespace

const std::vector<Setting>& settings() {
    static const std::vector<Setting> table = make_settings();
    return table;
}

std::vector<std::string> setting_keys() {
    std::vector<std::string> keys;
    for (const auto& setting : settings()) keys.push_back(setting.key);
    return keys;
}

std::string_view title(SettingGroup group) {
    return kGroups.at(static_cast<std::size_t>(group)).title;
}

std::string environment_name(const std::string& key) {
    std::string name = "VIZ_API_";
    for (const char c : key)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

std::optional<Action> action_flag(const std::string& name) {
    if (name == "--help" || name == "-h") return Action::help;
    if (name == "--version" || name == "-V") return Action::version;
    if (name == "--print-config") return Action::print_config;
    if (name == "--check-config") return Action::check_config;
    if (name == "--print-environment-file") return Action::print_environment_file;
    if (name == "--print-completion-bash") return Action::print_completion_bash;
    if (name == "--print-completion-zsh") return Action::print_completion_zsh;
    return std::nullopt;
}

void validate(const Config& config) {
    for (const auto& [stream, endpoint] : config.endpoint_overrides)
        if (endpoint.starts_with("tcp://") && config.curve_key_path.empty())
            throw ConfigError{"endpoints: " + stream + "=" + endpoint +
                              ": tcp needs curve-key-path (viz-tap keygen makes the key)"};
    if (config.auth_enabled && config.api_keys.empty())
        throw ConfigError{"VIZ_API_API_KEYS: expected at least one key because "
                          "VIZ_API_AUTH_ENABLED is true"};
    for (std::size_t i = 0; i < config.chains.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (config.chains[i].chain_key == config.chains[j].chain_key ||
                config.chains[i].chain_id == config.chains[j].chain_id)
                throw ConfigError{"chains: \"" + config.chains[i].chain_key +
                                  "\" repeats the key or id of another chain"};
    for (const auto& chain : config.chains)
        for (const auto& endpoint : chain.endpoints)
            if (endpoint.ws_url.empty() || endpoint.http_url.empty())
                throw ConfigError{"chain " + chain.chain_key +
                                  ": expected ws_url and http_url for each endpoint"};
    const bool ingests = config.components.empty() ||
                         std::find(config.components.begin(), config.components.end(), "ingest") !=
                             config.components.end();
    if (ingests && config.chains.empty())
        throw ConfigError{"no chain is configured: expected VIZ_API_CHAIN_CONFIG_PATH, "
                          "VIZ_API_CHAINS, or VIZ_API_ETH_WS_URL with VIZ_API_ETH_HTTP_URL"};
    validate_relays(config);
}

} // namespace viz::runtime
