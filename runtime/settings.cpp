#include "runtime/settings.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <sstream>

#include "components/eth/u256.hpp"
#include "runtime/bridges.hpp"
#include "runtime/builder_plan.hpp"
#include "runtime/text.hpp"

namespace viz::runtime {

namespace {

[[noreturn]] void fail(const std::string& name, const std::string& expected,
                       const std::string& value) {
    throw ConfigError{name + ": expected " + expected + ", got \"" + value + "\""};
}

template <class Int>
Setting number(std::string key, std::string what, Int Config::*member, Int low, Int high) {
    const auto range = std::to_string(low) + "-" + std::to_string(high);
    return Setting{std::move(key), std::move(what),
                   [=](Config& config, const std::string& value, const std::string& name) {
                       Int parsed{};
                       const auto [end, error] =
                           std::from_chars(value.data(), value.data() + value.size(), parsed);
                       if (error != std::errc{} || end != value.data() + value.size() ||
                           parsed < low || parsed > high)
                           fail(name, "a whole number of " + range, value);
                       config.*member = parsed;
                   },
                   [=](const Config& config) { return std::to_string(config.*member); }};
}

Setting text(std::string key, std::string what, std::string Config::*member) {
    return Setting{std::move(key), std::move(what),
                   [=](Config& config, const std::string& value, const std::string&) {
                       config.*member = value;
                   },
                   [=](const Config& config) { return config.*member; }};
}

Setting choice(std::string key, std::string what, std::string Config::*member,
               const std::vector<std::string>& choices) {
    std::string all;
    for (const auto& one : choices) all += (all.empty() ? "" : "|") + one;
    return Setting{std::move(key), what + " (" + all + ")",
                   [=](Config& config, const std::string& value, const std::string& name) {
                       if (std::find(choices.begin(), choices.end(), value) == choices.end())
                           fail(name, "one of " + all, value);
                       config.*member = value;
                   },
                   [=](const Config& config) { return config.*member; }};
}

// A Unix socket of ours. A relative path stands beside the record, wherever the process was
// started.
Setting socket_file(std::string key, std::string what, std::string Config::*member) {
    return Setting{std::move(key),
                   what + ": ipc://path, a relative one beside the record; empty: nowhere",
                   [=](Config& config, const std::string& value, const std::string& name) {
                       std::string why;
                       const auto endpoint = bus::parse_endpoint(value, why);
                       if (!value.empty() && (!endpoint || !value.starts_with("ipc://")))
                           fail(name, "nothing or ipc://path", value);
                       config.*member = value;
                   },
                   [=](const Config& config) { return config.*member; }};
}

// Read by parse_configuration before the others are applied.
Setting source(std::string key, std::string what,
               std::function<std::string(const Config&)> show = {}) {
    return Setting{std::move(key), std::move(what), {}, std::move(show)};
}

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
    std::replace(list.begin(), list.end(), '\n', ','); // a file has one a line
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
            fail(name, "components of " + join(known), component);
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

std::vector<Setting> make_settings() {
    constexpr auto kBig = std::size_t{100'000'000};
    constexpr auto kMs = std::int64_t{3'600'000};
    return {
        source("config", "Configuration file: lines of key = value, keys as the flags below"),
        {"bind", "Address and port of the HTTP API", apply_bind,
         [](const Config& c) { return c.bind; }},
        {"ingest-mode", "Where pending transactions come from (rpc)", apply_ingest_mode,
         [](const Config& c) { return c.ingest_mode; }},
        source("chain-config-path", "JSON file of the chains"),
        source("chains", "The chains as JSON; wins over the file", show_chains),
        source("eth-ws-url", "WebSocket URL of the first chain's first endpoint"),
        source("eth-http-url", "HTTP URL of the first chain's first endpoint"),
        source("source-id", "Source name of the first chain"),
        number("max-seen-hashes", "Hashes remembered per chain to tell new from seen",
               &Config::max_seen_hashes, std::size_t{100}, kBig),
        number("rpc-batch-size", "Lookups per JSON-RPC batch", &Config::rpc_batch_size,
               std::size_t{1}, std::size_t{1000}),
        number("rpc-max-in-flight", "Batches under way at once per chain",
               &Config::rpc_max_in_flight, std::size_t{1}, std::size_t{256}),
        number("rpc-retry-attempts", "Retries of a failed lookup", &Config::rpc_retry_attempts,
               std::size_t{0}, std::size_t{20}),
        number("rpc-retry-backoff-ms", "First wait before a retry; doubles, with jitter",
               &Config::rpc_retry_backoff_ms, std::int64_t{1}, kMs),
        number("rpc-batch-flush-ms", "Longest wait for a batch to fill",
               &Config::rpc_batch_flush_ms, std::int64_t{0}, kMs),
        number("silent-chain-timeout-secs", "Silence after which an endpoint is left",
               &Config::silent_chain_timeout_secs, std::int64_t{1}, std::int64_t{86400}),
        number("scheduler-max-pending-per-sender", "Pending transactions kept per sender",
               &Config::scheduler_max_pending_per_sender, std::size_t{1}, std::size_t{10000}),
        number("scheduler-max-pending", "Pending transactions kept per chain",
               &Config::scheduler_max_pending, std::size_t{100}, kBig),
        number("scheduler-replacement-fee-bump-bps", "Least fee increase of a replacement, 1/10000",
               &Config::scheduler_replacement_fee_bump_bps, std::uint32_t{0},
               std::uint32_t{100000}),
        number("drop-after-secs", "Absence from the node's pool after which it is dropped",
               &Config::drop_after_secs, std::int64_t{1}, std::int64_t{86400}),
        {"finality-depth", "Blocks until final, for chains that name none",
         [](Config& config, const std::string& value, const std::string& name) {
             std::uint64_t depth = 0;
             const auto end = value.data() + value.size();
             const auto parsed = std::from_chars(value.data(), end, depth);
             if (parsed.ec != std::errc{} || parsed.ptr != end || depth < 1 || depth > 100000)
                 fail(name, "a whole number of 1-100000", value);
             config.finality_depth = depth;
         },
         [](const Config& c) { return std::to_string(c.finality_depth); }},
        {"auth-enabled", "Ask for an API key on protected routes",
         [](Config& config, const std::string& value, const std::string& name) {
             apply_flag(config.auth_enabled, value, name);
         },
         [](const Config& c) { return std::string(c.auth_enabled ? "true" : "false"); }},
        {"api-keys", "API keys, separated by commas", apply_api_keys,
         [](const Config& c) { return "<" + std::to_string(c.api_keys.size()) + " keys>"; }},
        number("rate-limit-per-minute", "Requests per key and minute",
               &Config::rate_limit_per_minute, std::uint32_t{1}, std::uint32_t{100'000'000}),
        text("cors-origins", "Origins that browsers may call from, separated by commas, or *",
             &Config::cors_origins),
        number("http-threads", "Threads of the HTTP API that read requests and answer quick ones",
               &Config::http_threads, std::size_t{1}, std::size_t{64}),
        number("http-render-threads",
               "Threads of the HTTP API that make large answers and read the record",
               &Config::http_render_threads, std::size_t{1}, std::size_t{64}),
        number("http-max-connections", "Connections accepted at once",
               &Config::http_max_connections, std::size_t{1}, std::size_t{1'000'000}),
        number(
            "http-max-unsent-mib",
            "Answers and streams that all clients together have not taken, in MiB; beyond it the "
            "slowest clients are cut",
            &Config::http_max_unsent_mib, std::size_t{8}, std::size_t{1} << 20),
        text("storage-path", "SQLite file of the record", &Config::storage_path),
        number("storage-queue-capacity", "Entries waiting for storage before drops are counted",
               &Config::storage_queue_capacity, std::int64_t{16}, std::int64_t{100'000'000}),
        choice("storage-synchronous",
               "What survives a power loss: full all that was shown, "
               "normal all but the last moments",
               &Config::storage_synchronous, {"full", "normal"}),
        number("retention-hours",
               "Age from which events are deleted, in stretches of 10,000; 0: never",
               &Config::retention_hours, std::int64_t{0}, std::int64_t{876'000}),
        number("retention-mib",
               "Size of the record, in MiB in use, from which the oldest events are deleted; "
               "0: any",
               &Config::retention_mib, std::int64_t{0}, std::int64_t{1} << 30),
        number("sim-cases",
               "Simulated candidates kept with all they need to be run again (viz-replay "
               "opportunity); 0: none",
               &Config::sim_cases, std::int64_t{0}, std::int64_t{1'000'000}),
        text("feature-registry-path", "Protocol registry in place of the built-in one",
             &Config::feature_registry_path),
        text("registry-overlay",
             "Entries of one's own, added to the protocol registry or in place of its; read again "
             "on SIGHUP",
             &Config::registry_overlay),
        number("decode-workers", "Decoding threads; 0: by the number of cores",
               &Config::decode_workers, std::size_t{0}, std::size_t{64}),
        choice("search",
               "Search what is pending for opportunities, simulate them and assemble blocks; asks "
               "the nodes for state over HTTP",
               &Config::search, {"off", "on"}),
        {"search-capital-wei", "The most that one candidate may put in, in wei",
         [](Config& config, const std::string& value, const std::string& name) {
             const auto wei = eth::from_decimal(value);
             // More ether than there is would only overflow.
             if (!wei || *wei == eth::U256() || eth::byte_length(*wei) > 12)
                 fail(name, "decimal digits above 0 and below 2^96", value);
             config.search_capital_wei = value;
         },
         [](const Config& c) { return c.search_capital_wei; }},
        choice("state-prefetch",
               "Ask the nodes beforehand what a transaction will touch (debug_traceCall, else "
               "eth_createAccessList): fewer round trips, more work for them",
               &Config::state_prefetch, {"on", "off"}),
        number(
            "sim-bribe-bps",
            "Share of a candidate's profit reckoned as the bribe to the block's builder, 1/10000",
            &Config::sim_bribe_bps, std::uint32_t{0}, std::uint32_t{10'000}),
        choice("sim-singles",
               "Which pending transactions are executed by themselves on the newest block's state, "
               "asked of the node over HTTP",
               &Config::sim_singles, {"none", "swaps", "all"}),
        number("sim-workers", "Simulating threads", &Config::sim_workers, std::size_t{1},
               std::size_t{64}),
        number("builder-max-candidates", "Candidates chosen for a block",
               &Config::builder_max_candidates, std::size_t{1}, std::size_t{4096}),
        choice("builder-candidates", "Which are: of plain profit, or flagged ones too",
               &Config::builder_candidates, {"plain", "all"}),
        {"relay-urls",
         "Relays that are asked to try bundles, separated by commas; chain_key=URL where it is not "
         "the first chain's. Nothing is signed, and nothing sent to be included",
         apply_relay_urls, show_relay_urls},
        choice("relay-method", "How relays are asked", &Config::relay_method,
               {"eth_callBundle", "mev_simBundle"}),
        choice("relay-own-steps",
               "What of the searcher's own, which nobody signs, goes with a bundle: omit nothing, "
               "calls call objects for a simulator of one's own",
               &Config::relay_own_steps, {"omit", "calls"}),
        number("relay-timeout-ms", "Longest wait for a relay", &Config::relay_timeout_ms,
               std::int64_t{1}, kMs),
        number("relay-retry-attempts", "Retries at a relay that does not answer",
               &Config::relay_retry_attempts, std::uint32_t{0}, std::uint32_t{20}),
        number("relay-retry-backoff-ms", "First wait before a retry; doubles, with jitter",
               &Config::relay_retry_backoff_ms, std::int64_t{1}, kMs),
        number("relay-bundle-blocks", "Blocks that a bundle is good for",
               &Config::relay_bundle_blocks, std::uint64_t{1}, std::uint64_t{25}),
        number("relay-refund-percent", "Of a bundle's profit, to the first transaction's sender",
               &Config::relay_refund_percent, std::uint32_t{0}, std::uint32_t{99}),
        socket_file("tap-endpoint", "Where viz-tap may look at the streams", &Config::tap_endpoint),
        socket_file("play-endpoint", "Where viz-tap may play a recording into the streams",
                    &Config::play_endpoint),
        choice("log", "Least level that is logged", &Config::log,
               {"trace", "debug", "info", "warn", "error"}),
        {"endpoints", "Streams moved out of the process: stream=endpoint, separated by commas",
         apply_endpoints, show_endpoints},
        text("curve-key-path",
             "Key of viz-tap keygen, the same in all processes of a service; tcp endpoints need it",
             &Config::curve_key_path),
        number("peer-wait-secs", "How long start waits for other processes that take our streams",
               &Config::peer_wait_secs, std::int64_t{0}, std::int64_t{3600}),
        {"components", "Components this process runs, separated by commas; empty: all",
         apply_components, [](const Config& c) { return join(c.components); }},
    };
}

} // namespace

const std::vector<Setting>& settings() {
    static const std::vector<Setting> table = make_settings();
    return table;
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

std::string help_text() {
    std::ostringstream out;
    out << "viz-api: watches pending transactions of EVM chains and serves what becomes of them\n\n"
           "Usage: viz-api [flags]\n\n"
           "  --help, -h        this text\n"
           "  --version, -V     version, revision, and the store version it writes\n"
           "  --check-config    exit 0 if the configuration is good, else 2 with the reason\n"
           "  --print-config    the configuration in force, secrets redacted\n\n"
           "Each setting is a flag, an environment variable and a key of the configuration file;\n"
           "flag over environment over file over default. Secrets may be files as well, as\n"
           "systemd's LoadCredential= hands them over: viz-api.api-keys, viz-api.chains,\n"
           "viz-api.eth-ws-url, viz-api.eth-http-url, viz-api.relay-urls in\n"
           "$CREDENTIALS_DIRECTORY; environment over credential over file. A file of API keys has "
           "one a line, or a comma between them.\n\n";
    const Config defaults;
    for (const auto& setting : settings()) {
        out << "  --" << setting.key << "  (" << environment_name(setting.key) << ")\n      "
            << setting.what;
        if (setting.show)
            if (const auto value = setting.show(defaults); !value.empty() && value[0] != '<')
                out << " [" << value << "]";
        out << "\n";
    }
    out << "\nExit status: 0 after an orderly stop, 1 when a component failed, 2 for a bad "
           "configuration.\n";
    return out.str();
}

std::string print_config(const Config& config) {
    std::ostringstream out;
    for (const auto& setting : settings())
        if (setting.show) out << setting.key << " = " << setting.show(config) << "\n";
    return out.str();
}

} // namespace viz::runtime
