// Keeps the canonical chain's recent headers and turns blocks, as they come, into an ordered
// story: heads whose parent is the previous head, and reorgs that name the common ancestor. What
// it needs to continue the story it asks for; it does not fetch.
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
        gap_too_long,  // blocks were missed for good: the story starts again with `first`
        inconsistent,  // numbers and parents contradict each other: what waited is let go
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

    // Does a block the node announced have to be fetched?
    bool knows(const eth::Hash& hash) const { return canonical_.contains(hash); }

    // A block the node announced as its newest.
    Step announce(bus::Head block);
    // What was asked for by `need`: one block, or a range in any order and with any missing.
    Step supply(std::vector<bus::Head> blocks);
    // The node does not have what was asked for: what waits is let go; the next announcement
    // starts anew.
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
