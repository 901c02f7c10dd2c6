// A StateSource that has a whole state, as a node would.
#pragma once

#include "components/state/rounds.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {

class MemorySource : public state::StateSource {
  public:
    explicit MemorySource(const MemoryState& state) : state_(state) {}

    bool fetch(std::span<const evm::Missing> missing, state::HeadState& into) override {
        ++fetches;
        for (const auto& what : missing) give(what, into);
        return available;
    }

    bool fetch_ahead(std::span<const evm::Missing> missing, state::Prefetch& ahead,
                     state::HeadState& into) override {
        for (const auto& call : ahead.plan.calls) planned.push_back(call.sender);
        if (ahead.plan.block) planned_block = ahead.plan.block;
        ahead.plan = {};
        return fetch(missing, into);
    }

    bool available{true};
    std::vector<eth::Address> planned; // senders of the calls announced to it
    std::optional<eth::Hash> planned_block;
    std::size_t fetches{};

  private:
    void give(const evm::Missing& what, state::HeadState& into) const {
        std::optional<evm::AccountState> account;
        eth::U256 value;
        eth::Bytes code;
        eth::Hash hash;
        switch (what.kind) {
        case evm::Missing::Kind::account:
            state_.account(what.address, account);
            into.put_account(what.address, account);
            break;
        case evm::Missing::Kind::storage:
            state_.storage(what.address, what.slot, value);
            into.put_slot(what.address, what.slot, value);
            break;
        case evm::Missing::Kind::code:
            state_.account(what.address, account);
            state_.code(what.address, account->code_hash, code);
            into.put_code(account->code_hash, code);
            break;
        case evm::Missing::Kind::block_hash:
            state_.block_hash(what.slot.low_u64(), hash);
            into.put_block_hash(what.slot.low_u64(), hash);
            break;
        }
    }

    const MemoryState& state_;
};

} // namespace viz::test
