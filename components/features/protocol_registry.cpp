#include "components/features/protocol_registry.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "components/features/registry_json.hpp"

namespace viz::features {
namespace {

constexpr int kSchema = 1;

constexpr std::array<std::string_view, kCategoryCount> kCategoryNames{
    "transfer",    "approve",    "wrap",      "swap",    "liquidity",           "lending",
    "liquidation", "flash_loan", "nft_trade", "staking", "account_abstraction", "deploy",
    "call"};

std::uint32_t number_of(const eth::Selector& selector) {
    std::uint32_t n = 0;
    for (const std::uint8_t byte : selector.bytes) n = (n << 8) | byte;
    return n;
}

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

template <std::size_t N> bool fill(std::string_view hex, std::array<std::uint8_t, N>& out) {
    if (hex.size() != 2 + 2 * N || hex.substr(0, 2) != "0x") return false;
    for (std::size_t i = 0; i < N; ++i) {
        const int high = digit(hex[2 + 2 * i]);
        const int low = digit(hex[3 + 2 * i]);
        if (high < 0 || low < 0) return false;
        out[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
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

bool looks_like_signature(std::string_view text) {
    const auto open = text.find('(');
    if (open == 0 || open == std::string_view::npos || text.back() != ')') return false;
    int depth = 0;
    for (const char c : text) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth < 0 || c == ' ') return false;
    }
    return depth == 0;
}

} // namespace

std::string_view to_string(Category category) {
    return kCategoryNames[static_cast<std::size_t>(category)];
}

std::optional<Category> category_from_string(std::string_view text) {
    for (std::size_t i = 0; i < kCategoryCount; ++i)
        if (kCategoryNames[i] == text) return static_cast<Category>(i);
    return std::nullopt;
}

std::string_view to_string(RegistryFault fault) {
    switch (fault) {
    case RegistryFault::unreadable:
        return "unreadable";
    case RegistryFault::not_json:
        return "not_json";
    case RegistryFault::wrong_schema:
        return "wrong_schema";
    case RegistryFault::missing_field:
        return "missing_field";
    case RegistryFault::bad_chain_id:
        return "bad_chain_id";
    case RegistryFault::bad_address:
        return "bad_address";
    case RegistryFault::bad_selector:
        return "bad_selector";
    case RegistryFault::bad_signature:
        return "bad_signature";
    case RegistryFault::unknown_category:
        return "unknown_category";
    case RegistryFault::duplicate:
        return "duplicate";
    }
    return "unknown";
}

std::string RegistryError::message() const {
    return where + ": " + std::string(to_string(fault));
}

// Walks the file once; the first fault ends it.
class RegistryParser {
  public:
    Result<ProtocolRegistry, RegistryError> run(std::string_view text) {
        const auto root = nlohmann::json::parse(text, nullptr, false);
        if (root.is_discarded() || !root.is_object())
            return Failure{RegistryError{RegistryFault::not_json, "file"}};
        const auto schema = root.find("schema");
        if (schema == root.end() || !schema->is_number_integer() || *schema != kSchema)
            return Failure{RegistryError{RegistryFault::wrong_schema, "schema"}};
        const bool done =
            each(root, "contracts", [&](const auto& item) { return contract(item); }) &&
            each(root, "methods", [&](const auto& item) { return method(item); });
        if (!done) return Failure{std::move(error_)};
        return std::move(registry_);
    }

  private:
    bool fail(RegistryFault fault, std::string_view field = {}) {
        error_ = {fault, where_ + (field.empty() ? "" : ".") + std::string(field)};
        return false;
    }

    template <class Handle> bool each(const nlohmann::json& root, const char* name, Handle handle) {
        where_ = name;
        const auto list = root.find(name);
        if (list == root.end() || !list->is_array()) return fail(RegistryFault::missing_field);
        for (std::size_t i = 0; i < list->size(); ++i) {
            where_ = std::string(name) + "[" + std::to_string(i) + "]";
            if (!handle((*list)[i])) return false;
        }
        return true;
    }

