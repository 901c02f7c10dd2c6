// The pending transactions of a chain that a search may need: calls of contracts, by sender and
// nonce. Bounded by number and bytes; the oldest are forgotten.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

#include "components/search/trial.hpp"

namespace viz::search {

struct PooledCall {
    Pending pending;
    std::int64_t first_seen_mono_ns{};
    bool wanted{}; // to be searched for itself; others only where one of their sender's needs them
};

class Mempool {
  public:
    static constexpr std::size_t kMostBytes = 24U << 20;
    explicit Mempool(std::size_t capacity = 8192, std::size_t max_bytes = kMostBytes)
        : capacity_(capacity), max_bytes_(max_bytes) {}

    // Takes the place of one with the same sender and nonce, whose hash is returned. What is here
    // already changes nothing.
    std::optional<eth::Hash> add(PooledCall call);
    // Known to be wanted only later. False when it is not here.
    bool want(const eth::Hash& hash);
    // The sender's transactions up to that nonce are settled. Returns those that went.
    std::vector<PooledCall> settle(const eth::Address& sender, std::uint64_t nonce);
    void remove(const eth::Hash& hash);

    bool has(const eth::Address& sender, std::uint64_t nonce) const;
    // Null when it is not here. The pointer holds until the next change.
    const PooledCall* find(const eth::Hash& hash) const;
    // The sender's transactions, in order of their nonces.
    std::vector<const PooledCall*> of(const eth::Address& sender) const;
    // The newest wanted ones, at most so many, in order of arrival.
    std::vector<const PooledCall*> newest_wanted(std::size_t most) const;

    std::size_t size() const { return calls_.size(); }
    std::size_t bytes() const { return bytes_; }
    std::size_t wanted() const { return wanted_; }
    std::uint64_t forgotten() const { return forgotten_; } // to keep to the capacity

  private:
    using Calls = std::list<PooledCall>; // in order of arrival
    void erase(Calls::iterator call);

    std::size_t capacity_;
    std::size_t max_bytes_;
    std::size_t bytes_{};
    std::uint64_t forgotten_{};
    std::size_t wanted_{};
    Calls calls_;
    std::unordered_map<eth::Hash, Calls::iterator> by_hash_;
    std::unordered_map<eth::Address, std::map<std::uint64_t, Calls::iterator>> by_sender_;
};

} // namespace viz::search
