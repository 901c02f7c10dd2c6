#include "components/evm/overlay.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::evm {

Overlay::Overlay(const StateReader& below, CodeCache& codes, MissPolicy policy)
    : below_(&below), codes_(&codes), policy_(policy) {}

void Overlay::begin_transaction() {
    ++transaction_;
    logs.clear();
    refund = 0;
    touched_accounts_.clear();
    touched_slots_.clear();
}

void Overlay::end_transaction() {
    for (std::size_t i = 0; i < touched_accounts_.size(); ++i) {
        const auto id = touched_accounts_[i];
        const auto& account = accounts_[id];
        if (account.destructed == transaction_ ||
            (account.touched == transaction_ && account.now.exists && account.now.empty()))
            remove(id);
    }
}

void Overlay::remove(AccountId id) {
    auto& account = accounts_[id];
    if (!eth::is_zero(account.now.balance)) {
        note(Kind::balance, id, 0, account.now.balance);
        account.now.balance = {};
    }
    set_nonce(id, 0);
    if (account.now.code_hash != kEmptyCodeHash) set_code(id, empty_code());
    if (account.now.exists) note(Kind::exists, id, 1);
    account.now.exists = false;
    if (!account.wiped) {
        note(Kind::wiped, id, 0);
        account.wiped = true;
    }
    for (SlotId slot = 0; slot < slots_.size(); ++slot)
        if (slots_[slot].account == id && !eth::is_zero(slots_[slot].now)) set_slot(slot, {});
}

void Overlay::rollback(const Checkpoint& to) {
    while (journal_.size() > to.journal) {
        undo(journal_.back());
        journal_.pop_back();
    }
    if (logs.size() > to.logs) logs.resize(to.logs);
    refund = to.refund;
}

void Overlay::undo(const Entry& entry) {
    switch (entry.kind) {
    case Kind::balance:
        accounts_[entry.id].now.balance = entry.old;
        break;
    case Kind::nonce:
        accounts_[entry.id].now.nonce = entry.old.low_u64();
        break;
    case Kind::code:
        accounts_[entry.id].code = old_codes_[entry.number].code;
        accounts_[entry.id].now.code_hash = old_codes_[entry.number].hash;
        old_codes_.pop_back();
        break;
    case Kind::exists:
        accounts_[entry.id].now.exists = entry.number != 0;
        break;
    case Kind::warm_account:
        accounts_[entry.id].warm = entry.number;
        break;
    case Kind::warm_slot:
        slots_[entry.id].warm = entry.number;
        break;
    case Kind::created:
        accounts_[entry.id].created = entry.number;
        break;
    case Kind::destructed:
        accounts_[entry.id].destructed = entry.number;
        break;
    case Kind::touched:
        accounts_[entry.id].touched = entry.number;
        break;
    case Kind::wiped:
        accounts_[entry.id].wiped = false;
        read_unread_slots(entry.id);
        break;
    case Kind::slot:
        slots_[entry.id].now = entry.old;
        break;
    case Kind::transient:
        transients_[entry.id].value = entry.old;
        break;
    }
}

void Overlay::miss(const Missing& what) {
    missed_ = true;
    // Accounts, slots and code are requested only once and then cached, so only block hashes need a
    // duplicate check; this keeps long lists fast.
    const bool repeats = what.kind == Missing::Kind::block_hash;
    if (!repeats || std::find(missing_.begin(), missing_.end(), what) == missing_.end())
        missing_.push_back(what);
}

AccountId Overlay::load(const eth::Address& address) {
    const auto id = account_index_.find(
        hash_of(address), [&](AccountId i) { return accounts_[i].address == address; });
    if (id == FlatIndex::kNone) return load_new(address);
    if (accounts_[id].seen != transaction_) see(id);
    return id;
}

void Overlay::see(AccountId id) {
    auto& account = accounts_[id];
    account.seen = transaction_;
    account.at_start = account.now;
    touched_accounts_.push_back(id);
}

AccountId Overlay::load_new(const eth::Address& address) {
    std::optional<AccountState> below;
    const bool is_missing = below_->account(address, below) == Answer::not_here;
    if (is_missing) miss({.kind = Missing::Kind::account, .address = address, .slot = {}});
    const auto id = accounts_.add();
    auto& account = accounts_[id];
    account.address = address;
    account.missing = is_missing;
    if (below) {
        account.first = {below->balance, below->nonce, below->code_hash, true};
        account.storage_below = below->has_storage;
    }
    account.now = account.first;
    if (account.now.code_hash == kEmptyCodeHash) account.code = empty_code();
    account_index_.insert(hash_of(address), id,
                          [&](AccountId i) { return hash_of(accounts_[i].address); });
    see(id);
    return id;
}

