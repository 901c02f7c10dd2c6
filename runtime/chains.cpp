// The chain file: from JSON to ChainSettings, with errors that name the JSON path.
#include <algorithm>

#include "components/eth/hex.hpp"
#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"
#include "components/eth/u256.hpp"
#include "runtime/config.hpp"
#include "runtime/text.hpp"

namespace viz::runtime {

namespace {

using namespace json;

constexpr eth::JsonLimits kLimits{.bytes = 1u << 20, .depth = 16, .values = 50'000};

// A misspelt key would otherwise be ignored silently and leave its setting at the default.
void refuse_unknown(const Json& object, const std::vector<std::string>& known,
                    const std::string& where) {
    for (const auto& [key, value] : simdjson::dom::object(object))
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw ConfigError{where + ": unknown key \"" + std::string(key) + "\"" +
                              suggestion(std::string(key), known)};
}

std::string text_field(const Json& object, const char* field, const std::string& where,
                       bool required) {
    const auto found = member_not_null(object, field);
    if (!found) {
        if (required) throw ConfigError{where + ": expected \"" + field + "\""};
        return {};
    }
    const auto text = text_in(found);
    if (!text || text->empty())
        throw ConfigError{where + "." + field + ": expected a non-empty string"};
    return std::string(*text);
}

std::uint64_t number_field(const Json& object, const char* field, const std::string& where,
                           std::uint64_t fallback) {
    const auto found = member_not_null(object, field);
    if (!found) return fallback;
    const auto number = whole_in(found);
    if (!number || *number == 0)
        throw ConfigError{where + "." + field + ": expected a whole number above 0"};
    return *number;
}

EndpointUrls parse_endpoint_urls(const Json& object, const std::string& where) {
    if (!object.is_object()) throw ConfigError{where + ": expected {\"ws_url\",\"http_url\"}"};
    refuse_unknown(object, {"ws_url", "http_url", "source_id"}, where);
    EndpointUrls urls;
    urls.ws_url = check_url(text_field(object, "ws_url", where, true), where + ".ws_url", "ws");
    urls.http_url =
        check_url(text_field(object, "http_url", where, true), where + ".http_url", "http");
    urls.source_id = text_field(object, "source_id", where, false);
    return urls;
}

std::vector<BaseTokenSettings> parse_base_tokens(const Json& object, const std::string& where) {
    std::vector<BaseTokenSettings> tokens;
    const auto found = member_not_null(object, "base_tokens");
    if (!found) return tokens;
    const auto items = array_in(found);
    if (!items)
        throw ConfigError{where + ".base_tokens: expected [{\"address\",\"units_per_ether\"}]"};
    std::size_t i = 0;
    for (const auto item : *items) {
        const auto place = where + ".base_tokens[" + std::to_string(i++) + "]";
        if (!item.is_object())
            throw ConfigError{place + ": expected {\"address\",\"units_per_ether\"}"};
        refuse_unknown(item, {"address", "units_per_ether"}, place);
        const auto address = eth::address_from_hex(text_field(item, "address", place, true));
        if (!address) throw ConfigError{place + ".address: expected 0x and 40 hex digits"};
        const auto units = eth::from_decimal(text_field(item, "units_per_ether", place, true));
        if (!units || *units == eth::U256())
            throw ConfigError{place + ".units_per_ether: expected decimal digits above 0, of the "
                                      "token's smallest units"};
        tokens.push_back({*address, *units});
    }
    return tokens;
}

ChainSettings parse_chain(const Json& object, const std::string& where) {
    if (!object.is_object()) throw ConfigError{where + ": expected an object"};
    refuse_unknown(object,
                   {"chain_key", "chain_id", "source_id", "finality_depth", "mode", "base_tokens",
                    "endpoints"},
                   where);
    ChainSettings chain;
    chain.chain_key = text_field(object, "chain_key", where, true);
    chain.chain_id = eth::ChainId{number_field(object, "chain_id", where, 0)};
    if (chain.chain_id.value == 0) throw ConfigError{where + ": expected \"chain_id\""};
    chain.source_id = text_field(object, "source_id", where, false);
    if (chain.source_id.empty()) chain.source_id = "rpc-" + chain.chain_key;
    chain.finality_depth = number_field(object, "finality_depth", where, 0);
    const auto mode = text_field(object, "mode", where, false);
    if (!mode.empty() && mode != "fanout" && mode != "failover")
        throw ConfigError{where + ".mode: expected failover or fanout, got \"" + mode + "\""};
    chain.fanout = mode == "fanout";
    chain.base_tokens = parse_base_tokens(object, where);
    const auto endpoints = array_in(member(object, "endpoints"));
    if (!endpoints || endpoints->size() == 0)
        throw ConfigError{where + ".endpoints: expected at least one endpoint"};
    std::size_t i = 0;
    for (const auto endpoint : *endpoints)
        chain.endpoints.push_back(
            parse_endpoint_urls(endpoint, where + ".endpoints[" + std::to_string(i++) + "]"));
    return chain;
}

} // namespace

std::vector<ChainSettings> parse_chains(const std::string& text, const std::string& key) {
    const auto document = eth::JsonDocument::read(text, kLimits);
    if (!document && document.error() != eth::JsonFault::not_json)
        throw ConfigError{key +
                          ": expected JSON of at most 1 MiB, 16 levels and 50000 values, is " +
                          std::string(to_string(document.error()))};
    if (!document) {
        const auto at = eth::fault_position(text);
        throw ConfigError{key + ": expected JSON" +
                          (at ? ", error at byte " + std::to_string(*at) : "")};
    }
    if (const auto twice = duplicate_key(document->root()))
        throw ConfigError{key + ": the key \"" + *twice + "\" is there twice"};
    std::optional<Json> list = document->root();
    if (list->is_object()) {
        refuse_unknown(*list, {"chains"}, key);
        list = member(*list, "chains");
        if (!list) throw ConfigError{key + ": expected {\"chains\":[…]} or a list"};
    }
    const auto items = array_in(list);
    if (!items || items->size() == 0)
        throw ConfigError{key + ": expected a list of at least one chain"};
    std::vector<ChainSettings> chains;
    for (const auto item : *items)
        chains.push_back(
            parse_chain(item, key + ": chains[" + std::to_string(chains.size()) + "]"));
    return chains;
}

} // namespace viz::runtime
