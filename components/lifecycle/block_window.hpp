// The newest canonical blocks without a hole, and what they prove: which transactions are mined,
// who used a nonce, how far an account's nonce has come. Taking blocks back undoes it exactly.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/messages.hpp"

namespace viz::lifecycle {

struct WindowBlock {
    bus::BlockRecord record;
    std::vector<bus::BlockTx> transactions; // empty for a block known from the record only
};

class BlockWindow {
  public:
    // Keeps at most `capacity` blocks.
    explicit BlockWindow(std::uint64_t capacity) : capacity_(capacity) {}

    bool empty() const { return blocks_.empty(); }
    std::size_t size() const { return blocks_.size(); }
    // Only when not empty.
    const bus::BlockRecord& head() const { return blocks_.back().record; }
    const bus::BlockRecord& oldest() const { return blocks_.front().record; }
    // Nothing when no block of the number, or of the hash, is held.
    const WindowBlock* at(bus::BlockNumber number) const;
    const WindowBlock* find(const bus::Hash& block_hash) const;

    // The block must follow the head, or the window must be empty.
    void push(WindowBlock block);
    // Takes the head off. Only when not empty.
    WindowBlock pop();
    void clear();

    // The block that includes the transaction.
    const WindowBlock* including(const bus::Hash& tx_hash) const;
    struct NonceUser {
        bus::Hash hash;
        bus::BlockNumber block;
    };
    // The mined transaction with this sender and nonce.
    std::optional<NonceUser> user_of(const bus::Address& sender, bus::Nonce nonce) const;

    // The account's next nonce, given that it was `known` at block `as_of` (nothing: not known).
    // Transactions are proof at any height: a nonce never falls below one that was used. An
    // EIP-7702 authority counts only above `as_of` and only where it continues the nonce, since
    // the list of a mined transaction also carries authorities that were skipped as invalid.
    std::optional<bus::Nonce> next_nonce(const bus::Address& account,
                                         std::optional<bus::Nonce> known,
                                         bus::BlockNumber as_of) const;

  private:
    struct Use {
        bus::BlockNumber block;
        bus::Nonce nonce{};
        bool authority{};
        bus::Hash hash; // of the transaction
    };
    void index(const WindowBlock& block);
    void unindex(const WindowBlock& block, bool newest);

    std::uint64_t capacity_;
    std::deque<WindowBlock> blocks_; // ascending, contiguous
    std::unordered_map<bus::Hash, bus::BlockNumber> mined_;
    std::unordered_map<bus::Address, std::deque<Use>> uses_; // in chain order
};

} // namespace viz::lifecycle
