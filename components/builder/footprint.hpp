// What a candidate stands on and moves: the part of it that decides which others it excludes.
#pragma once

#include <vector>

#include "bus/opportunity.hpp"

namespace viz::builder {

struct Footprint {
    std::vector<eth::Hash> members;    // sorted, as all of them
    std::vector<eth::Address> senders; // of the members
    std::vector<bus::SlotUse> reads;
    std::vector<bus::SlotUse> writes;
};

Footprint footprint_of(const bus::Candidate& candidate);

// One moves a slot the other stands on, or both use a pending transaction, or the transactions of
// one sender: each was simulated by itself on the head, so the sender's next nonce and balance were
// counted twice.
bool conflict(const Footprint& a, const Footprint& b);

} // namespace viz::builder
