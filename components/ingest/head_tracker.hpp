// Keeps the canonical chain's recent headers and turns arriving blocks into an ordered sequence of
// events: heads whose parent is the previous head, and reorgs that name the common ancestor. It
// names the blocks that it needs to continue; it does not fetch them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "bus/messages.hpp"
#include "components/ingest/config.hpp"

namespace viz::ingest {

using ChainEvent = std::variant<bus::Reorg, bus::Head>;

class HeadTracker {
  public:
    struct Limits {
        std::size_t window{128};   // headers kept: the deepest reorg that can be followed
        std::size_t catch_up{256}; // blocks held or fetched to bridge a gap
    };
    // `recovered`: the canonical headers of the last run, consecutive, oldest first.
    HeadTracker(eth::ChainId chain_id, Limits limits, const std::vector<HeadSeed>& recovered = {});

    enum class Note : std::uint8_t {
        known,         // nothing new
        extended,      // one or more heads follow
        reorganised,   // a reorg and its heads follow
        waiting,       // see `need`
        gap_too_long,  // blocks are missed for good: the sequence restarts with `first`
        inconsistent,  // numbers and parents contradict each other: waiting blocks are dropped
        beyond_window, // as gap_too_long, because the branch leaves the chain below the window
    };
    struct NeedBlock {
        eth::Hash hash;
    };
    struct NeedRange { // inclusive
        eth::BlockNumber from;
        eth::BlockNumber to;
    };
    struct Step {
        Note note{Note::known};
        std::vector<ChainEvent> events; // in order
        std::variant<std::monostate, NeedBlock, NeedRange> need;
        std::uint64_t missed_blocks{}; // with gap_too_long
    };

    // Whether a block that the node announced has to be fetched.
    bool knows(const eth::Hash& hash) const { return canonical_.contains(hash); }

    // A block that the node announced as its newest.
    Step announce(bus::Head block);
    // The answer to `need`: one block, or a range in any order, possibly incomplete.
    Step supply(std::vector<bus::Head> blocks);
    // The node does not have the requested blocks: waiting blocks are dropped and the next
    // announcement starts again.
    void abandon();

    // The newest canonical block.
    std::optional<HeadSeed> tip() const;

  private:
    Step advance();
    Step start_again(Note note, std::uint64_t missed, const std::vector<eth::Hash>& branch);
    Step join(const HeadSeed& ancestor, const std::vector<eth::Hash>& branch);
    void append(const std::vector<eth::Hash>& branch, Step& step);
    void remember(const HeadSeed& head);

    eth::ChainId chain_id_;
    Limits limits_;
    std::deque<HeadSeed> ring_;                              // oldest first
    std::unordered_map<eth::Hash, std::uint64_t> canonical_; // of ring_: hash to number
    std::unordered_map<eth::Hash, bus::Head> waiting_;
    std::optional<eth::Hash> target_; // announced, not yet joined
    bool asked_range_{};              // for this target: from then on only by hash
};

} // namespace viz::ingest
