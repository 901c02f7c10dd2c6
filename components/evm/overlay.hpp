// The state as seen by one execution: a StateReader with a layer of changes above it, and a journal
// to revert them. Transactions run in sequence on one overlay; copy an overlay to continue from a
// prefix of the sequence.
#pragma once

#include <vector>

#include "components/evm/code_cache.hpp"
#include "components/evm/flat_index.hpp"
#include "components/evm/state_reader.hpp"

namespace viz::evm {

using AccountId = std::uint32_t;
using SlotId = std::uint32_t;

struct AccountValue {
    eth::Wei balance;
    eth::Nonce nonce{};
    eth::Hash code_hash = kEmptyCodeHash;
    bool exists{};
    // EIP-161
    bool empty() const {
        return nonce == 0 && balance == eth::Wei() && code_hash == kEmptyCodeHash;
    }
    friend bool operator==(const AccountValue&, const AccountValue&) = default;
};

// Per-transaction flags hold the number of the transaction for which they are set, so nothing has
// to be cleared between transactions. 0 means never.
struct Account {
    eth::Address address;
    AccountValue now;
    AccountValue first;    // as returned by the reader
    AccountValue at_start; // at the start of transaction `seen`
    CodePointer code;      // null until requested
    bool storage_below{};  // the reader's storage trie is not empty
    bool missing{};        // not available from the reader; treated as an absent account
    bool wiped{};          // self-destructed: the reader's storage no longer applies
    bool code_read{};      // the code was executed or read
    bool balance_read{};   // by BALANCE, SELFBALANCE, or a value transfer
    std::uint32_t seen{};
    std::uint32_t warm{};
    std::uint32_t created{};
    std::uint32_t destructed{};
    std::uint32_t touched{};
};

struct Slot {
    AccountId account{};
    eth::U256 key;
    eth::U256 now;
    eth::U256 first;    // as returned by the reader
    eth::U256 at_start; // at the start of transaction `seen`: EIP-2200's original value
    std::uint32_t seen{};
    std::uint32_t warm{};
    bool missing{}; // not available from the reader; treated as zero
    bool unread{};  // not read from the reader because the account was wiped
    bool asked{};   // `first` was requested from the reader, available or not
};

struct ReadBlockHash {
    std::uint64_t number{};
    eth::Hash hash;
};

struct Log {
    eth::Address address;
    std::vector<eth::Hash> topics;
    eth::Bytes data;
    friend bool operator==(const Log&, const Log&) = default;
};

enum class MissPolicy : std::uint8_t {
    assume_empty, // treat missing state as empty and continue, to find all missing state
    stop,         // end the transaction as missing_state
};

class Overlay {
  public:
    // Both arguments must outlive the overlay.
    Overlay(const StateReader& below, CodeCache& codes,
            MissPolicy policy = MissPolicy::assume_empty);

    // Resets per-transaction state: warm sets, transient storage, original values, logs, refund.
    void begin_transaction();
    // Applies self-destructs (EIP-6780 or the older rule) and removes touched empty accounts
    // (EIP-161).
    void end_transaction();

    struct Checkpoint {
        std::size_t journal{};
        std::size_t logs{};
        std::int64_t refund{};
    };
    Checkpoint checkpoint() const { return {journal_.size(), logs.size(), refund}; }
    void rollback(const Checkpoint& to);
    // Makes all changes so far permanent and frees the journal.
    void forget_journal() { journal_.clear(); }

    AccountId load(const eth::Address& address);
    const Account& account(AccountId id) const { return accounts_[id]; }
    Account& mark(AccountId id) { return accounts_[id]; } // for the read flags
    const Code& code(AccountId id);
    CodePointer code_pointer(AccountId id);
    // EIP-2929: returns true on the first access in the transaction.
    bool access(AccountId id);
    bool access_slot(SlotId id);

    void add_balance(AccountId id,
                     const eth::Wei& amount); // touches the account even when the amount is zero
    void subtract_balance(AccountId id, const eth::Wei& amount);
    void set_balance(AccountId id, const eth::Wei& amount);
    void set_nonce(AccountId id, eth::Nonce nonce);
    void set_code(AccountId id, CodePointer code);
    void create(AccountId id); // sets nonce 1 and marks the account as created in this transaction
    void destruct(AccountId id);
    bool created_now(AccountId id) const { return accounts_[id].created == transaction_; }
    // EIP-7610, as reported by the reader. Slots written in this overlay need no check: an account
    // that has them also has a nonce, which already forbids a creation at its address.
    bool has_storage(AccountId id) const;

