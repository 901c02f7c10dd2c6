// What is at this address, what does this selector mean: facts about public contracts, from
// registry.json (see the file: each fact names its source). Addresses are per chain; where only
// the selector is known the answer says so, since anyone can deploy a contract with any selector.
// An overlay is a second file of the same form whose entries are added, or take the place of the
// same ones. Immutable once made, so it may be shared between threads.
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

// Categories have weights in the scores (scoring.hpp), so the set is closed.
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
    Category category{};  // what a call to it is when the selector says nothing
    std::string name;     // "UniswapV2Router02"
};

struct Method {
    std::string protocol;
    Category category{};
    std::string signature; // "transfer(address,uint256)"; its Keccak gives the selector
    eth::Selector selector;
    // Its name is so common that only the called contract tells whether it is meant ("mint()").
    bool only_at_contract{};

    std::string_view name() const {
        return std::string_view(signature).substr(0, signature.find('('));
    }
};

struct Token {
    std::string symbol;
    std::uint8_t decimals{};
};

// A contract that makes pools by CREATE2, so that their addresses follow from their tokens.
struct Factory {
    enum class Kind : std::uint8_t {
        v2, // salt: both tokens; one fee for every pool
        v3, // salt: both tokens and the fee
    };
    std::string protocol;
    std::string name;
    Kind kind{};
    eth::Address address;
    eth::Hash init_code_hash;
    std::optional<std::uint32_t> fixed_fee; // in millionths; nothing: it is part of the pool's key

    // `fee` in millionths, looked at where it is part of the key.
    eth::Address pool(const eth::Address& a, const eth::Address& b, std::uint32_t fee) const;
};

enum class RegistryFault : std::uint8_t {
    unreadable,
    not_json,
    wrong_schema, // "schema" is not the number this version reads
    missing_field,
    wrong_type,
    unknown_key,
    unknown_chain, // an address on a chain that "chains" does not name
    bad_chain_id,
    bad_address,
    bad_checksum, // mixed case that is not that of EIP-55
    bad_hash,
    bad_selector,
    wrong_selector, // not the one the signature gives
    bad_signature,
    unknown_category,
    unknown_kind, // of a factory
    out_of_range,
    duplicate,
};
std::string_view to_string(RegistryFault fault);

struct RegistryError {
    RegistryFault fault{};
    std::string where;           // "protocols[3].methods[0].selector"
    std::string detail;          // what was found, where that helps
    std::string message() const; // "protocols[3].methods[0].selector: bad_selector (0x12)"
};

class ProtocolRegistry {
  public:
    // The one built in. Throws std::logic_error if that does not parse (a bug).
    static ProtocolRegistry built_in();
    static Result<ProtocolRegistry, RegistryError> parse(std::string_view json);
    // An empty path: the built-in registry, or no overlay. Errors name the file they are of.
    static Result<ProtocolRegistry, RegistryError> load(const std::string& path,
                                                        const std::string& overlay_path = {});
    // This one with the entries of an overlay.
    Result<ProtocolRegistry, RegistryError> overlaid(std::string_view json) const;

    // Null when nothing is known. The pointers live as long as the registry.
    const Contract* contract(eth::ChainId chain, const eth::Address& address) const;
    // The meaning within `protocol` where it has one there, else the first in the file that does
    // not need the contract to be known.
    const Method* method(const eth::Selector& selector, std::string_view protocol = {}) const;

    const Token* token(eth::ChainId chain, const eth::Address& address) const;
    // The protocol's first on that chain.
    const Factory* factory(eth::ChainId chain, std::string_view protocol) const;

    // All of the chain, in the file's order.
    std::span<const Factory> factories(eth::ChainId chain) const;

    // The chain's native coin as a token: its first contract of protocol "weth".
    std::optional<eth::Address> wrapped_native(eth::ChainId chain) const;

    // In the file's order.
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
    std::unordered_map<eth::ChainId, std::vector<Factory>> factories_; // few of each chain
    std::unordered_map<eth::ChainId, eth::Address> wrapped_native_;
    std::vector<Method> methods_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> by_selector_; // into methods_
};

} // namespace viz::features
