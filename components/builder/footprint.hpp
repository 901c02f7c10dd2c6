// What a candidate depends on and changes: the data that decides which candidates conflict.
#pragma once

#include <vector>

#include "bus/opportunity.hpp"

namespace viz::builder {

struct Footprint {
    std::vector<eth::Hash> members;    // sorted, like all of these
    std::vector<eth::Address> senders; // senders of the members
    std::vector<bus::SlotUse> reads;
    std::vector<bus::SlotUse> writes;
};

Footprint footprint_of(const bus::Candidate& candidate);

// True when one writes a slot that the other reads or writes, or both use the same pending
// transaction or transactions of the same sender. Each candidate was simulated separately on the
// head, so the sender's next nonce and balance would be used twice.
bool conflict(const Footprint& a, const Footprint& b);

} // namespace viz::builder
