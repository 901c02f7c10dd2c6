#include "components/ingest/config.hpp"

#include <set>

#include "components/ingest/node_link.hpp"

namespace viz::ingest {

namespace {

std::optional<std::string> validate_chain(const ChainConfig& chain) {
    const auto key = "chain '" + chain.chain_key + "'";
    if (chain.chain_key.empty()) return "chain_key: expected a name";
    if (chain.chain_id.value == 0) return key + ": chain_id: expected a positive number";
    if (chain.source_id.empty()) return key + ": source_id: expected a name";
    if (chain.endpoints.empty()) return key + ": endpoints: expected at least one";
    if (chain.endpoints.size() > 64) return key + ": endpoints: expected at most 64";
    std::set<std::string> sources;
    for (std::size_t i = 0; i < chain.endpoints.size(); ++i) {
        const auto& endpoint = chain.endpoints[i];
        const auto where = key + ": endpoint " + std::to_string(i) + ": ";
        const auto ws = parse_url(endpoint.ws_url);
        if (!ws || !ws->websocket()) return where + "ws_url: expected ws://… or wss://…";
        const auto http = parse_url(endpoint.http_url);
        if (!http || http->websocket()) return where + "http_url: expected http://… or https://…";
        if (chain.mode == ChainMode::fanout && !sources.insert(source_id_of(chain, i)).second)
            return where + "source_id: expected a name no other endpoint has";
    }
    return std::nullopt;
}

} // namespace

std::string source_id_of(const ChainConfig& chain, std::size_t endpoint_index) {
    if (chain.mode == ChainMode::rotate) return chain.source_id;
    const auto& own = chain.endpoints[endpoint_index].source_id;
    return own.empty() ? chain.source_id + "#" + std::to_string(endpoint_index) : own;
}

std::optional<std::string> validate(const IngestConfig& config) {
    using std::chrono::milliseconds;
    if (config.chains.empty()) return "chains: expected at least one";
    std::set<std::string> keys;
    std::set<std::uint64_t> ids;
    for (const auto& chain : config.chains) {
        if (auto wrong = validate_chain(chain)) return wrong;
        if (!keys.insert(chain.chain_key).second)
            return "chain_key '" + chain.chain_key + "': expected each key once";
        if (!ids.insert(chain.chain_id.value).second)
            return "chain '" + chain.chain_key + "': chain_id: expected each chain once";
    }
    if (config.max_seen_hashes == 0) return "max_seen_hashes: expected at least 1";
    if (config.rpc_batch_size == 0 || config.rpc_batch_size > 1000)
        return "rpc_batch_size: expected 1 to 1000";
    if (config.rpc_max_in_flight == 0 || config.rpc_max_in_flight > 64)
        return "rpc_max_in_flight: expected 1 to 64";
    if (config.rpc_retry_attempts > 20) return "rpc_retry_attempts: expected 0 to 20";
    if (config.rpc_retry_backoff < milliseconds{1})
        return "rpc_retry_backoff_ms: expected 1 or more";
    if (config.rpc_batch_flush < milliseconds{0}) return "rpc_batch_flush_ms: expected 0 or more";
    if (config.rpc_queue_capacity == 0) return "rpc_queue_capacity: expected at least 1";
    if (config.silence_limit < milliseconds{1})
        return "silent_chain_timeout_secs: expected 1 or more";
    if (config.max_message_bytes < 4096) return "max_message_bytes: expected at least 4096";
    if (config.head_window < 2) return "head_window: expected at least 2";
    return std::nullopt;
}

} // namespace viz::ingest
