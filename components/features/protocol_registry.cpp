#include "components/features/protocol_registry.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "components/eth/keccak.hpp"
#include "components/features/registry_json.hpp"
#include "components/features/registry_parser.hpp"

namespace viz::features {
namespace {

constexpr std::array<std::string_view, kCategoryCount> kCategoryNames{
    "transfer",   "approve",   "wrap",    "swap",   "liquidity",           "lending", "liquidation",
    "flash_loan", "nft_trade", "staking", "bridge", "account_abstraction", "deploy",  "call"};

std::uint32_t number_of(const eth::Selector& selector) {
    std::uint32_t n = 0;
    for (const std::uint8_t byte : selector.bytes) n = (n << 8) | byte;
    return n;
}

Result<std::string, RegistryError> text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        return Failure{RegistryError{RegistryFault::unreadable, path, {}}};
    return text.str();
}

Failure<RegistryError> in_file(const std::string& path, RegistryError error) {
    error.where = path + ": " + error.where;
    return Failure{std::move(error)};
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
    constexpr std::array<std::string_view, 18> kNames{
        "unreadable",   "not_json",      "wrong_schema",   "missing_field", "wrong_type",
        "unknown_key",  "unknown_chain", "bad_chain_id",   "bad_address",   "bad_checksum",
        "bad_hash",     "bad_selector",  "wrong_selector", "bad_signature", "unknown_category",
        "unknown_kind", "out_of_range",  "duplicate"};
    return kNames.at(static_cast<std::size_t>(fault));
}

std::string RegistryError::message() const {
    std::string text = where + ": " + std::string(to_string(fault));
    if (!detail.empty()) text += " (" + detail + ")";
    return text;
}

// EIP-1014. Salts: UniswapV2Pair's packed tokens, UniswapV3Pool's encoded tokens and fee.
eth::Address Factory::pool(const eth::Address& a, const eth::Address& b, std::uint32_t fee) const {
    const auto [low, high] = std::minmax(a, b);
    eth::Bytes key;
    const auto add = [&key](eth::BytesView bytes, std::size_t padding) {
        key.resize(key.size() + padding);
        key.insert(key.end(), bytes.begin(), bytes.end());
    };
    const std::size_t padding = kind == Kind::v3 ? 12 : 0;
    add(low.view(), padding);
    add(high.view(), padding);
    if (kind == Kind::v3) add(eth::to_be(eth::U256{fee}), 0);
    const eth::Hash salt = eth::keccak256(key);
    key.assign(1, 0xff);
    add(address.view(), 0);
    add(salt.view(), 0);
    add(init_code_hash.view(), 0);
    const eth::Hash hash = eth::keccak256(key);
    eth::Address out;
    std::copy(hash.bytes.begin() + 12, hash.bytes.end(), out.bytes.begin());
    return out;
}

ProtocolRegistry ProtocolRegistry::built_in() {
    auto registry = parse(kRegistryJson);
    if (!registry) throw std::logic_error("built-in registry: " + registry.error().message());
    return std::move(*registry);
}

Result<ProtocolRegistry, RegistryError> ProtocolRegistry::parse(std::string_view json) {
    return RegistryParser({}).run(json);
}

Result<ProtocolRegistry, RegistryError> ProtocolRegistry::overlaid(std::string_view json) const {
    return RegistryParser(*this).run(json);
}

Result<ProtocolRegistry, RegistryError> ProtocolRegistry::load(const std::string& path,
                                                               const std::string& overlay_path) {
    ProtocolRegistry registry;
    if (path.empty()) {
        registry = built_in();
    } else {
        const auto text = text_of(path);
        if (!text) return Failure{text.error()};
        auto parsed = parse(*text);
        if (!parsed) return in_file(path, parsed.error());
        registry = std::move(*parsed);
    }
    if (overlay_path.empty()) return registry;
    const auto text = text_of(overlay_path);
    if (!text) return Failure{text.error()};
    auto both = registry.overlaid(*text);
    if (!both) return in_file(overlay_path, both.error());
    return both;
}

const Contract* ProtocolRegistry::contract(eth::ChainId chain, const eth::Address& address) const {
    const auto it = contracts_.find({chain, address});
    return it == contracts_.end() ? nullptr : &it->second;
}

const Token* ProtocolRegistry::token(eth::ChainId chain, const eth::Address& address) const {
    const auto it = tokens_.find({chain, address});
    return it == tokens_.end() ? nullptr : &it->second;
}

std::span<const Factory> ProtocolRegistry::factories(eth::ChainId chain) const {
    const auto found = factories_.find(chain);
    return found == factories_.end() ? std::span<const Factory>() : found->second;
}

const Factory* ProtocolRegistry::factory(eth::ChainId chain, std::string_view protocol) const {
    const auto it = factories_.find(chain);
    if (it == factories_.end()) return nullptr;
    for (const Factory& factory : it->second)
        if (factory.protocol == protocol) return &factory;
    return nullptr;
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
    for (const std::uint32_t index : it->second)
        if (!methods_[index].only_at_contract) return &methods_[index];
    return nullptr;
}

} // namespace viz::features