const Code& Overlay::code(AccountId id) {
    auto& account = accounts_[id];
    account.code_read = true;
    if (account.code) return *account.code;
    account.code = codes_->find(account.now.code_hash);
    if (account.code) return *account.code;
    eth::Bytes bytes;
    if (below_->code(account.address, account.now.code_hash, bytes) == Answer::not_here) {
        miss({.kind = Missing::Kind::code, .address = account.address, .slot = {}});
        account.code = empty_code();
    } else {
        account.code = codes_->insert(account.now.code_hash, bytes);
    }
    return *account.code;
}

CodePointer Overlay::code_pointer(AccountId id) {
    code(id);
    return accounts_[id].code;
}

bool Overlay::access(AccountId id) {
    auto& account = accounts_[id];
    if (account.warm == transaction_) return false;
    note(Kind::warm_account, id, account.warm);
    account.warm = transaction_;
    return true;
}

bool Overlay::access_slot(SlotId id) {
    auto& slot = slots_[id];
    if (slot.warm == transaction_) return false;
    note(Kind::warm_slot, id, slot.warm);
    slot.warm = transaction_;
    return true;
}

void Overlay::touch(AccountId id) {
    auto& account = accounts_[id];
    if (account.touched != transaction_) {
        note(Kind::touched, id, account.touched);
        account.touched = transaction_;
    }
}

void Overlay::add_balance(AccountId id, const eth::Wei& amount) {
    touch(id);
    if (!eth::is_zero(amount)) set_balance(id, accounts_[id].now.balance + amount);
}

void Overlay::subtract_balance(AccountId id, const eth::Wei& amount) {
    touch(id);
    if (!eth::is_zero(amount)) set_balance(id, accounts_[id].now.balance - amount);
}

void Overlay::set_balance(AccountId id, const eth::Wei& amount) {
    auto& account = accounts_[id];
    touch(id);
    if (!account.now.exists) {
        note(Kind::exists, id, 0);
        account.now.exists = true;
    }
    note(Kind::balance, id, 0, account.now.balance);
    account.now.balance = amount;
}

void Overlay::set_nonce(AccountId id, eth::Nonce nonce) {
    auto& account = accounts_[id];
    if (account.now.nonce == nonce) return;
    touch(id);
    if (!account.now.exists) {
        note(Kind::exists, id, 0);
        account.now.exists = true;
    }
    note(Kind::nonce, id, 0, eth::U256(account.now.nonce));
    account.now.nonce = nonce;
}

void Overlay::set_code(AccountId id, CodePointer code) {
    auto& account = accounts_[id];
    touch(id);
    note(Kind::code, id, static_cast<std::uint32_t>(old_codes_.size()));
    old_codes_.push_back({std::move(account.code), account.now.code_hash});
    account.now.code_hash = code->hash();
    account.code = std::move(code);
}

void Overlay::create(AccountId id) {
    auto& account = accounts_[id];
    note(Kind::created, id, account.created);
    account.created = transaction_;
    set_nonce(id, 1);
}

void Overlay::destruct(AccountId id) {
    auto& account = accounts_[id];
    note(Kind::destructed, id, account.destructed);
    account.destructed = transaction_;
}

bool Overlay::has_storage(AccountId id) const {
    return accounts_[id].storage_below && !accounts_[id].wiped;
}

SlotId Overlay::slot(AccountId id, const eth::U256& key) {
    const auto found = slot_index_.find(hash_of(id, key), [&](SlotId i) {
        return slots_[i].account == id && slots_[i].key == key;
    });
    if (found == FlatIndex::kNone) return slot_new(id, key);
    auto& slot = slots_[found];
    if (slot.seen != transaction_) {
        slot.seen = transaction_;
        slot.at_start = slot.now;
        touched_slots_.push_back(found);
    }
    return found;
}

// The reader's value becomes the slot's first value.
void Overlay::read_slot(Slot& slot) {
    const auto& account = accounts_[slot.account];
    slot.now = slot.first = slot.at_start = {};
    // An account that did not exist, or was created in this transaction, has no storage below.
    if (account.wiped || account.created == transaction_) return;
    if (!account.storage_below && !account.first.exists && !account.missing) return;
    slot.asked = true;
    eth::U256 value;
    slot.missing = below_->storage(account.address, slot.key, value) == Answer::not_here;
    if (slot.missing)
        miss({.kind = Missing::Kind::storage, .address = account.address, .slot = slot.key});
    else
        slot.now = slot.first = slot.at_start = value;
}

