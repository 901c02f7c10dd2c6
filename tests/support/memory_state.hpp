// A whole state in memory, below an EVM and after it, with its root.
#pragma once

#include <functional>
#include <map>

#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"
#include "components/eth/trie_root.hpp"
#include "components/eth/u256_math.hpp"
#include "components/evm/overlay.hpp"

namespace viz::test {

struct MemoryAccount {
    eth::Wei balance;
    eth::Nonce nonce{};
    eth::Hash code_hash = evm::kEmptyCodeHash;
    std::map<eth::U256, eth::U256> storage; // no zeros
    friend bool operator==(const MemoryAccount&, const MemoryAccount&) = default;
};

class MemoryState : public evm::StateReader {
  public:
    std::map<eth::Address, MemoryAccount> accounts;
    std::map<eth::Hash, eth::Bytes> codes;
    std::function<eth::Hash(std::uint64_t)> block_hashes = [](std::uint64_t) {
        return eth::Hash();
    };

    evm::Answer account(const eth::Address& address,
                        std::optional<evm::AccountState>& out) const override {
        const auto found = accounts.find(address);
        if (found != accounts.end()) {
            const auto& a = found->second;
            out = evm::AccountState{a.balance, a.nonce, a.code_hash, !a.storage.empty()};
        }
        return evm::Answer::here;
    }
    evm::Answer storage(const eth::Address& address, const eth::U256& slot,
                        eth::U256& out) const override {
        const auto found = accounts.find(address);
        if (found == accounts.end()) return evm::Answer::here;
        const auto value = found->second.storage.find(slot);
        if (value != found->second.storage.end()) out = value->second;
        return evm::Answer::here;
    }
    evm::Answer code(const eth::Address&, const eth::Hash& hash, eth::Bytes& out) const override {
        const auto found = codes.find(hash);
        if (found == codes.end()) return evm::Answer::not_here;
        out = found->second;
        return evm::Answer::here;
    }
    evm::Answer block_hash(std::uint64_t number, eth::Hash& out) const override {
        out = block_hashes(number);
        return evm::Answer::here;
    }

    eth::Hash add_code(eth::BytesView code) {
        if (code.empty()) return evm::kEmptyCodeHash;
        const auto hash = eth::keccak256(code);
        codes.try_emplace(hash, code.begin(), code.end());
        return hash;
    }

    // What the overlay changed becomes part of this state.
    void apply(const evm::Overlay& overlay) {
        for (evm::AccountId id = 0; id < overlay.accounts(); ++id) {
            const auto& account = overlay.account(id);
            if (!account.now.exists) {
                accounts.erase(account.address);
                continue;
            }
            auto& to = accounts[account.address];
            if (account.wiped) to.storage.clear();
            to.balance = account.now.balance;
            to.nonce = account.now.nonce;
            to.code_hash = account.now.code_hash;
        }
        for (evm::SlotId id = 0; id < overlay.slots(); ++id) {
            const auto& slot = overlay.slot(id);
            const auto found = accounts.find(overlay.account(slot.account).address);
            if (found == accounts.end()) continue;
            if (eth::is_zero(slot.now))
                found->second.storage.erase(slot.key);
            else
                found->second.storage[slot.key] = slot.now;
        }
    }

    // Yellow Paper 4.1: the secure tries of storage and accounts.
    eth::Hash root() const {
        std::map<eth::Bytes, eth::Bytes> entries;
        for (const auto& [address, account] : accounts) {
            std::map<eth::Bytes, eth::Bytes> slots;
            for (const auto& [key, value] : account.storage) {
                eth::RlpWriter out;
                out.integer(value);
                slots.emplace(hashed(eth::to_be(key)), out.take());
            }
            eth::RlpWriter out;
            const auto mark = out.open_list();
            out.integer(eth::U256(account.nonce));
            out.integer(account.balance);
            out.string(eth::trie_root(slots).view());
            out.string(account.code_hash.view());
            out.close_list(mark);
            entries.emplace(hashed(address.bytes), out.take());
        }
        return eth::trie_root(entries);
    }

  private:
    static eth::Bytes hashed(eth::BytesView key) {
        const auto hash = eth::keccak256(key);
        return {hash.bytes.begin(), hash.bytes.end()};
    }
};

} // namespace viz::test
