// The configuration as values. Every setting is one row of a table (settings.cpp): environment
// variable VIZ_API_X, flag --x, key x in the configuration file; secret settings can also be
// credentials, files viz-api.x in CREDENTIALS_DIRECTORY. A flag overrides the environment, the
// environment a credential, a credential the file, the file the default.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bus/topology.hpp"
#include "components/eth/types.hpp"

namespace viz::runtime {

struct EndpointUrls {
    std::string ws_url;
    std::string http_url;
    std::string source_id; // empty: the chain's, with "#n" in fanout mode
};

// A token that profits can be measured in, besides the chain's wrapped native token.
struct BaseTokenSettings {
    eth::Address address;
    eth::U256 units_per_ether; // configured value of one ether in smallest units; not zero
};

struct ChainSettings {
    std::string chain_key;
    eth::ChainId chain_id;
    std::string source_id;
    std::vector<EndpointUrls> endpoints;
    bool fanout{}; // true: all endpoints at once; false: one at a time, with failover
    std::uint64_t finality_depth{}; // blocks on top of a transaction's block until it is final; 0:
                                    // the default
    std::vector<BaseTokenSettings> base_tokens;
};

struct RelaySettings {
    std::string chain_key; // empty: the first chain
    std::string url;
};

struct Config {
    std::string bind{"0.0.0.0:3000"};
    std::string ingest_mode{"rpc"};
    std::vector<ChainSettings> chains;

    std::size_t max_seen_hashes{10000};
    std::size_t rpc_batch_size{32};
    std::size_t rpc_max_in_flight{4};
    std::size_t rpc_retry_attempts{2};
    std::int64_t rpc_retry_backoff_ms{100};
    std::int64_t rpc_batch_flush_ms{40};
    std::int64_t silent_chain_timeout_secs{20};

    std::size_t scheduler_max_pending_per_sender{64};
    std::size_t scheduler_max_pending{200000};
    std::uint32_t scheduler_replacement_fee_bump_bps{1000};
    std::int64_t drop_after_secs{180};
    std::uint64_t finality_depth{64};

    bool auth_enabled{false};
    std::vector<std::string> api_keys;
    std::uint32_t rate_limit_per_minute{600};
    std::string cors_origins{"*"};
    std::size_t http_threads{2};
    std::size_t http_render_threads{2};
    std::size_t http_max_connections{4096};
    std::size_t http_max_unsent_mib{256};

    std::string storage_path{"viz-api.db"};
    std::int64_t storage_queue_capacity{65536};
    std::string storage_synchronous{"full"};
    std::int64_t retention_hours{0}; // 0: no age limit
    std::int64_t retention_mib{0};   // 0: no size limit
    std::int64_t sim_cases{1000};    // 0: no simulation is stored for reruns

    std::string feature_registry_path; // empty: the built-in registry
    std::string registry_overlay;      // your registry entries; empty: none
    std::size_t decode_workers{0};     // 0: according to the number of cores

    std::string search{"off"}; // off, on
    std::string search_capital_wei{"100000000000000000000"};
    std::string state_prefetch{"on"}; // on, off
    std::size_t state_cache_mib{768}; // per chain that is searched or simulated
    std::uint32_t sim_bribe_bps{0};
    std::string sim_singles{"none"}; // none, swaps, all
    std::size_t sim_workers{1};

    std::size_t builder_max_candidates{64};
    std::string builder_candidates{"plain"}; // plain, all
    std::vector<RelaySettings> relays;       // empty: no bundles are made
    std::string relay_method{"eth_callBundle"};
    std::string relay_own_steps{"omit"}; // omit, calls
    std::int64_t relay_timeout_ms{2000};
    std::uint32_t relay_retry_attempts{2};
    std::int64_t relay_retry_backoff_ms{100};
    std::uint64_t relay_bundle_blocks{1};
    std::uint32_t relay_refund_percent{0};

    // ipc://path; a relative path is relative to the record's folder. Empty: none.
    std::string tap_endpoint;
    std::string play_endpoint;
    std::string log{"info"};
    bus::EndpointTable endpoints;
    std::map<std::string, std::string> endpoint_overrides; // as given, for --print-config
    std::vector<std::string> components;                   // empty: all
    std::string curve_key_path; // made by viz-tap keygen; required when an endpoint is tcp
    std::int64_t peer_wait_secs{10};
};

struct ConfigError {
    std::string message; // one line: the key and the expected value
};

// Actions of the command line other than running.
enum class Action : std::uint8_t {
    run,
    help,
    version,
    print_config,
    check_config,
    print_environment_file,
    print_completion_bash,
    print_completion_zsh,
};

struct ParsedCommandLine {
    Action action{Action::run};
    Config config;
};

using Environment = std::map<std::string, std::string>;

// Reads flags, the VIZ_API_ part of the environment, the credentials, the configuration file
// (--config or VIZ_API_CONFIG), and the chain file. Throws ConfigError.
ParsedCommandLine parse_configuration(const std::vector<std::string>& arguments,
                                      const Environment& environment);
Environment process_environment(); // of this process: VIZ_API_… and CREDENTIALS_DIRECTORY

// Parses the JSON of the chain file or of VIZ_API_CHAINS: {"chains":[…]} or the list itself. Throws
// ConfigError; `key` names the source of the text.
std::vector<ChainSettings> parse_chains(const std::string& json, const std::string& key);

} // namespace viz::runtime
