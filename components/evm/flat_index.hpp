// Containers of the overlay: a store whose entries never move, and a hash index of entry numbers.
// Entries are never removed, so both are simple and copy as values.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::evm {

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const eth::Uint128 product =
        static_cast<eth::Uint128>(a ^ 0x9e3779b97f4a7c15ULL) * (b ^ 0xd6e8feb86659fd93ULL);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
inline std::uint64_t hash_of(const eth::Address& address) {
    std::uint64_t words[2];
    std::uint32_t rest{};
    std::memcpy(words, address.bytes.data(), 16);
    std::memcpy(&rest, address.bytes.data() + 16, 4);
    return mix(mix(words[0], words[1]), rest);
}
inline std::uint64_t hash_of(std::uint64_t owner, const eth::U256& key) {
    return mix(mix(key.limbs[0] ^ owner, key.limbs[1]), mix(key.limbs[2], key.limbs[3] + owner));
}

// References stay valid while entries are added.
template <class T> class StableStore {
  public:
    T& operator[](std::uint32_t i) { return chunks_[i / kChunk][i % kChunk]; }
    const T& operator[](std::uint32_t i) const { return chunks_[i / kChunk][i % kChunk]; }
    std::uint32_t size() const { return size_; }
    std::uint32_t add() {
        if (size_ % kChunk == 0) chunks_.emplace_back(kChunk);
        return size_++;
    }

  private:
    static constexpr std::uint32_t kChunk = 32;
    std::vector<std::vector<T>> chunks_;
    std::uint32_t size_{};
};

// Open addressing from hashes to numbers; the caller decides whether a number matches.
class FlatIndex {
  public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    template <class Same> std::uint32_t find(std::uint64_t hash, Same&& same) const {
        if (cells_.empty()) return kNone;
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        for (auto at = static_cast<std::size_t>(hash) & mask();; at = (at + 1) & mask()) {
            const Cell& cell = cells_[at];
            if (cell.id == kNone) return kNone;
            if (cell.tag == tag && same(cell.id)) return cell.id;
        }
    }
    // `hash_of_id` recomputes an entry's hash when the table grows.
    template <class HashOfId>
    void insert(std::uint64_t hash, std::uint32_t id, HashOfId&& hash_of_id) {
        if (2 * (count_ + 1) > cells_.size()) {
            std::vector<Cell> old(cells_.empty() ? 64 : 2 * cells_.size());
            old.swap(cells_);
            for (const auto& cell : old)
                if (cell.id != kNone) place(hash_of_id(cell.id), cell.id);
        }
        place(hash, id);
        ++count_;
    }

  private:
    struct Cell {
        std::uint32_t tag{};
        std::uint32_t id{kNone};
    };
    std::size_t mask() const { return cells_.size() - 1; }
    void place(std::uint64_t hash, std::uint32_t id) {
        auto at = static_cast<std::size_t>(hash) & mask();
        while (cells_[at].id != kNone) at = (at + 1) & mask();
        cells_[at] = {static_cast<std::uint32_t>(hash >> 32), id};
    }

    std::vector<Cell> cells_; // a power of two, at most half full
    std::size_t count_{};
};

} // namespace viz::evm
