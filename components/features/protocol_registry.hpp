// What is at this address, what does this selector mean: facts about public contracts, from
// registry.json (see the file: each fact names its source). Addresses are per chain; where only
// the selector is known the answer says so, since anyone can deploy a contract with any selector.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
    account_abstraction,
    deploy,
    call, // anything else
};
inline constexpr std::size_t kCategoryCount = 13;
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

    std::string_view name() const {
        return std::string_view(signature).substr(0, signature.find('('));
    }
};

enum class RegistryFault : std::uint8_t {
    unreadable,
    not_json,
    wrong_schema, // "schema" is not the number this version reads
    missing_field,
    bad_chain_id,
    bad_address,
    bad_selector,
    bad_signature,
    unknown_category,
    duplicate,
};
std::string_view to_string(RegistryFault fault);

struct RegistryError {
    RegistryFault fault{};
    std::string where;           // "methods[3].selector"
    std::string message() const; // "methods[3].selector: bad_selector"
};

class ProtocolRegistry {
  public:
    // The one built in. Throws std::logic_error if that does not parse (a bug).
    static ProtocolRegistry built_in();
    static Result<ProtocolRegistry, RegistryError> parse(std::string_view json);
    static Result<ProtocolRegistry, RegistryError> load(const std::string& path);

    // Null when nothing is known. The pointers live as long as the registry.
    const Contract* contract(eth::ChainId chain, const eth::Address& address) const;
    // The meaning within `protocol` where it has one there, else the first in the file.
    const Method* method(const eth::Selector& selector, std::string_view protocol = {}) const;

    // The chain's native coin as a token: its first contract of protocol "weth".
    std::optional<eth::Address> wrapped_native(eth::ChainId chain) const;

    // In the file's order.
    const std::vector<Method>& methods() const { return methods_; }
    std::size_t contract_count() const { return contracts_.size(); }

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

    std::unordered_map<Key, Contract, KeyHash> contracts_;
    std::unordered_map<eth::ChainId, eth::Address> wrapped_native_;
    std::vector<Method> methods_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> by_selector_; // into methods_
};

} // namespace viz::features
