// The only interface below the EVM: the state of a block, from any source.
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

// Whether a reader has the value. `not_here` means "not fetched yet", never "empty".
enum class Answer : std::uint8_t { here, not_here };

// Implementations used by several threads must be thread-safe; the EVM only reads.
class StateReader {
  public:
    StateReader() = default;
    StateReader(const StateReader&) = default;
    StateReader& operator=(const StateReader&) = default;
    virtual ~StateReader() = default;

    // `out` stays empty when the account does not exist.
    virtual Answer account(const eth::Address& address, std::optional<AccountState>& out) const = 0;
    virtual Answer storage(const eth::Address& address, const eth::U256& slot,
                           eth::U256& out) const = 0;
    // Called only with a hash that `account` returned for this address.
    virtual Answer code(const eth::Address& address, const eth::Hash& code_hash,
                        eth::Bytes& out) const = 0;
    // Called only for the 256 blocks before the executed block.
    virtual Answer block_hash(std::uint64_t number, eth::Hash& out) const = 0;
};

// State that a reader did not have, to be fetched before the next run.
struct Missing {
    enum class Kind : std::uint8_t { account, storage, code, block_hash };
    Kind kind{};
    eth::Address address;
    eth::U256 slot; // for block_hash, the block number
    friend bool operator==(const Missing&, const Missing&) = default;
};

} // namespace viz::evm
