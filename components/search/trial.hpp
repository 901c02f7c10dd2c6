// Where strategies try things: transactions and swaps of our own, executed one after the other on
// the head's overlay and taken back. What a strategy says was executed here.
#pragma once

#include <string>

#include "components/evm/run_guard.hpp"
#include "components/evm/token_view.hpp"
#include "components/evm/transaction.hpp"
#include "components/search/pool_view.hpp"

namespace viz::search {

struct Pending {
    eth::Hash hash;
    eth::Address sender;
    eth::Transaction tx;
};

// Who we would be: `sender` signs and pays, `swapper` holds the tokens. Both have no past.
struct Searcher {
    eth::Address sender{{{0x5e, 0xa2, 0xc4, 0xe2, 1}}};
    eth::Address swapper{{{0x5e, 0xa2, 0xc4, 0xe2, 2}}};
};

class Trial {
  public:
    // All outlive the trial. The overlay is as the head's state, with the pending transactions that
    // are meant to come first; the environment is the next block's. `guard` ends executions from
    // outside; null: nothing does.
    Trial(evm::Overlay& state, const evm::Rules& rules, const evm::BlockEnvironment& block,
          const Searcher& searcher = {}, evm::RunGuard* guard = nullptr);

    // Runs `work` and takes back what it did.
    template <class Work> auto without_trace(Work work) {
        struct Back {
            evm::Overlay& state;
            evm::Overlay::Checkpoint before;
            ~Back() { state.rollback({.journal = before.journal, .logs = 0, .refund = 0}); }
        } back{state_, state_.checkpoint()};
        return work();
    }

    // False where it cannot be found out where the token keeps balances.
    bool fund(const eth::Address& token, const U256& amount);
    evm::TransactionResult swap(std::span<const evm::SwapLeg> legs);
    evm::TransactionResult run(const Pending& pending);
    // Where the swapper's own balance of a token is kept; asked once. No other candidate minds it.
    std::optional<evm::BalanceSlot> own_slot(const eth::Address& token);
    // Of the swapper; zero for a token that does not say.
    U256 balance(const eth::Address& token);

    evm::Overlay& state() { return state_; }
    evm::Machine& machine() { return executor_.machine(); }
    const evm::BlockEnvironment& block() const { return block_; }
    // Instructions that one transaction may take; one that runs longer fails.
    std::uint64_t most_steps{5'000'000};
    // A transaction was ended by that, or by the guard.
    bool too_long() const {
        return too_long_ || (guard_ != nullptr && guard_->check() != evm::Interrupt::none);
    }
    std::uint64_t executions() const { return executions_; }

  private:
    evm::TransactionResult execute(const eth::Transaction& tx, const eth::Address& sender,
                                   const evm::TransactionChecks& checks);

    evm::Overlay& state_;
    const evm::BlockEnvironment& block_;
    Searcher searcher_;
    evm::RunGuard* guard_;
    bool too_long_{};
    evm::TransactionExecutor executor_;
    std::unordered_map<eth::Address, std::optional<evm::BalanceSlot>> own_slots_;
    std::uint64_t executions_{};
};

} // namespace viz::search
