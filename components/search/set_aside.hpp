// Pending transactions that went beyond a bound of theirs: not executed again on the same head,
// and, where it was their own doing, not on so many heads after it, twice as many each time.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "components/eth/types.hpp"

namespace viz::search {

class SetAside {
  public:
    static constexpr std::size_t kMost = 16'384; // beyond, all are tried anew
    static constexpr unsigned kMostDoublings = 6;

    void new_head() { ++head_; }
    bool has(const eth::Hash& hash) const {
        const auto known = all_.find(hash);
        return known != all_.end() && head_ < known->second.until;
    }
    // For what it does itself, not because of a node or of others.
    bool has_for_itself(const eth::Hash& hash) const {
        const auto known = all_.find(hash);
        return known != all_.end() && head_ < known->second.until && known->second.for_itself;
    }
    // `for_itself`: for what it does; `lasting`: and so it would be beside no others.
    void add(const eth::Hash& hash, bool for_itself, bool lasting) {
        if (all_.size() >= kMost) all_.clear();
        auto& each = all_[hash];
        each.until =
            head_ + (lasting ? std::uint64_t{1} << std::min(each.times, kMostDoublings) : 1);
        each.for_itself = for_itself;
        if (lasting) ++each.times;
    }
    void forget(const eth::Hash& hash) { all_.erase(hash); }
    std::size_t size() const { return all_.size(); }

  private:
    struct Each {
        std::uint64_t until{}; // the first head on which it is tried again
        unsigned times{};
        bool for_itself{};
    };
    std::uint64_t head_{};
    std::unordered_map<eth::Hash, Each> all_;
};

} // namespace viz::search
