// Which transactions were pending after a given event: used by /replay, its checkpoints and
// viz-replay. Depends on the numbered log alone, so that two machines with the same log compute the
// same sets and the same hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/messages.hpp"

namespace viz::bus {

// How many transactions were pending after the event `seq_hi`.
struct PendingPoint {
    std::uint64_t seq_hi{};
    UnixMs timestamp; // of that event
    std::uint64_t pending_count{};
    friend bool operator==(const PendingPoint&, const PendingPoint&) = default;
};

// The fields of an event that the set depends on.
struct PendingStep {
    std::uint64_t seq_id{};
    UnixMs timestamp;
    EventType type{};
    ChainId chain_id;
    Hash hash;
};
PendingStep step_of(const Envelope& event);
// Whether events of this type can change the set; for other types the hash need not be known.
bool changes_pending(EventType type);

// Identifies a set of pending transactions: Keccak-256 over their hashes, sorted ascending and
// concatenated. Equal sets give equal hashes in any arrival order.
Hash checkpoint_hash(std::vector<Hash> pending);

// A transaction is pending from its TxDecoded, or the first TxReady, TxBlocked or TxReorged
// (lifecycle handles only decoded transactions, and its events may be recorded first), until it is
// replaced, dropped or included. One that left before its TxDecoded was recorded is remembered for
// kLateBody events, so that the late body does not add it again.
class PendingSet {
  public:
    static constexpr std::uint64_t kLateBody = 100'000;

    struct Key {
        Hash hash;
        ChainId chain_id;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    struct Member {
        Key key;
        bool awaits_body{}; // its TxDecoded is not recorded yet
        friend bool operator==(const Member&, const Member&) = default;
    };
    struct Gone { // left before its TxDecoded
        Key key;
        std::uint64_t seq_id{}; // of the event that removed it
        friend bool operator==(const Gone&, const Gone&) = default;
    };
    // The differences between two points of the log. Sorted.
    struct Changes {
        std::vector<Member> put;
        std::vector<Key> removed;
    };

    PendingSet() = default;
    PendingSet(const std::vector<Member>& members, const std::vector<Gone>& gone);

    void apply(const PendingStep& step);

    std::uint64_t count() const { return members_.size(); }
    std::vector<Hash> sorted_hashes() const;
    std::vector<Member> members() const; // sorted
    std::vector<Gone> gone() const;      // sorted; those still remembered

    // From now on take_changes() returns the changes since its last call.
    void track_changes() { tracking_ = true; }
    Changes take_changes();

  private:
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return std::hash<Hash>()(key.hash) ^ static_cast<std::size_t>(key.chain_id.value);
        }
    };
    void note(const Key& key);
    void enter(const Key& key, bool decoded);
    void leave(const Key& key, bool for_good);
    bool left_lately(const Key& key) const;

    std::unordered_map<Key, bool, KeyHash> members_; // -> awaits_body
    std::unordered_map<Key, std::uint64_t, KeyHash> gone_;
    std::uint64_t seq_id_{};
    bool tracking_{};
    // State before the first change; std::nullopt: not a member.
    std::unordered_map<Key, std::optional<bool>, KeyHash> before_;
};

} // namespace viz::bus
