#include "components/state/head_state.hpp"

#include <map>
#include <mutex>

#include "components/eth/keccak.hpp"

namespace viz::state {

using evm::Answer;

namespace {

// With what the table and the allocator take for an entry.
constexpr std::size_t kEntryBytes = 40;
template <class Key, class Value>
constexpr std::size_t kBytesOf = sizeof(std::pair<const Key, Used<Value>>) + kEntryBytes;
constexpr std::size_t kAccountBytes = kBytesOf<eth::Address, std::optional<evm::AccountState>>;
constexpr std::size_t kSlotBytes = kBytesOf<SlotKey, eth::U256>;
constexpr std::size_t kCodeBytes = kBytesOf<eth::Hash, std::shared_ptr<const eth::Bytes>> + 64;

std::size_t bytes_of(const eth::Bytes& code) {
    return kCodeBytes + code.size();
}

// A tick ends when this part of the bound was added in it; so much is what is used now, and stays.
constexpr std::size_t kTicks = 16;

} // namespace

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
    out = found->second.use(tick());
    return Answer::here;
}

Answer HeadState::storage(const eth::Address& address, const eth::U256& slot,
                          eth::U256& out) const {
    const std::shared_lock lock(mutex_);
    const auto found = slots_.find({address, slot});
    if (found == slots_.end()) return Answer::not_here;
    out = found->second.use(tick());
    return Answer::here;
}

Answer HeadState::code(const eth::Address&, const eth::Hash& code_hash, eth::Bytes& out) const {
    Code code; // evicted while it is copied, it stays for that long
    {
        const std::shared_lock lock(mutex_);
        const auto found = codes_.find(code_hash);
        if (found == codes_.end()) return Answer::not_here;
        code = found->second.use(tick());
    }
    out = *code;
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
    account_is(address, account);
}

void HeadState::put_slot(const eth::Address& address, const eth::U256& slot,
                         const eth::U256& value) {
    const std::unique_lock lock(mutex_);
    slot_is({address, slot}, value);
}

bool HeadState::put_code(const eth::Hash& code_hash, eth::BytesView code) {
    if (eth::keccak256(code) != code_hash) return false;
    const std::unique_lock lock(mutex_);
    code_is(code_hash, code);
    return true;
}

void HeadState::put_block_hash(std::uint64_t number, const eth::Hash& hash) {
    const std::unique_lock lock(mutex_);
    block_hashes_.insert_or_assign(number, hash);
}

std::shared_ptr<HeadState> HeadState::unknown_child(const BlockRef& next) const {
    auto child = std::make_shared<HeadState>(next, max_bytes_);
    const std::shared_lock lock(mutex_);
    child->codes_ = codes_;
    child->tick_ = tick() + 1;
    child->evicted_ = evicted_;
    child->recount();
    return child;
}

std::shared_ptr<HeadState> HeadState::child(const BlockRef& next, const evm::Overlay& changes,
                                            std::size_t max_slots) const {
    auto child = std::make_shared<HeadState>(next, max_bytes_);
    {
        const std::shared_lock lock(mutex_);
        child->tick_ = tick() + 1;
        child->evicted_ = evicted_;
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
    recount();
    for (evm::AccountId id = 0; id < changes.accounts(); ++id) {
        const auto& account = changes.account(id);
        if (account.wiped)
            bytes_ -= kSlotBytes * std::erase_if(slots_, [&](const auto& entry) {
                          return entry.first.address == account.address;
                      });
        if (!account.now.exists) {
            account_is(account.address, std::nullopt);
            continue;
        }
        account_is(account.address,
                   evm::AccountState{account.now.balance, account.now.nonce, account.now.code_hash,
                                     account.storage_below && !account.wiped});
        if (account.code && account.code->size() != 0)
            code_is(account.now.code_hash, account.code->bytes());
    }
    for (evm::SlotId id = 0; id < changes.slots(); ++id) {
        const auto& slot = changes.slot(id);
        slot_is({changes.account(slot.account).address, slot.key}, slot.now);
    }
}

void HeadState::account_is(const eth::Address& address,
                           const std::optional<evm::AccountState>& account) {
    const Used<std::optional<evm::AccountState>> entry(account, tick());
    if (accounts_.insert_or_assign(address, entry).second) added(kAccountBytes);
}

void HeadState::slot_is(const SlotKey& key, const eth::U256& value) {
    if (slots_.insert_or_assign(key, Used<eth::U256>(value, tick())).second) added(kSlotBytes);
}

void HeadState::code_is(const eth::Hash& code_hash, eth::BytesView code) {
    if (const auto known = codes_.find(code_hash); known != codes_.end()) {
        known->second.use(tick());
        return;
    }
    codes_.emplace(
        code_hash,
        Used<Code>(std::make_shared<const eth::Bytes>(code.begin(), code.end()), tick()));
    added(kCodeBytes + code.size());
}

void HeadState::recount() {
    bytes_ = accounts_.size() * kAccountBytes + slots_.size() * kSlotBytes;
    for (const auto& [hash, code] : codes_) bytes_ += bytes_of(*code.value);
}

void HeadState::added(std::size_t bytes) {
    bytes_ += bytes;
    added_in_tick_ += bytes;
    if (added_in_tick_ >= max_bytes_ / kTicks) {
        added_in_tick_ = 0;
        tick_.fetch_add(1, std::memory_order_relaxed);
    }
    if (bytes_ > max_bytes_) evict();
}

// Down to three quarters, so that what it costs is spread over the rest. Not what was used since
// the tick before this one: that is what runs are about to read.
void HeadState::evict() {
    std::map<std::uint32_t, std::size_t> bytes_by_tick;
    const auto at = [&](const auto& used) -> std::size_t& {
        return bytes_by_tick[used.used.load(std::memory_order_relaxed)];
    };
    for (const auto& [address, account] : accounts_) at(account) += kAccountBytes;
    for (const auto& [key, slot] : slots_) at(slot) += kSlotBytes;
    for (const auto& [hash, code] : codes_) at(code) += bytes_of(*code.value);
    const auto aim = max_bytes_ / 4 * 3;
    auto left = bytes_;
    std::uint32_t before = 0; // what was last used before this tick goes
    for (const auto& [used, bytes] : bytes_by_tick) {
        if (left <= aim || used + 1 >= tick()) break;
        left -= bytes;
        before = used + 1;
    }
    const auto is_old = [&](const auto& entry) {
        return entry.second.used.load(std::memory_order_relaxed) < before;
    };
    evicted_ += std::erase_if(accounts_, is_old) + std::erase_if(slots_, is_old) +
                std::erase_if(codes_, is_old);
    recount();
}

std::size_t HeadState::bytes() const {
    const std::shared_lock lock(mutex_);
    return bytes_;
}
std::uint64_t HeadState::evicted() const {
    const std::shared_lock lock(mutex_);
    return evicted_;
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
