// Counts bundles whose pending transactions are mined in the same order in a block of the bundle's
// range. Searcher transactions are never sent, so they do not count.
#pragma once

#include <deque>
#include <vector>

#include "components/builder/bundle.hpp"

namespace viz::builder {

class InclusionWatch {
  public:
    static constexpr std::size_t kMost = 4096; // maximum bundles; evicts the oldest

    void add(const Bundle& bundle);
    // The number of bundles included in this block. Each is counted once.
    std::size_t on_head(const bus::Head& head);
    std::size_t size() const { return watched_.size(); }

  private:
    struct Watched {
        bus::ChainId chain_id;
        std::vector<bus::Hash> hashes;
        bus::BlockNumber target_block;
        bus::BlockNumber max_block;
    };
    std::deque<Watched> watched_;
};

} // namespace viz::builder
