// What is known of the state of one block, named by its hash: filled by fetches, read by any number
// of simulations at once. What has not been fetched is "not here", never "empty".
#pragma once

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

class HeadState : public evm::StateReader {
  public:
    explicit HeadState(const BlockRef& block) : block_(block) {}

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

  private:
    void apply(const evm::Overlay& changes);

    using Code = std::shared_ptr<const eth::Bytes>;

    BlockRef block_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<eth::Address, std::optional<evm::AccountState>> accounts_;
    std::unordered_map<SlotKey, eth::U256, SlotKeyHash> slots_;
    std::unordered_map<eth::Hash, Code> codes_;
    std::unordered_map<std::uint64_t, eth::Hash> block_hashes_;
};

} // namespace viz::state
