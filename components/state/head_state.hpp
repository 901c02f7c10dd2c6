// What is known of the state of one block, named by its hash: filled by fetches, read by any number
// of simulations at once. What has not been fetched is "not here", never "empty".
#pragma once

#include <atomic>
#include <limits>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

#include "components/evm/overlay.hpp"

namespace viz::state {

struct BlockRef {
    eth::Hash hash;
    std::uint64_t number{};
    friend bool operator==(const BlockRef&, const BlockRef&) = default;
};

struct SlotKey {
    eth::Address address;
    eth::U256 slot;
    friend bool operator==(const SlotKey&, const SlotKey&) = default;
};
struct SlotKeyHash {
    std::size_t operator()(const SlotKey& key) const noexcept;
};

// A value with the time of its last use, in ticks of a HeadState: readers, who share its lock, note
// it without one.
template <class T> struct Used {
    Used(T value_in, std::uint32_t tick) : value(std::move(value_in)), used(tick) {}
    Used(const Used& other)
        : value(other.value), used(other.used.load(std::memory_order_relaxed)) {}
    Used& operator=(const Used& other) {
        value = other.value;
        used.store(other.used.load(std::memory_order_relaxed), std::memory_order_relaxed);
        return *this;
    }
    // Most uses are of the same tick: a line of the cache that is written stays with one core.
    const T& use(std::uint32_t tick) const {
        if (used.load(std::memory_order_relaxed) != tick)
            used.store(tick, std::memory_order_relaxed);
        return value;
    }

    T value;
    mutable std::atomic<std::uint32_t> used;
};

// Bounded by bytes: what was used longest ago goes first, and is "not here" again, so that it is
// fetched again when it is needed. What a run has read or fetched lately stays for its next round;
// one that needs more than the bound ends with too_many_rounds.
class HeadState : public evm::StateReader {
  public:
    static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

    // `evicted` before it began, where it takes the place of another.
    explicit HeadState(const BlockRef& block, std::size_t max_bytes = kNoLimit,
                       std::uint64_t evicted = 0)
        : block_(block), max_bytes_(max_bytes), evicted_(evicted) {}

    const BlockRef& block() const { return block_; }

    evm::Answer account(const eth::Address& address,
                        std::optional<evm::AccountState>& out) const override;
    evm::Answer storage(const eth::Address& address, const eth::U256& slot,
                        eth::U256& out) const override;
    evm::Answer code(const eth::Address& address, const eth::Hash& code_hash,
                     eth::Bytes& out) const override;
    evm::Answer block_hash(std::uint64_t number, eth::Hash& out) const override;

    // What a fetch brought, as of this block. A later value replaces an earlier one.
    void put_account(const eth::Address& address, const std::optional<evm::AccountState>& account);
    void put_slot(const eth::Address& address, const eth::U256& slot, const eth::U256& value);
    // False, and nothing kept, when the code is not what its hash says.
    bool put_code(const eth::Hash& code_hash, eth::BytesView code);
    void put_block_hash(std::uint64_t number, const eth::Hash& hash);

    // What is known of `next`, a child of this block, once `changes` are applied: an overlay on
    // this state on which that block was executed whole, with nothing missing. At most `max_slots`
    // slots are carried over; beyond that, only what the block itself touched.
    std::shared_ptr<HeadState> child(const BlockRef& next, const evm::Overlay& changes,
                                     std::size_t max_slots) const;
    // The same of a child about which only its name is known: code alone stays true.
    std::shared_ptr<HeadState> unknown_child(const BlockRef& next) const;

    std::size_t accounts() const;
    std::size_t slots() const;
    // Codes that are shared with other heads included.
    std::size_t bytes() const;
    // Entries that went for the bound, of the parents', too.
    std::uint64_t evicted() const;

  private:
    void apply(const evm::Overlay& changes);
    void account_is(const eth::Address& address, const std::optional<evm::AccountState>& account);
    void slot_is(const SlotKey& key, const eth::U256& value);
    void code_is(const eth::Hash& code_hash, eth::BytesView code);
    void recount();
    void added(std::size_t bytes);
    void evict();
    std::uint32_t tick() const { return tick_.load(std::memory_order_relaxed); }

    using Code = std::shared_ptr<const eth::Bytes>;

    BlockRef block_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<eth::Address, Used<std::optional<evm::AccountState>>> accounts_;
    std::unordered_map<SlotKey, Used<eth::U256>, SlotKeyHash> slots_;
    std::unordered_map<eth::Hash, Used<Code>> codes_;
    std::size_t max_bytes_;
    std::size_t bytes_{};
    std::size_t added_in_tick_{};
    std::uint64_t evicted_;
    std::atomic<std::uint32_t> tick_{0};
    std::unordered_map<std::uint64_t, eth::Hash> block_hashes_;
};

} // namespace viz::state
