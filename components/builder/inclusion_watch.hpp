// Whether what was in a bundle is mined as it was in it: the same pending transactions, in the same
// order, in a block that the bundle was good for. The searcher's own never are: nothing is sent.
#pragma once

#include <deque>
#include <vector>

#include "components/builder/bundle.hpp"

namespace viz::builder {

class InclusionWatch {
  public:
    static constexpr std::size_t kMost = 4096; // the oldest are forgotten

    void add(const Bundle& bundle);
    // How many bundles came true with this block. Each is told of once.
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
