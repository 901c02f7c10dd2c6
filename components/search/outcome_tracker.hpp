// The outcomes of candidates in their target block, from that block's execution: who moved first,
// who captured the profit, or why it was unavailable.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bus/messages.hpp"
#include "components/state/chain_view.hpp"

namespace viz::search {

// The texts are stable.
enum class Outcome : std::uint8_t {
    untaken,         // its members were mined with nobody before them: it was there, and left
    victim_replaced, // another transaction took a member's nonce, in the block or before it
    victim_dropped,  // a member was not pending any more
    base_fee_rose,   // above what a member pays at most
    moved_first,     // a slot that it stands on was moved by somebody before
    taken,           // by another, who was paid for by the coinbase payment named
    expired,         // the block came without its members
    reorged,         // the chain went on without the block it was found on
    unexamined,      // the block could not be executed, or what it stands on is not known any more
};
std::string_view to_string(Outcome outcome);

// What the record has of a find of an earlier life of the search.
struct EarlierFind {
    eth::Hash candidate_id;
    std::optional<eth::Hash> first_member;
    std::uint64_t block_number{}; // that it was found on
    eth::Hash block_hash;
};

// Not thread-safe. Bounded: the oldest candidate is dropped.
class OutcomeTracker {
  public:
    static constexpr std::size_t kMost = 4096;
    static constexpr std::size_t kMostBytes = 16U << 20; // beyond, their ends will be unexamined

    // Of the one that gave way: that nothing will be known of it.
    std::optional<bus::OppOutcome> note(const bus::Candidate& candidate);
    // Their next block says that nothing is known of them, but for those that are found again.
    void adopt(std::span<const EarlierFind> finds);
    // It is no opportunity: a simulation refused it.
    void forget(const eth::Hash& candidate_id);
    std::size_t bytes() const { return bytes_; }
    std::size_t open() const { return open_.size(); }

    // Of all candidates found on the block's parent, and of those on older blocks. `verdicts`: what
    // lifecycle said since the block before, in order; the last counts, the block more than any.
    std::vector<bus::OppOutcome> on_block(const state::TakenBlock& taken,
                                          std::span<const bus::Verdict> verdicts = {});

  private:
    struct Member {
        eth::Hash hash;
        eth::Address sender;
        std::uint64_t nonce{};
        eth::Wei max_fee;
    };
    struct Open {
        eth::Hash id;
        std::uint64_t number{};
        eth::Hash block;
        std::optional<eth::Hash> first_member;
        bool remembered{true}; // what follows
        std::vector<Member> members;
        std::vector<bus::SlotUse> writes; // sorted
        std::vector<eth::Address> pools;  // of its own swaps
        std::uint64_t order{};
    };
    using Verdicts = std::unordered_map<eth::Hash, const bus::Verdict*>;
    class Judge;

    static std::size_t bytes_of(const Open& open);

    std::unordered_map<eth::Hash, Open> open_;
    std::size_t bytes_{};
    std::uint64_t noted_{};
};

} // namespace viz::search