    bool text(const nlohmann::json& item, const char* field, std::string& out) {
        const auto value = item.find(field);
        if (value == item.end() || !value->is_string() ||
            value->get_ref<const std::string&>().empty())
            return fail(RegistryFault::missing_field, field);
        out = value->get<std::string>();
        return true;
    }

    template <class Fact> bool common(const nlohmann::json& item, Fact& fact) {
        std::string category;
        std::string source; // not kept, but no fact without one
        if (!item.is_object()) return fail(RegistryFault::missing_field);
        if (!text(item, "protocol", fact.protocol) || !text(item, "category", category) ||
            !text(item, "source", source))
            return false;
        const auto known = category_from_string(category);
        if (!known) return fail(RegistryFault::unknown_category, "category");
        fact.category = *known;
        return true;
    }

    bool contract(const nlohmann::json& item) {
        Contract fact;
        if (!common(item, fact) || !text(item, "name", fact.name)) return false;
        const auto chains = item.find("addresses");
        if (chains == item.end() || !chains->is_object() || chains->empty())
            return fail(RegistryFault::missing_field, "addresses");
        for (const auto& [chain, addresses] : chains->items()) {
            const auto id = chain_id(chain);
            if (!id) return fail(RegistryFault::bad_chain_id, "addresses." + chain);
            if (!addresses.is_array() || addresses.empty())
                return fail(RegistryFault::missing_field, "addresses." + chain);
            for (const auto& address : addresses) {
                ProtocolRegistry::Key key{eth::ChainId{*id}, {}};
                if (!address.is_string() ||
                    !fill(address.get_ref<const std::string&>(), key.address.bytes))
                    return fail(RegistryFault::bad_address, "addresses." + chain);
                if (!registry_.contracts_.emplace(key, fact).second)
                    return fail(RegistryFault::duplicate, "addresses." + chain);
                if (fact.protocol == "weth")
                    registry_.wrapped_native_.emplace(key.chain, key.address);
            }
        }
        return true;
    }

    bool method(const nlohmann::json& item) {
        Method fact;
        std::string selector;
        if (!common(item, fact) || !text(item, "signature", fact.signature) ||
            !text(item, "selector", selector))
            return false;
        if (!looks_like_signature(fact.signature))
            return fail(RegistryFault::bad_signature, "signature");
        if (!fill(selector, fact.selector.bytes))
            return fail(RegistryFault::bad_selector, "selector");
        auto& same = registry_.by_selector_[number_of(fact.selector)];
        for (const std::uint32_t index : same)
            if (registry_.methods_[index].protocol == fact.protocol)
                return fail(RegistryFault::duplicate, "selector");
        same.push_back(static_cast<std::uint32_t>(registry_.methods_.size()));
        registry_.methods_.push_back(std::move(fact));
        return true;
    }

    ProtocolRegistry registry_;
    std::string where_;
    RegistryError error_;
};

ProtocolRegistry ProtocolRegistry::built_in() {
    auto registry = parse(kRegistryJson);
    if (!registry) throw std::logic_error("built-in registry: " + registry.error().message());
    return std::move(*registry);
}

Result<ProtocolRegistry, RegistryError> ProtocolRegistry::parse(std::string_view json) {
    return RegistryParser{}.run(json);
}

Result<ProtocolRegistry, RegistryError> ProtocolRegistry::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        return Failure{RegistryError{RegistryFault::unreadable, path}};
    return parse(text.str());
}

const Contract* ProtocolRegistry::contract(eth::ChainId chain, const eth::Address& address) const {
    const auto it = contracts_.find({chain, address});
    return it == contracts_.end() ? nullptr : &it->second;
}

std::optional<eth::Address> ProtocolRegistry::wrapped_native(eth::ChainId chain) const {
    const auto it = wrapped_native_.find(chain);
    if (it == wrapped_native_.end()) return std::nullopt;
    return it->second;
}

const Method* ProtocolRegistry::method(const eth::Selector& selector,
                                       std::string_view protocol) const {
    const auto it = by_selector_.find(number_of(selector));
    if (it == by_selector_.end()) return nullptr;
    for (const std::uint32_t index : it->second)
        if (methods_[index].protocol == protocol) return &methods_[index];
    return &methods_[it->second.front()];
}

} // namespace viz::features
