// A small true chain with a node's pool, from which random but possible inputs are made. What the
// pool under test says can be compared with it.
#pragma once

#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {

class SimulatedChain {
  public:
    struct Tx {
        TxSpec spec;
        bool announced{};
    };
    using Block = std::vector<Scene::InBlock>;
    struct Numbered {
        std::uint64_t branch{};
        Block txs;
    };

    explicit SimulatedChain(std::uint64_t seed) : random_(seed) { chain_.push_back({0, {}}); }

    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    std::uint64_t height() const { return kFirst + chain_.size() - 1; }
    static constexpr std::uint64_t kFirst = 100; // number of the first block
    static constexpr std::uint64_t kSenders = 5;

    const std::vector<Tx>& txs() const { return txs_; }
    const std::vector<Numbered>& chain() const { return chain_; }

    // A transaction near the sender's nonce; not necessarily announced.
    TxSpec new_tx() {
        const std::uint64_t sender = 1 + below(kSenders);
        const auto nonce = nonces_[sender];
        const std::uint64_t fee = 100 + 10 * below(12);
        TxSpec spec{.id = ++ids_,
                    .sender = sender,
                    .nonce = (nonce > 1 ? nonce - 1 : 0) + below(6),
                    .max_fee = fee,
                    .priority_fee = fee / 10};
        txs_.push_back({spec, below(5) != 0});
        return spec;
    }
    bool last_is_announced() const { return txs_.back().announced; }

    // Extends the chain by a block of executable transactions, known and private.
    const Numbered& mine(std::uint64_t branch) {
        Block block;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::uint64_t sender = 1 + below(kSenders);
            std::vector<std::uint64_t> candidates;
            for (const Tx& tx : txs_)
                if (tx.spec.sender == sender && tx.spec.nonce == nonces_[sender])
                    candidates.push_back(tx.spec.id);
            if (candidates.empty() || below(6) == 0) {
                if (below(3) != 0) continue;
                candidates = {++ids_}; // never seen pending
            }
            block.push_back({.id = candidates[below(candidates.size())],
                             .sender = sender,
                             .nonce = nonces_[sender]++,
                             .authorities = {}});
            if (below(5) != 0) continue;
            const std::uint64_t authority = 1 + below(kSenders);
            block.back().authorities.push_back({address_of(authority), nonces_[authority]++});
        }
        chain_.push_back({branch, std::move(block)});
        return chain_.back();
    }
    // Takes `depth` blocks off.
    void take_back(std::uint64_t depth) {
        chain_.resize(chain_.size() - depth);
        nonces_.clear();
        for (const Numbered& block : chain_) {
            for (const auto& tx : block.txs) {
                ++nonces_[tx.sender];
                for (const auto& use : tx.authorities)
                    for (std::uint64_t s = 1; s <= kSenders; ++s)
                        if (use.address == address_of(s)) ++nonces_[s];
            }
        }
    }
    eth::Nonce nonce(std::uint64_t sender) { return nonces_[sender]; }

    std::uint64_t sender_number(const eth::Address& address) const {
        for (std::uint64_t s = 1; s <= kSenders; ++s)
            if (address == address_of(s)) return s;
        return 0;
    }
    // Height of the block with the transaction, 0 for none.
    std::uint64_t mined_at(std::uint64_t id) const {
        for (std::size_t i = 0; i < chain_.size(); ++i)
            for (const auto& tx : chain_[i].txs)
                if (tx.id == id) return kFirst + i;
        return 0;
    }
    std::uint64_t branch_at(std::uint64_t number) const { return chain_[number - kFirst].branch; }

  private:
    std::mt19937_64 random_;
    std::map<std::uint64_t, eth::Nonce> nonces_;
    std::vector<Numbered> chain_;
    std::vector<Tx> txs_;
    std::uint64_t ids_{};
};

} // namespace viz::test