SlotId Overlay::slot_new(AccountId id, const eth::U256& key) {
    const auto made = slots_.add();
    auto& slot = slots_[made];
    slot.account = id;
    slot.key = key;
    read_slot(slot);
    slot.seen = transaction_;
    slot.unread = accounts_[id].wiped;
    slot_index_.insert(hash_of(id, key), made,
                       [&](SlotId i) { return hash_of(slots_[i].account, slots_[i].key); });
    touched_slots_.push_back(made);
    return made;
}

// When an account's removal is reverted, reads the slots that were first accessed while it was
// removed.
void Overlay::read_unread_slots(AccountId id) {
    for (SlotId i = 0; i < slots_.size(); ++i) {
        auto& slot = slots_[i];
        if (slot.account != id || !slot.unread) continue;
        slot.unread = false;
        read_slot(slot);
    }
}

void Overlay::set_slot(SlotId id, const eth::U256& value) {
    auto& slot = slots_[id];
    note(Kind::slot, id, 0, slot.now);
    slot.now = value;
}

std::uint32_t Overlay::find_transient(AccountId id, const eth::U256& key) const {
    return transient_index_.find(hash_of(id, key), [&](std::uint32_t i) {
        return transients_[i].account == id && transients_[i].key == key;
    });
}

eth::U256 Overlay::transient(AccountId id, const eth::U256& key) const {
    const auto found = find_transient(id, key);
    if (found == FlatIndex::kNone || transients_[found].transaction != transaction_) return {};
    return transients_[found].value;
}

void Overlay::set_transient(AccountId id, const eth::U256& key, const eth::U256& value) {
    auto found = find_transient(id, key);
    if (found == FlatIndex::kNone) {
        found = transients_.add();
        transients_[found].account = id;
        transients_[found].key = key;
        transient_index_.insert(hash_of(id, key), found, [&](std::uint32_t i) {
            return hash_of(transients_[i].account, transients_[i].key);
        });
    }
    auto& entry = transients_[found];
    if (entry.transaction != transaction_) {
        entry.transaction = transaction_;
        entry.value = {};
    }
    note(Kind::transient, found, 0, entry.value);
    entry.value = value;
}

eth::Hash Overlay::block_hash(std::uint64_t number) {
    const auto held = std::find_if(block_hashes_.begin(), block_hashes_.end(),
                                   [&](const auto& read) { return read.number == number; });
    if (held != block_hashes_.end()) return held->hash;
    eth::Hash hash;
    if (below_->block_hash(number, hash) == Answer::not_here)
        miss({.kind = Missing::Kind::block_hash, .address = {}, .slot = eth::U256(number)});
    else
        block_hashes_.push_back({number, hash});
    return hash;
}

const Account* Overlay::find(const eth::Address& address) const {
    const auto id = account_index_.find(
        hash_of(address), [&](AccountId i) { return accounts_[i].address == address; });
    return id == FlatIndex::kNone ? nullptr : &accounts_[id];
}

const Slot* Overlay::find(const eth::Address& address, const eth::U256& key) const {
    const auto id = account_index_.find(
        hash_of(address), [&](AccountId i) { return accounts_[i].address == address; });
    if (id == FlatIndex::kNone) return nullptr;
    const auto found = slot_index_.find(hash_of(id, key), [&](SlotId i) {
        return slots_[i].account == id && slots_[i].key == key;
    });
    return found == FlatIndex::kNone ? nullptr : &slots_[found];
}

Answer OverlayReader::account(const eth::Address& address, std::optional<AccountState>& out) const {
    const auto* account = overlay_.find(address);
    if (account == nullptr) return overlay_.below().account(address, out);
    if (account->now.exists)
        out = AccountState{account->now.balance, account->now.nonce, account->now.code_hash,
                           account->storage_below && !account->wiped};
    return Answer::here;
}

Answer OverlayReader::storage(const eth::Address& address, const eth::U256& slot,
                              eth::U256& out) const {
    if (const auto* held = overlay_.find(address, slot)) {
        out = held->now;
        return held->missing ? Answer::not_here : Answer::here;
    }
    const auto* account = overlay_.find(address);
    if (account != nullptr && account->wiped) return Answer::here;
    return overlay_.below().storage(address, slot, out);
}

Answer OverlayReader::code(const eth::Address& address, const eth::Hash& code_hash,
                           eth::Bytes& out) const {
    const auto* account = overlay_.find(address);
    if (account == nullptr || !account->code || account->code->hash() != code_hash)
        return overlay_.below().code(address, code_hash, out);
    out.assign(account->code->bytes().begin(), account->code->bytes().end());
    return Answer::here;
}

Answer OverlayReader::block_hash(std::uint64_t number, eth::Hash& out) const {
    return overlay_.below().block_hash(number, out);
}

} // namespace viz::evm
