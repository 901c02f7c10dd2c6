// Tracks the pending transactions of one chain: which are ready, which wait for a missing nonce,
// which were replaced, dropped, mined, became final, or returned after a reorganisation.
//
// The account nonce is authoritative, presence in a node's pool only advisory. Pure: no clock, no
// sockets; the same inputs give the same outputs. Events report only changes, so nothing is
// reported twice after recover(). Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bus/messages.hpp"
#include "components/lifecycle/block_window.hpp"
#include "components/lifecycle/config.hpp"
#include "components/lifecycle/entry.hpp"
#include "components/lifecycle/eviction_lists.hpp"
#include "components/lifecycle/final_memory.hpp"
#include "components/lifecycle/pending_queries.hpp"
#include "components/lifecycle/sender_queue.hpp"

namespace viz::lifecycle {

// Results are appended; the caller clears it.
struct Output {
    std::vector<bus::EventData> events;
    std::vector<bus::ChainQuery> queries;
};

// A recorded transaction that is not final, with its last recorded status.
struct RecoveredTx {
    bus::TxDecoded tx;
    bool backfilled{};
    Status status{Status::pending};
    std::string reason;               // reason of the last lifecycle event; needed for dropped
    std::optional<bus::Hash> by;      // replaced: the replacement; dropped: `by`
    bus::Nonce expected_nonce{};      // blocked
    bus::BlockNumber block_number;    // confirmed_provisional
    bus::Hash block_hash;             // confirmed_provisional
    std::int64_t block_timestamp_s{}; // confirmed_provisional
};
struct Recovery {
    std::vector<RecoveredTx> transactions; // in order of first seen
    std::vector<bus::BlockRecord> blocks;  // the newest canonical blocks, ascending
};

struct Counters {
    std::array<std::size_t, kStatusCount> transactions{}; // currently tracked, by Status
    std::size_t senders{};
    std::uint64_t evicted_sender_limit{};
    std::uint64_t evicted_pool_limit{};
    std::uint64_t forgotten_losers{}; // evicted after they were replaced or dropped
    std::uint64_t nonce_queries{};    // addresses queried, repetitions included
    std::uint64_t presence_queries{}; // hashes queried, repetitions included
    std::uint64_t answers_unmatched{};
    std::uint64_t duplicates{};   // transactions received again
    std::uint64_t rebroadcasts{}; // … after they became final and were evicted
    std::uint64_t replacements{};
    std::uint64_t private_winners{}; // nonces used by a transaction never seen pending
    std::uint64_t reorgs{};
    std::uint64_t last_reorg_depth{};
    std::uint64_t reorgs_beyond_window{};
    std::uint64_t ignored_reorgs{}; // above our head, or repeated
    std::uint64_t head_gaps{};      // heads whose parent is unknown
    std::uint64_t duplicate_heads{};
};

class Pool {
  public:
    // `config` must pass check().
    Pool(bus::ChainId chain_id, const Config& config);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Call before any other input. Emits nothing; changes since the record are learned from the
    // node and then reported once.
    void recover(const Recovery& recovery, bus::MonoNs now);

    void on_transaction(const bus::DecodedTx& tx, bus::MonoNs now, Output& out);
    void on_head(const bus::Head& head, bus::MonoNs now, Output& out);
    void on_reorg(const bus::Reorg& reorg, bus::MonoNs now, Output& out);
    void on_account_nonce(const bus::AccountNonce& answer, bus::MonoNs now, Output& out);
    void on_presence(const bus::TxPresence& answer, bus::MonoNs now, Output& out);
    // Emits the queries that are due. Call every few tens of milliseconds.
    void tick(bus::MonoNs now, Output& out);

