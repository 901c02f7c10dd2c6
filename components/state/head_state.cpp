#include "components/state/head_state.hpp"

#include <mutex>

#include "components/eth/keccak.hpp"

namespace viz::state {

using evm::Answer;

std::size_t SlotKeyHash::operator()(const SlotKey& key) const noexcept {
    std::size_t hash = std::hash<eth::Address>()(key.address);
    for (const auto limb : key.slot.limbs) hash = (hash ^ limb) * 0x9e3779b97f4a7c15ULL;
    return hash ^ hash >> 32;
}

Answer HeadState::account(const eth::Address& address,
                          std::optional<evm::AccountState>& out) const {
    const std::shared_lock lock(mutex_);
    const auto found = accounts_.find(address);
    if (found == accounts_.end()) return Answer::not_here;
    out = found->second;
    return Answer::here;
}

Answer HeadState::storage(const eth::Address& address, const eth::U256& slot,
                          eth::U256& out) const {
    const std::shared_lock lock(mutex_);
    const auto found = slots_.find({address, slot});
    if (found == slots_.end()) return Answer::not_here;
    out = found->second;
    return Answer::here;
}

Answer HeadState::code(const eth::Address&, const eth::Hash& code_hash, eth::Bytes& out) const {
    const std::shared_lock lock(mutex_);
    const auto found = codes_.find(code_hash);
    if (found == codes_.end()) return Answer::not_here;
    out = *found->second;
    return Answer::here;
}

Answer HeadState::block_hash(std::uint64_t number, eth::Hash& out) const {
    const std::shared_lock lock(mutex_);
    if (number == block_.number) {
        out = block_.hash;
        return Answer::here;
    }
    const auto found = block_hashes_.find(number);
    if (found == block_hashes_.end()) return Answer::not_here;
    out = found->second;
    return Answer::here;
}

void HeadState::put_account(const eth::Address& address,
                            const std::optional<evm::AccountState>& account) {
    const std::unique_lock lock(mutex_);
    accounts_.insert_or_assign(address, account);
}

void HeadState::put_slot(const eth::Address& address, const eth::U256& slot,
                         const eth::U256& value) {
    const std::unique_lock lock(mutex_);
    slots_.insert_or_assign({address, slot}, value);
}

bool HeadState::put_code(const eth::Hash& code_hash, eth::BytesView code) {
    if (eth::keccak256(code) != code_hash) return false;
    const std::unique_lock lock(mutex_);
    codes_.try_emplace(code_hash, std::make_shared<const eth::Bytes>(code.begin(), code.end()));
    return true;
}

void HeadState::put_block_hash(std::uint64_t number, const eth::Hash& hash) {
    const std::unique_lock lock(mutex_);
    block_hashes_.insert_or_assign(number, hash);
}

std::shared_ptr<HeadState> HeadState::unknown_child(const BlockRef& next) const {
    auto child = std::make_shared<HeadState>(next);
    const std::shared_lock lock(mutex_);
    child->codes_ = codes_;
    return child;
}

std::shared_ptr<HeadState> HeadState::child(const BlockRef& next, const evm::Overlay& changes,
                                            std::size_t max_slots) const {
    auto child = std::make_shared<HeadState>(next);
    {
        const std::shared_lock lock(mutex_);
        child->codes_ = codes_;
        child->block_hashes_ = block_hashes_;
        if (slots_.size() <= max_slots) {
            child->accounts_ = accounts_;
            child->slots_ = slots_;
        }
    }
    child->block_hashes_.emplace(block_.number, block_.hash);
    // BLOCKHASH reaches 256 blocks back.
    std::erase_if(child->block_hashes_,
                  [&](const auto& entry) { return entry.first + 256 < next.number; });
    child->apply(changes);
    return child;
}

// Not shared yet: no lock.
void HeadState::apply(const evm::Overlay& changes) {
    for (evm::AccountId id = 0; id < changes.accounts(); ++id) {
        const auto& account = changes.account(id);
        if (account.wiped)
            std::erase_if(
                slots_, [&](const auto& entry) { return entry.first.address == account.address; });
        if (!account.now.exists) {
            accounts_.insert_or_assign(account.address, std::nullopt);
            continue;
        }
        accounts_.insert_or_assign(account.address,
                                   evm::AccountState{account.now.balance, account.now.nonce,
                                                     account.now.code_hash,
                                                     account.storage_below && !account.wiped});
        if (account.code && account.code->size() != 0) {
            const auto bytes = account.code->bytes();
            codes_.try_emplace(account.now.code_hash,
                               std::make_shared<const eth::Bytes>(bytes.begin(), bytes.end()));
        }
    }
    for (evm::SlotId id = 0; id < changes.slots(); ++id) {
        const auto& slot = changes.slot(id);
        slots_.insert_or_assign({changes.account(slot.account).address, slot.key}, slot.now);
    }
}

std::size_t HeadState::accounts() const {
    const std::shared_lock lock(mutex_);
    return accounts_.size();
}
std::size_t HeadState::slots() const {
    const std::shared_lock lock(mutex_);
    return slots_.size();
}

} // namespace viz::state
