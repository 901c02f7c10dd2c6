// Public contracts by address and method selectors, from registry.json, where each fact names its
// source. Addresses are per chain. A match by selector alone is marked as such, since anyone can
// deploy a contract with any selector. An overlay is a second file of the same form whose entries
// are added to or replace those of the first. Immutable after construction, so it may be shared
// between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "components/eth/result.hpp"
#include "components/eth/types.hpp"

namespace viz::features {

// Scores give weights to categories (scoring.hpp), so the set is closed.
enum class Category : std::uint8_t {
    transfer,
    approve,
    wrap,
    swap,
    liquidity,
    lending,
    liquidation,
    flash_loan,
    nft_trade,
    staking,
    bridge,
    account_abstraction,
    deploy,
    call, // anything else
};
inline constexpr std::size_t kCategoryCount = 14;
std::string_view to_string(Category category);
std::optional<Category> category_from_string(std::string_view text);

struct Contract {
    std::string protocol; // "uniswap-v2"
    Category category{};  // the category of a call when the selector is unknown
    std::string name;     // "UniswapV2Router02"
};

struct Method {
    std::string protocol;
    Category category{};
    std::string signature; // "transfer(address,uint256)"; its Keccak hash gives the selector
    eth::Selector selector;
    // The method's name is so common that it counts only if the called contract is known
    // ("mint()").
    bool only_at_contract{};

    std::string_view name() const {
        return std::string_view(signature).substr(0, signature.find('('));
    }
};

struct Token {
    std::string symbol;
    std::uint8_t decimals{};
    std::string peg{}; // the asset whose value it tracks ("usd", "eth"); empty: none
};

// A factory that creates pools by CREATE2, so that their addresses can be computed from the tokens.
struct Factory {
    enum class Kind : std::uint8_t {
        v2,         // salt: both tokens; one fee for every pool
        v3,         // salt: both tokens and the fee
        pancake_v3, // as v3, but with another storage layout of the pools
    };
    std::string protocol;
    std::string name;
    Kind kind{};
    eth::Address address;
    eth::Hash init_code_hash;
    std::optional<std::uint32_t>
        fixed_fee; // in millionths; empty: the fee is part of the pool's key

    // `fee` in millionths; used only if it is part of the pool's key.
    eth::Address pool(const eth::Address& a, const eth::Address& b, std::uint32_t fee) const;
};

enum class RegistryFault : std::uint8_t {
    unreadable,
    not_json,
    wrong_schema, // "schema" is not the supported version
    missing_field,
    wrong_type,
    unknown_key,
    unknown_chain, // an address on a chain that "chains" does not list
    bad_chain_id,
    bad_address,
    bad_checksum, // mixed case with a wrong EIP-55 checksum
    bad_hash,
    bad_selector,
    wrong_selector, // does not match the signature
    bad_signature,
    unknown_category,
    unknown_kind, // kind of factory
    out_of_range,
    duplicate,
};
std::string_view to_string(RegistryFault fault);

struct RegistryError {
    RegistryFault fault{};
    std::string where;           // "protocols[3].methods[0].selector"
    std::string detail;          // the value found, where useful
    std::string message() const; // "protocols[3].methods[0].selector: bad_selector (0x12)"
};

class ProtocolRegistry {
  public:
    // The built-in registry. Throws std::logic_error if it does not parse (a bug).
    static ProtocolRegistry built_in();
    static Result<ProtocolRegistry, RegistryError> parse(std::string_view json);
    // An empty path means the built-in registry, or no overlay. Errors name the file.
    static Result<ProtocolRegistry, RegistryError> load(const std::string& path,
                                                        const std::string& overlay_path = {});
    // A copy of this registry with the entries of an overlay.
    Result<ProtocolRegistry, RegistryError> overlaid(std::string_view json) const;

    // Return nullptr when there is no entry. The pointers are valid as long as the registry.
    const Contract* contract(eth::ChainId chain, const eth::Address& address) const;
    // The method of `protocol` with this selector; otherwise the first in the file that does not
    // require a known contract.
    const Method* method(const eth::Selector& selector, std::string_view protocol = {}) const;

    const Token* token(eth::ChainId chain, const eth::Address& address) const;
    // The first factory of the protocol on the chain, of the given kind if one is given.
    const Factory* factory(eth::ChainId chain, std::string_view protocol,
                           std::optional<Factory::Kind> kind = std::nullopt) const;

    // All factories of the chain, in file order.
    std::span<const Factory> factories(eth::ChainId chain) const;

    // The chain's wrapped native token: its first contract of protocol "weth".
    std::optional<eth::Address> wrapped_native(eth::ChainId chain) const;

    // In file order.
    const std::vector<Method>& methods() const { return methods_; }
    std::size_t contract_count() const { return contracts_.size(); }
    std::size_t token_count() const { return tokens_.size(); }

  private:
    struct Key {
        eth::ChainId chain;
        eth::Address address;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept {
            return std::hash<eth::Address>{}(key.address) ^ (key.chain.value * 0x9e3779b97f4a7c15U);
        }
    };
    friend class RegistryParser;

    std::unordered_map<std::uint64_t, std::string> chains_; // id to name
    std::unordered_map<Key, Contract, KeyHash> contracts_;  // factories and tokens too
    std::unordered_map<Key, Token, KeyHash> tokens_;
    std::unordered_map<eth::ChainId, std::vector<Factory>> factories_; // few per chain
    std::unordered_map<eth::ChainId, eth::Address> wrapped_native_;
    std::vector<Method> methods_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>
        by_selector_; // selector to indexes in methods_
};

} // namespace viz::features
