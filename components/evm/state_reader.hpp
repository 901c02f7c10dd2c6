// The one interface below the EVM: the state of a block, wherever it is kept.
#pragma once

#include <cstdint>
#include <optional>

#include "components/eth/types.hpp"

namespace viz::evm {

struct AccountState {
    eth::Wei balance;
    eth::Nonce nonce{};
    eth::Hash code_hash; // kEmptyCodeHash where there is no code
    bool has_storage{};  // the storage trie is not empty (EIP-7610)
};

// Whether a reader can say. `not_here` is "not fetched yet", never "empty".
enum class Answer : std::uint8_t { here, not_here };

// Implementations used by several threads at once must be safe for that; the EVM only reads.
class StateReader {
  public:
    StateReader() = default;
    StateReader(const StateReader&) = default;
    StateReader& operator=(const StateReader&) = default;
    virtual ~StateReader() = default;

    // `out` stays empty where the account does not exist.
    virtual Answer account(const eth::Address& address, std::optional<AccountState>& out) const = 0;
    virtual Answer storage(const eth::Address& address, const eth::U256& slot,
                           eth::U256& out) const = 0;
    // Asked only for a hash that `account` gave for this address.
    virtual Answer code(const eth::Address& address, const eth::Hash& code_hash,
                        eth::Bytes& out) const = 0;
    // Asked only for the 256 blocks before the one executed.
    virtual Answer block_hash(std::uint64_t number, eth::Hash& out) const = 0;
};

// Something a reader did not have: what to fetch before the next run.
struct Missing {
    enum class Kind : std::uint8_t { account, storage, code, block_hash };
    Kind kind{};
    eth::Address address;
    eth::U256 slot; // the block's number for block_hash
    friend bool operator==(const Missing&, const Missing&) = default;
};

} // namespace viz::evm
