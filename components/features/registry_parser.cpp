#include "components/features/registry_parser.hpp"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "components/eth/abi_type.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/json_reader.hpp"
#include "components/eth/keccak.hpp"

namespace viz::features {
namespace {

constexpr std::uint64_t kSchema = 2;
constexpr eth::JsonLimits kLimits{.bytes = 16u << 20, .depth = 16, .values = 500'000};
constexpr std::uint64_t kMillion = 1'000'000;

struct FactoryKind {
    std::string_view name;
    Factory::Kind kind;
};
constexpr FactoryKind kFactoryKinds[] = {{"v2", Factory::Kind::v2},
                                         {"v3", Factory::Kind::v3},
                                         {"pancake_v3", Factory::Kind::pancake_v3}};

std::uint32_t number_of(const eth::Selector& selector) {
    std::uint32_t n = 0;
    for (const std::uint8_t byte : selector.bytes) n = (n << 8) | byte;
    return n;
}

std::optional<std::uint64_t> chain_id(std::string_view text) {
    if (text.empty() || text.size() > 19 || text[0] == '0') return std::nullopt;
    std::uint64_t n = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        n = n * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return n;
}

bool is_mixed_case(std::string_view digits) {
    const auto any = [&](char first, char last) {
        return std::any_of(digits.begin(), digits.end(),
                           [=](char c) { return c >= first && c <= last; });
    };
    return any('a', 'f') && any('A', 'F');
}

// EIP-55: a letter is upper case where the hash of the lower-case address has a digit of 8 or more.
std::string checksummed(const eth::Address& address) {
    std::string text = eth::to_hex(address.view());
    const eth::Hash hash = eth::keccak256_of(std::string_view(text).substr(2));
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        const int nibble = i % 2 == 0 ? hash.bytes[i / 2] >> 4 : hash.bytes[i / 2] & 15;
        char& c = text[i + 2];
        if (c >= 'a' && nibble > 7) c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

std::string element(const std::string& where, const char* field, std::size_t index) {
    return where + (where.empty() ? "" : ".") + field + "[" + std::to_string(index) + "]";
}
std::string member(const std::string& where, std::string_view field) {
    return where + (where.empty() ? "" : ".") + std::string(field);
}

// Rejects duplicate keys: the JSON parser would silently keep the last one.
struct KeysOnce {
    std::vector<std::set<std::string>> open;
    std::string twice;

    bool operator()(int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start) open.emplace_back();
        if (event == Event::object_end) open.pop_back();
        if (event == Event::key && !open.back().insert(value.get<std::string>()).second)
            twice = value.get<std::string>();
        return true;
    }
};

} // namespace

Result<ProtocolRegistry, RegistryError> RegistryParser::run(std::string_view text) {
    if (const auto fault = eth::exceeds(text, kLimits))
        return Failure{
            RegistryError{RegistryFault::not_json, "file", std::string(to_string(*fault))}};
    KeysOnce keys;
    const auto root = Json::parse(text, std::ref(keys), false);
    if (root.is_discarded() || !root.is_object())
        return Failure{RegistryError{RegistryFault::not_json, "file", {}}};
    if (!keys.twice.empty())
        return Failure{RegistryError{RegistryFault::duplicate, "file", "key " + keys.twice}};
    const auto schema = root.find("schema");
    if (schema == root.end() || !schema->is_number_unsigned() || *schema != kSchema)
        return Failure{RegistryError{RegistryFault::wrong_schema, "schema", "expected 2"}};
    const bool done =
        allowed(root, "", {"schema", "comment", "chains", "protocols", "tokens"}) && chains(root) &&
        each(root, "protocols", "",
             [&](const Json& item, const std::string& at) { return protocol(item, at); }) &&
        each(root, "tokens", "",
             [&](const Json& item, const std::string& at) { return token(item, at); });
    if (!done) return Failure{std::move(error_)};
    return std::move(registry_);
}

bool RegistryParser::fail(RegistryFault fault, std::string where, std::string detail) {
    error_ = {fault, std::move(where), std::move(detail)};
    return false;
}

bool RegistryParser::allowed(const Json& item, const std::string& where,
                             std::initializer_list<std::string_view> keys) {
    if (!item.is_object()) return fail(RegistryFault::wrong_type, where, "expected an object");
    for (const auto& [key, value] : item.items())
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return fail(RegistryFault::unknown_key, member(where, key));
    return true;
}

bool RegistryParser::text(const Json& item, const char* field, const std::string& where,
                          std::string& out) {
    const auto value = item.find(field);
    if (value == item.end()) return fail(RegistryFault::missing_field, member(where, field));
    if (!value->is_string() || value->get_ref<const std::string&>().empty())
        return fail(RegistryFault::wrong_type, member(where, field), "expected a string");
    out = value->get<std::string>();
    return true;
}

bool RegistryParser::whole(const Json& item, const char* field, const std::string& where,
                           std::uint64_t most, std::uint64_t& out) {
    const auto value = item.find(field);
    if (value == item.end()) return fail(RegistryFault::missing_field, member(where, field));
    if (!value->is_number_unsigned())
        return fail(RegistryFault::wrong_type, member(where, field), "expected a whole number");
    out = value->get<std::uint64_t>();
    if (out > most)
        return fail(RegistryFault::out_of_range, member(where, field),
                    "at most " + std::to_string(most));
    return true;
}

// Leaves `out` unchanged if the item has no category.
bool RegistryParser::category(const Json& item, const std::string& where, Category& out) {
    if (!item.contains("category")) return true;
    std::string name;
    if (!text(item, "category", where, name)) return false;
    const auto known = category_from_string(name);
    if (!known) return fail(RegistryFault::unknown_category, member(where, "category"), name);
    out = *known;
    return true;
}

// An absent field is valid.
template <class Handle>
bool RegistryParser::each(const Json& parent, const char* field, const std::string& where,
                          Handle handle) {
    const auto items = parent.find(field);
    if (items == parent.end()) return true;
    if (!items->is_array())
        return fail(RegistryFault::wrong_type, member(where, field), "expected an array");
    for (std::size_t i = 0; i < items->size(); ++i)
        if (!handle((*items)[i], element(where, field, i))) return false;
    return true;
}

// "addresses": {chain id: [address, …]}
template <class Handle>
bool RegistryParser::each_address(const Json& item, const std::string& where, Handle handle) {
    const std::string at = member(where, "addresses");
    const auto by_chain = item.find("addresses");
    if (by_chain == item.end() || by_chain->empty()) return fail(RegistryFault::missing_field, at);
    if (!by_chain->is_object()) return fail(RegistryFault::wrong_type, at, "expected an object");
    for (const auto& [chain, addresses] : by_chain->items()) {
        const auto id = chain_id(chain);
        if (!id) return fail(RegistryFault::bad_chain_id, member(at, chain));
        if (!registry_.chains_.contains(*id))
            return fail(RegistryFault::unknown_chain, member(at, chain));
        if (!addresses.is_array() || addresses.empty())
            return fail(RegistryFault::wrong_type, member(at, chain), "expected an array");
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            const std::string here = element(at, chain.c_str(), i);
            const Json& entry = addresses[i];
            if (!entry.is_string())
                return fail(RegistryFault::bad_address, here, "expected a string");
            const auto& written = entry.get_ref<const std::string&>();
            const auto address = eth::address_from_hex(written);
            if (!address || address->is_zero())
                return fail(RegistryFault::bad_address, here, written);
            if (is_mixed_case(std::string_view(written).substr(2)) &&
                written != checksummed(*address))
                return fail(RegistryFault::bad_checksum, here, checksummed(*address));
            if (!handle(eth::ChainId{*id}, *address, here)) return false;
        }
    }
    return true;
}

bool RegistryParser::chains(const Json& root) {
    const auto named = root.find("chains");
    if (named == root.end()) return true;
    if (!named->is_object()) return fail(RegistryFault::wrong_type, "chains", "expected an object");
    for (const auto& [chain, name] : named->items()) {
        const auto id = chain_id(chain);
        if (!id) return fail(RegistryFault::bad_chain_id, member("chains", chain));
        if (!name.is_string())
            return fail(RegistryFault::wrong_type, member("chains", chain), "expected a string");
        registry_.chains_[*id] = name.get<std::string>();
    }
    return true;
}

bool RegistryParser::protocol(const Json& item, const std::string& where) {
    std::string name;
    Category general{};
    if (!allowed(item, where,
                 {"name", "category", "comment", "contracts", "factories", "methods"}) ||
        !text(item, "name", where, name))
        return false;
    if (!item.contains("category"))
        return fail(RegistryFault::missing_field, member(where, "category"));
    if (!category(item, where, general)) return false;
    if (!protocols_.insert(name).second)
        return fail(RegistryFault::duplicate, member(where, "name"), name);
    return each(item, "contracts", where,
                [&](const Json& fact, const std::string& at) {
                    return contract(fact, at, {.protocol = name, .category = general, .name = {}});
                }) &&
           each(item, "factories", where,
                [&](const Json& fact, const std::string& at) {
                    Factory known;
                    known.protocol = name;
                    return factory(fact, at, std::move(known));
                }) &&
           each(item, "methods", where, [&](const Json& fact, const std::string& at) {
               return method(
                   fact, at,
                   {.protocol = name, .category = general, .signature = {}, .selector = {}});
           });
}

bool RegistryParser::contract(const Json& item, const std::string& where, Contract fact) {
    std::string source; // required for every fact, not stored
    if (!allowed(item, where, {"name", "category", "addresses", "source", "comment"}) ||
        !text(item, "name", where, fact.name) || !category(item, where, fact.category) ||
        !text(item, "source", where, source))
        return false;
    return each_address(
        item, where, [&](eth::ChainId chain, const eth::Address& address, const std::string& at) {
            if (!contracts_.insert({chain.value, address}).second)
                return fail(RegistryFault::duplicate, at);
            registry_.contracts_.insert_or_assign({chain, address}, fact);
            if (fact.protocol == "weth") registry_.wrapped_native_.insert_or_assign(chain, address);
            return true;
        });
}

bool RegistryParser::factory(const Json& item, const std::string& where, Factory fact) {
    std::string source;
    std::string kind;
    std::string hash;
    if (!allowed(item, where,
                 {"name", "kind", "init_code_hash", "fee", "addresses", "source", "comment"}) ||
        !text(item, "name", where, fact.name) || !text(item, "kind", where, kind) ||
        !text(item, "init_code_hash", where, hash) || !text(item, "source", where, source))
        return false;
    const auto found = std::ranges::find(kFactoryKinds, kind, &FactoryKind::name);
    if (found == std::end(kFactoryKinds))
        return fail(RegistryFault::unknown_kind, member(where, "kind"),
                    "expected v2, v3 or pancake_v3");
    fact.kind = found->kind;
    if (!eth::fixed_from_hex(hash, fact.init_code_hash.bytes))
        return fail(RegistryFault::bad_hash, member(where, "init_code_hash"), hash);
    if (fact.kind == Factory::Kind::v2) {
        std::uint64_t fee = 0;
        if (!whole(item, "fee", where, kMillion, fee)) return false;
        fact.fixed_fee = static_cast<std::uint32_t>(fee);
    } else if (item.contains("fee")) {
        return fail(RegistryFault::unknown_key, member(where, "fee"),
                    "the fee is part of each pool's key");
    }
    return each_address(
        item, where, [&](eth::ChainId chain, const eth::Address& address, const std::string& at) {
            if (!contracts_.insert({chain.value, address}).second)
                return fail(RegistryFault::duplicate, at);
            registry_.contracts_.insert_or_assign(
                {chain, address}, Contract{fact.protocol, Category::liquidity, fact.name});
            fact.address = address;
            auto& known = registry_.factories_[chain];
            std::erase_if(known, [&](const Factory& f) { return f.address == address; });
            known.push_back(fact);
            return true;
        });
}

bool RegistryParser::method(const Json& item, const std::string& where, Method fact) {
    std::string source;
    if (!allowed(item, where,
                 {"signature", "selector", "category", "only_at_contract", "source", "comment"}) ||
        !text(item, "signature", where, fact.signature) || !category(item, where, fact.category) ||
        !text(item, "source", where, source))
        return false;
    if (const auto only = item.find("only_at_contract"); only != item.end()) {
        if (!only->is_boolean())
            return fail(RegistryFault::wrong_type, member(where, "only_at_contract"),
                        "expected true or false");
        fact.only_at_contract = only->get<bool>();
    }
    const auto parsed = eth::parse_abi_signature(fact.signature);
    if (!parsed)
        return fail(RegistryFault::bad_signature, member(where, "signature"), fact.signature);
    fact.selector = parsed->selector;
    if (item.contains("selector")) {
        std::string stated;
        eth::Selector selector;
        if (!text(item, "selector", where, stated)) return false;
        if (!eth::fixed_from_hex(stated, selector.bytes))
            return fail(RegistryFault::bad_selector, member(where, "selector"), stated);
        if (selector != fact.selector)
            return fail(RegistryFault::wrong_selector, member(where, "selector"),
                        "expected " + eth::to_hex(fact.selector.view()));
    }
    if (!methods_.insert({fact.protocol, fact.selector}).second)
        return fail(RegistryFault::duplicate, where, eth::to_hex(fact.selector.view()));
    keep(std::move(fact));
    return true;
}

void RegistryParser::keep(Method fact) {
    auto& same = registry_.by_selector_[number_of(fact.selector)];
    for (const std::uint32_t index : same)
        if (registry_.methods_[index].protocol == fact.protocol) {
            registry_.methods_[index] = std::move(fact);
            return;
        }
    same.push_back(static_cast<std::uint32_t>(registry_.methods_.size()));
    registry_.methods_.push_back(std::move(fact));
}

bool RegistryParser::token(const Json& item, const std::string& where) {
    std::string source;
    Token fact;
    std::uint64_t decimals = 0;
    if (!allowed(item, where, {"symbol", "decimals", "peg", "addresses", "source", "comment"}) ||
        !text(item, "symbol", where, fact.symbol) ||
        !whole(item, "decimals", where, 77, decimals) || !text(item, "source", where, source))
        return false;
    if (item.contains("peg") && !text(item, "peg", where, fact.peg)) return false;
    fact.decimals = static_cast<std::uint8_t>(decimals);
    return each_address(
        item, where, [&](eth::ChainId chain, const eth::Address& address, const std::string& at) {
            if (!tokens_.insert({chain.value, address}).second)
                return fail(RegistryFault::duplicate, at);
            registry_.tokens_.insert_or_assign({chain, address}, fact);
            // A protocol's own token remains that protocol's contract.
            registry_.contracts_.try_emplace({chain, address},
                                             Contract{"erc20", Category::transfer, fact.symbol});
            return true;
        });
}

} // namespace viz::features
