#include "components/lifecycle/block_window.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace viz::lifecycle {

const WindowBlock* BlockWindow::at(bus::BlockNumber number) const {
    if (blocks_.empty() || number < oldest().number || number > head().number) return nullptr;
    return &blocks_[static_cast<std::size_t>(number.value - oldest().number.value)];
}

const WindowBlock* BlockWindow::find(const bus::Hash& block_hash) const {
    // Called once per head that does not continue the chain; the newest block is the most likely
    // match.
    const auto it = std::find_if(blocks_.rbegin(), blocks_.rend(), [&](const WindowBlock& block) {
        return block.record.hash == block_hash;
    });
    return it == blocks_.rend() ? nullptr : &*it;
}

void BlockWindow::push(WindowBlock block) {
    assert(blocks_.empty() || block.record.number.value == head().number.value + 1);
    if (blocks_.size() == capacity_) {
        unindex(blocks_.front(), false);
        blocks_.pop_front();
    }
    blocks_.push_back(std::move(block));
    index(blocks_.back());
}

WindowBlock BlockWindow::pop() {
    WindowBlock block = std::move(blocks_.back());
    blocks_.pop_back();
    unindex(block, true);
    return block;
}

void BlockWindow::clear() {
    blocks_.clear();
    mined_.clear();
    uses_.clear();
}

const WindowBlock* BlockWindow::including(const bus::Hash& tx_hash) const {
    const auto it = mined_.find(tx_hash);
    return it == mined_.end() ? nullptr : at(it->second);
}

std::optional<BlockWindow::NonceUser> BlockWindow::user_of(const bus::Address& sender,
                                                           bus::Nonce nonce) const {
    const auto it = uses_.find(sender);
    if (it == uses_.end()) return std::nullopt;
    for (const Use& use : it->second) {
        if (!use.authority && use.nonce == nonce) return NonceUser{use.hash, use.block};
    }
    return std::nullopt;
}

std::optional<bus::Nonce> BlockWindow::next_nonce(const bus::Address& account,
                                                  std::optional<bus::Nonce> known,
                                                  bus::BlockNumber as_of) const {
    const auto it = uses_.find(account);
    if (it == uses_.end()) return known;
    for (const Use& use : it->second) {
        if (!use.authority) {
            known = std::max(known.value_or(0), use.nonce + 1);
        } else if (known == use.nonce && use.block > as_of) {
            known = use.nonce + 1;
        }
    }
    return known;
}

void BlockWindow::index(const WindowBlock& block) {
    for (const bus::BlockTx& tx : block.transactions) {
        mined_[tx.hash] = block.record.number;
        uses_[tx.sender].push_back({block.record.number, tx.nonce, false, tx.hash});
        for (const bus::AuthorityUse& use : tx.authorities)
            uses_[use.address].push_back({block.record.number, use.nonce, true, tx.hash});
    }
}

void BlockWindow::unindex(const WindowBlock& block, bool newest) {
    const auto drop_one = [&](const bus::Address& account) {
        const auto it = uses_.find(account);
        if (it == uses_.end()) return;
        newest ? it->second.pop_back() : it->second.pop_front();
        if (it->second.empty()) uses_.erase(it);
    };
    for (const bus::BlockTx& tx : block.transactions) {
        mined_.erase(tx.hash);
        drop_one(tx.sender);
        for (const bus::AuthorityUse& use : tx.authorities) drop_one(use.address);
    }
}

} // namespace viz::lifecycle
