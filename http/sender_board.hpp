// How many pending transactions each sender of one chain has, kept sorted so that the busiest
// senders are found at a cost independent of the number of senders.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <unordered_map>

#include "bus/transaction_record.hpp"

namespace viz::http {

struct PendingCounts {
    std::uint64_t ready{};
    std::uint64_t blocked{};
    std::uint64_t unplaced{}; // decoded, the sender's next nonce not known yet
    std::uint64_t total() const { return ready + blocked + unplaced; }
    // The counter for pending transactions of this status.
    std::uint64_t& of(bus::LifecycleStatus status);
};

class SenderBoard {
  public:
    void add(const bus::Address& sender, bus::LifecycleStatus status);
    // The sender has one transaction of this status, which is removed.
    void remove(const bus::Address& sender, bus::LifecycleStatus status);
    // One of the sender's transactions changes its status.
    void change(const bus::Address& sender, bus::LifecycleStatus from, bus::LifecycleStatus to);

    std::size_t size() const { return senders_.size(); }

    // Most pending first, among equals the one that changed last, until `visit(address, counts)`
    // returns false.
    template <class Visit> void busiest(Visit visit) const {
        for (const auto& [total, rank] : ranks_)
            for (const auto* sender : rank)
                if (!visit(sender->first, sender->second.counts)) return;
    }

  private:
    struct Sender;
    using Senders = std::unordered_map<bus::Address, Sender>;
    using Rank = std::list<const Senders::value_type*>;
    struct Sender {
        PendingCounts counts;
        Rank::iterator place; // in the rank of its total; unused while that is 0
    };
    void move(Senders::iterator sender, std::uint64_t from_total);

    Senders senders_;
    std::map<std::uint64_t, Rank, std::greater<>> ranks_; // by total, none empty
};

} // namespace viz::http
