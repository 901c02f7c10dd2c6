// Uniswap's published contracts in our EVM: deployment, calls, storage.
#pragma once

#include <string>
#include <vector>

#include "components/eth/hex.hpp"
#include "components/evm/transaction.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {

using eth::U256;

// Creation code from an npm package's artifact, e.g. "v2-core/build/UniswapV2Factory".
eth::Bytes creation_code(const std::string& artifact);

// A function's selector and the words of its arguments.
eth::Bytes calldata(const std::string& signature, const std::vector<U256>& words);

U256 word_of(const eth::Address& address);
U256 word_of(std::int32_t value); // two's complement

// A chain with two tokens (token0 < token1) that all belong to the trader. The trader is an
// account with code, which pays what a V3 pool asks for in its callbacks.
class Contracts {
  public:
    Contracts();

    eth::Address deploy(const std::string& artifact, const std::vector<U256>& arguments);
    // The words are the arguments' whole encoding, dynamic ones included.
    evm::TransactionResult call(const eth::Address& to, const std::string& signature,
                                const std::vector<U256>& words);
    // The same; a revert is the test's failure.
    evm::TransactionResult must(const eth::Address& to, const std::string& signature,
                                const std::vector<U256>& words);
    U256 storage(const eth::Address& of, const U256& slot);
    // Runs `work` and takes back what it did.
    template <class Work> void without_trace(Work work) {
        const auto before = state_.checkpoint();
        work();
        state_.rollback(before);
    }
    void keep() { state_.forget_journal(); }

    // All of the state, by itself.
    MemoryState snapshot() const {
        auto copy = below_;
        copy.apply(state_);
        for (evm::AccountId id = 0; id < state_.accounts(); ++id)
            if (const auto& code = state_.account(id).code) copy.add_code(code->bytes());
        return copy;
    }
    evm::Overlay& state() { return state_; }
    const evm::BlockEnvironment& block() const { return block_; }

    eth::Address trader{{{0x77, 1}}};
    eth::Address token0;
    eth::Address token1;

  private:
    evm::TransactionResult send(const std::optional<eth::Address>& to, eth::Bytes data);

    MemoryState below_;
    evm::CodeCache codes_;
    evm::BlockEnvironment block_{.chain_id = eth::ChainId(1),
                                 .number = 20'000'000,
                                 .timestamp = 1'720'000'000,
                                 .gas_limit = 30'000'000};
    evm::Overlay state_;
    evm::TransactionExecutor executor_;
};

// The address in the first word.
eth::Address output_address(const evm::TransactionResult& result);
U256 output_word(const evm::TransactionResult& result, std::size_t index);

} // namespace viz::test
