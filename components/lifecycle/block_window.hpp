// The newest canonical blocks without gaps, and the facts derived from them: mined transactions,
// the user of each nonce, account nonces. Removing blocks reverts these facts exactly.
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
    std::vector<bus::BlockTx> transactions; // empty for a block known only from the record
};

class BlockWindow {
  public:
    // Keeps at most `capacity` blocks.
    explicit BlockWindow(std::uint64_t capacity) : capacity_(capacity) {}

    bool empty() const { return blocks_.empty(); }
    std::size_t size() const { return blocks_.size(); }
    // Requires a non-empty window.
    const bus::BlockRecord& head() const { return blocks_.back().record; }
    const bus::BlockRecord& oldest() const { return blocks_.front().record; }
    // Returns nullptr when no block with the number, or with the hash, is in the window.
    const WindowBlock* at(bus::BlockNumber number) const;
    const WindowBlock* find(const bus::Hash& block_hash) const;

    // The block must follow the head, or the window must be empty.
    void push(WindowBlock block);
    // Removes and returns the head. Requires a non-empty window.
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

    // The account's next nonce, given that it was `known` at block `as_of` (empty: unknown).
    // Transactions are proof at any height: a nonce never falls below a used one. An EIP-7702
    // authority counts only above `as_of` and only where it continues the nonce, because the list
    // of a mined transaction also contains authorities that were skipped as invalid.
    std::optional<bus::Nonce> next_nonce(const bus::Address& account,
                                         std::optional<bus::Nonce> known,
                                         bus::BlockNumber as_of) const;

  private:
    struct Use {
        bus::BlockNumber block;
        bus::Nonce nonce{};
        bool authority{};
        bus::Hash hash; // the transaction's hash
    };
    void index(const WindowBlock& block);
    void unindex(const WindowBlock& block, bool newest);

    std::uint64_t capacity_;
    std::deque<WindowBlock> blocks_; // ascending, contiguous
    std::unordered_map<bus::Hash, bus::BlockNumber> mined_;
    std::unordered_map<bus::Address, std::deque<Use>> uses_; // in chain order
};

} // namespace viz::lifecycle