    struct View {
        Status status;
        bus::Address sender;
        bus::Nonce nonce;
        bus::Nonce expected_nonce;             // blocked
        std::optional<DropReason> drop_reason; // dropped
        std::optional<bus::BlockNumber> block; // confirmed
        std::optional<bus::Hash> block_hash;   // confirmed
    };
    std::optional<View> view(const bus::Hash& hash) const;
    // Returns nullopt when the nonce is unknown or no transaction of the sender is tracked.
    std::optional<bus::Nonce> next_nonce(const bus::Address& sender) const;
    // Open transactions in nonce order.
    std::vector<bus::Hash> queue(const bus::Address& sender) const;
    std::size_t size() const { return entries_.size(); }
    const Counters& counters() const { return counters_; }
    const BlockWindow& window() const { return window_; }

  private:
    struct Mined {
        bus::BlockNumber number;
        bus::Hash hash;
        std::int64_t timestamp_s{}; // 0: the block was never received
    };

    // pool.cpp: arrival, competition, standing, answers
    SenderQueue& sender_of(const bus::Address& address);
    Entry& add(const bus::Hash& hash, const bus::Address& sender, bus::Nonce nonce);
    void seen_again(Entry& entry, bus::MonoNs now, Output& out);
    void compete(SenderQueue& sender, Entry& newcomer, Output& out);
    void reclaim(SenderQueue& sender, Entry& entry, Output& out);
    void place(SenderQueue& sender, Entry& entry, bus::MonoNs now, Output& out);
    void review(SenderQueue& sender, bus::MonoNs now, Output& out);
    void ask_about_overtaken(const SenderQueue& sender, bus::MonoNs now);
    void mined_answer(Entry& entry, const bus::TxPresence& answer, bus::MonoNs now, Output& out);
    void absent_answer(Entry& entry, bus::MonoNs now, Output& out);
    void enforce_limits(SenderQueue& sender, Output& out);

    // reports.cpp: the difference between current and reported state
    void report_loss(Entry& entry, Output& out);
    void report_standing(const SenderQueue::Standing& standing, Output& out);
    void report_confirmed(Entry& entry, Output& out);
    void report_final_if_deep(Entry& entry, Output& out);
    void set_reported(Entry& entry, Status status);
    void refile(Entry& entry);

    // chain_tracking.cpp: blocks applied and reverted
    bool follows(const bus::Head& head, bus::MonoNs now, Output& out);
    void settle_block(const WindowBlock& block, bus::MonoNs now, Output& out);
    void confirm(Entry& entry, const Mined& mined, Output& out);
    void use_nonce(Entry& entry, std::optional<bus::Hash> by, bus::BlockNumber at, Output& out);
    void set_chain(Entry& entry, ChainStanding standing, bus::BlockNumber at);
    void unconfirm(Entry& entry, std::uint64_t depth, Output& out);
    void take_back(const bus::Reorg& reorg, bus::MonoNs now, Output& out);
    void roll_back_nonces(const WindowBlock& block, bus::BlockNumber ancestor);
    void reopen_above(const bus::Reorg& reorg, bus::MonoNs now, Output& out);
    void lose_continuity(bus::MonoNs now);
    void ask_all_nonces(bus::MonoNs now);
    void finalise(Output& out);
    void begin_touching();
    void touch(SenderQueue& sender);
    void forget_old();
    void forget(Entry& entry);
    bus::BlockNumber head_number() const;

    bus::ChainId chain_id_;
    Config config_;
    BlockWindow window_;
    std::unordered_map<bus::Hash, Entry> entries_;
    std::unordered_map<bus::Address, SenderQueue> senders_;
    EvictionLists eviction_lists_;
    std::map<bus::BlockNumber, std::vector<Entry*>> settled_; // by the block since which it holds
    std::optional<bus::BlockNumber> final_through_;           // blocks up to this one are final
    FinalMemory finals_;
    PendingQueries<bus::Address> nonce_book_;
    PendingQueries<bus::Hash> presence_book_;
    std::uint64_t arrivals_{};
    Counters counters_;
    // Scratch buffers, to avoid allocations.
    std::vector<SenderQueue::Standing> standings_;
    std::vector<Entry*> found_;
    std::vector<SenderQueue*> touched_; // each sender at most once per round
    std::uint64_t touch_round_{};
};

} // namespace viz::lifecycle
