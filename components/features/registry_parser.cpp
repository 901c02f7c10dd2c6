#include "components/features/registry_parser.hpp"

#include <algorithm>
#include <vector>

#include "components/eth/abi_type.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"
#include "components/eth/keccak.hpp"

namespace viz::features {
namespace {

using namespace json;

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

std::string element(const std::string& where, std::string_view field, std::size_t index) {
    return where + (where.empty() ? "" : ".") + std::string(field) + "[" + std::to_string(index) +
           "]";
}
std::string place(const std::string& where, std::string_view field) {
    return where + (where.empty() ? "" : ".") + std::string(field);
}

} // namespace

Result<ProtocolRegistry, RegistryError> RegistryParser::run(std::string_view text) {
    const auto document = eth::JsonDocument::read(text, kLimits);
    if (!document) {
        std::string detail;
        if (document.error() != eth::JsonFault::not_json)
            detail = to_string(document.error());
        else if (const auto at = eth::fault_position(text))
            detail = "at byte " + std::to_string(*at);
        return Failure{RegistryError{RegistryFault::not_json, "file", detail}};
    }
    const Json& root = document->root();
    if (!root.is_object()) return Failure{RegistryError{RegistryFault::not_json, "file", {}}};
    if (const auto key = duplicate_key(root))
        return Failure{RegistryError{RegistryFault::duplicate, "file", "key " + *key}};
    if (whole_in(member(root, "schema")) != kSchema)
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
    for (const auto& [key, value] : simdjson::dom::object(item))
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return fail(RegistryFault::unknown_key, place(where, key));
    return true;
}

bool RegistryParser::text(const Json& item, const char* field, const std::string& where,
                          std::string& out) {
    const auto value = member(item, field);
    if (!value) return fail(RegistryFault::missing_field, place(where, field));
    const auto found = text_in(value);
    if (!found || found->empty())
        return fail(RegistryFault::wrong_type, place(where, field), "expected a string");
    out = *found;
    return true;
}

bool RegistryParser::whole(const Json& item, const char* field, const std::string& where,
                           std::uint64_t most, std::uint64_t& out) {
    const auto value = member(item, field);
    if (!value) return fail(RegistryFault::missing_field, place(where, field));
    const auto number = whole_in(value);
    if (!number)
        return fail(RegistryFault::wrong_type, place(where, field), "expected a whole number");
    out = *number;
    if (out > most)
        return fail(RegistryFault::out_of_range, place(where, field),
                    "at most " + std::to_string(most));
    return true;
}

// Leaves `out` unchanged if the item has no category.
bool RegistryParser::category(const Json& item, const std::string& where, Category& out) {
    if (!member(item, "category")) return true;
    std::string name;
    if (!text(item, "category", where, name)) return false;
    const auto known = category_from_string(name);
    if (!known) return fail(RegistryFault::unknown_category, place(where, "category"), name);
    out = *known;
    return true;
}

// An absent field is valid.
template <class Handle>
bool RegistryParser::each(const Json& parent, const char* field, const std::string& where,
                          Handle handle) {
    const auto value = member(parent, field);
    if (!value) return true;
    const auto items = array_in(value);
    if (!items) return fail(RegistryFault::wrong_type, place(where, field), "expected an array");
    std::size_t i = 0;
    for (const auto item : *items)
        if (!handle(item, element(where, field, i++))) return false;
    return true;
}

// "addresses": {chain id: [address, …]}
template <class Handle>
bool RegistryParser::each_address(const Json& item, const std::string& where, Handle handle) {
    const std::string at = place(where, "addresses");
    const auto by_chain = member(item, "addresses");
    if (!by_chain) return fail(RegistryFault::missing_field, at);
    if (!by_chain->is_object()) return fail(RegistryFault::wrong_type, at, "expected an object");
    if (simdjson::dom::object(*by_chain).size() == 0) return fail(RegistryFault::missing_field, at);
    for (const auto& [chain, addresses] : simdjson::dom::object(*by_chain)) {
        const auto id = chain_id(chain);
        if (!id) return fail(RegistryFault::bad_chain_id, place(at, chain));
        if (!registry_.chains_.contains(*id))
            return fail(RegistryFault::unknown_chain, place(at, chain));
        const auto list = array_in(addresses);
        if (!list || list->size() == 0)
            return fail(RegistryFault::wrong_type, place(at, chain), "expected an array");
        std::size_t i = 0;
        for (const auto entry : *list) {
            const std::string here = element(at, chain, i++);
            const auto written = text_in(entry);
            if (!written) return fail(RegistryFault::bad_address, here, "expected a string");
            const auto address = eth::address_from_hex(*written);
            if (!address || address->is_zero())
                return fail(RegistryFault::bad_address, here, std::string(*written));
            if (is_mixed_case(written->substr(2)) && *written != checksummed(*address))
                return fail(RegistryFault::bad_checksum, here, checksummed(*address));
            if (!handle(eth::ChainId{*id}, *address, here)) return false;
        }
    }
    return true;
}

bool RegistryParser::chains(const Json& root) {
    const auto named = member(root, "chains");
    if (!named) return true;
    if (!named->is_object()) return fail(RegistryFault::wrong_type, "chains", "expected an object");
    for (const auto& [chain, value] : simdjson::dom::object(*named)) {
        const auto id = chain_id(chain);
        if (!id) return fail(RegistryFault::bad_chain_id, place("chains", chain));
        const auto name = text_in(value);
        if (!name)
            return fail(RegistryFault::wrong_type, place("chains", chain), "expected a string");
        registry_.chains_[*id] = *name;
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
    if (!member(item, "category"))
        return fail(RegistryFault::missing_field, place(where, "category"));
    if (!category(item, where, general)) return false;
    if (!protocols_.insert(name).second)
        return fail(RegistryFault::duplicate, place(where, "name"), name);
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
        return fail(RegistryFault::unknown_kind, place(where, "kind"),
                    "expected v2, v3 or pancake_v3");
    fact.kind = found->kind;
    if (!eth::fixed_from_hex(hash, fact.init_code_hash.bytes))
        return fail(RegistryFault::bad_hash, place(where, "init_code_hash"), hash);
    if (fact.kind == Factory::Kind::v2) {
        std::uint64_t fee = 0;
        if (!whole(item, "fee", where, kMillion, fee)) return false;
        fact.fixed_fee = static_cast<std::uint32_t>(fee);
    } else if (member(item, "fee")) {
        return fail(RegistryFault::unknown_key, place(where, "fee"),
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
    if (const auto only = member(item, "only_at_contract")) {
        if (only->get_bool().get(fact.only_at_contract) != simdjson::SUCCESS)
            return fail(RegistryFault::wrong_type, place(where, "only_at_contract"),
                        "expected true or false");
    }
    const auto parsed = eth::parse_abi_signature(fact.signature);
    if (!parsed)
        return fail(RegistryFault::bad_signature, place(where, "signature"), fact.signature);
    fact.selector = parsed->selector;
    if (member(item, "selector")) {
        std::string stated;
        eth::Selector selector;
        if (!text(item, "selector", where, stated)) return false;
        if (!eth::fixed_from_hex(stated, selector.bytes))
            return fail(RegistryFault::bad_selector, place(where, "selector"), stated);
        if (selector != fact.selector)
            return fail(RegistryFault::wrong_selector, place(where, "selector"),
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
    if (member(item, "peg") && !text(item, "peg", where, fact.peg)) return false;
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