    SlotId slot(AccountId id, const eth::U256& key);
    const Slot& slot(SlotId id) const { return slots_[id]; }
    void set_slot(SlotId id, const eth::U256& value);

    eth::U256 transient(AccountId id, const eth::U256& key) const;
    void set_transient(AccountId id, const eth::U256& key, const eth::U256& value);

    eth::Hash block_hash(std::uint64_t number);

    // Since begin_transaction, in order of first touch.
    const std::vector<AccountId>& touched_accounts() const { return touched_accounts_; }
    const std::vector<SlotId>& touched_slots() const { return touched_slots_; }
    // Over the overlay's lifetime: ids 0 to n-1.
    std::uint32_t accounts() const { return accounts_.size(); }
    std::uint32_t slots() const { return slots_.size(); }
    const Account* find(const eth::Address& address) const;
    const Slot* find(const eth::Address& address, const eth::U256& key) const;
    // Block hashes returned by the reader, without duplicates.
    const std::vector<ReadBlockHash>& block_hashes() const { return block_hashes_; }

    // State that the reader did not have, without duplicates, over the overlay's lifetime.
    const std::vector<Missing>& missing() const { return missing_; }
    bool must_stop() const { return policy_ == MissPolicy::stop && missed_; }
    const StateReader& below() const { return *below_; }

    std::vector<Log> logs;
    std::int64_t refund{};

  private:
    enum class Kind : std::uint8_t {
        balance,
        nonce,
        code,
        exists,
        warm_account,
        warm_slot,
        created,
        destructed,
        touched,
        wiped,
        slot,
        transient,
    };
    struct Entry {
        Kind kind;
        std::uint32_t id;
        std::uint32_t number; // a transaction number, an old-code index, or a flag
        eth::U256 old;
    };
    struct Transient {
        AccountId account{};
        eth::U256 key;
        eth::U256 value;
        std::uint32_t transaction{};
    };
    struct OldCode {
        CodePointer code;
        eth::Hash hash;
    };

    void note(Kind kind, std::uint32_t id, std::uint32_t number, const eth::U256& old = {}) {
        journal_.push_back({kind, id, number, old});
    }
    AccountId load_new(const eth::Address& address);
    void read_slot(Slot& slot);
    SlotId slot_new(AccountId id, const eth::U256& key);
    void read_unread_slots(AccountId id);
    void see(AccountId id);
    void touch(AccountId id);
    void undo(const Entry& entry);
    void remove(AccountId id);
    void miss(const Missing& what);
    std::uint32_t find_transient(AccountId id, const eth::U256& key) const;

    const StateReader* below_;
    CodeCache* codes_;
    MissPolicy policy_;
    bool missed_{};
    std::uint32_t transaction_{1}; // starts at 1, since 0 means never
    StableStore<Account> accounts_;
    StableStore<Slot> slots_;
    StableStore<Transient> transients_;
    FlatIndex account_index_;
    FlatIndex slot_index_;
    FlatIndex transient_index_;
    std::vector<Entry> journal_;
    std::vector<OldCode> old_codes_;
    std::vector<AccountId> touched_accounts_;
    std::vector<SlotId> touched_slots_;
    std::vector<Missing> missing_;
    std::vector<ReadBlockHash> block_hashes_;
};

// Presents an overlay as the state below another overlay.
class OverlayReader : public StateReader {
  public:
    explicit OverlayReader(const Overlay& overlay) : overlay_(overlay) {}
    Answer account(const eth::Address& address, std::optional<AccountState>& out) const override;
    Answer storage(const eth::Address& address, const eth::U256& slot,
                   eth::U256& out) const override;
    Answer code(const eth::Address& address, const eth::Hash& code_hash,
                eth::Bytes& out) const override;
    Answer block_hash(std::uint64_t number, eth::Hash& out) const override;

  private:
    const Overlay& overlay_;
};

} // namespace viz::evm
