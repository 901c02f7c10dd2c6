// What waits for the workers: blocks first, then candidates, the most profitable first, then
// transactions, the cheapest first: by what its sender's have cost on this head and the gas that it
// may use. So a flood of expensive ones delays an ordinary one by no more than those that run.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_set>
#include <variant>
#include <vector>

#include "bus/messages.hpp"
#include "components/sim/sender_time.hpp"

namespace viz::sim {

struct BlockWork {
    bus::ChainId chain;
    bus::Hash hash;
    std::int64_t arrived_mono_ns{};
};
struct CandidateWork {
    std::shared_ptr<const bus::Candidate> candidate;
};
struct SingleWork {
    std::shared_ptr<const bus::DecodedTx> tx;
};
using Work = std::variant<BlockWork, CandidateWork, SingleWork>;

class WorkQueue {
  public:
    static constexpr std::size_t kMostBlocks = 64;
    static constexpr std::size_t kMostCandidates = 1024;
    static constexpr std::size_t kMostHeldBack = 256;
    static constexpr std::size_t kMaxSingleSimulations = 4096;

    static constexpr std::size_t kMaxBytes = 64U << 20; // of transactions; and of candidates

    // `spent` outlives the queue; null: senders are alike.
    explicit WorkQueue(const SenderTime* spent = nullptr, std::size_t max_bytes = kMaxBytes)
        : spent_(spent), max_bytes_(max_bytes) {}

    // True when another one gave way: the oldest block, the oldest of the most expensive
    // transactions, the candidate that expects least.
    bool push(BlockWork work);
    bool push(CandidateWork work);
    bool push(SingleWork work);

    // A candidate of a block that has not been taken: waits until release(). True when the oldest
    // that waited so gave way.
    bool hold_back(CandidateWork work);
    // Once a block has been taken.
    void release();

    // Waits for work; nothing when stop is requested. Of a sender, one transaction at a time is
    // handed out: the next one after finished().
    std::optional<Work> pop(const std::stop_token& stop);
    void finished(const SingleWork& work);

    std::size_t depth() const;
    std::size_t bytes() const;

  private:
    using Singles = std::deque<SingleWork>;
    bool add(CandidateWork work);
    std::chrono::nanoseconds cost(const SingleWork& work) const;
    Singles::iterator cheapest();
    void drop_most_expensive();

    mutable std::mutex mutex_;
    std::condition_variable_any there_;
    std::deque<BlockWork> blocks_;
    std::vector<CandidateWork> candidates_; // in order of arrival: the best is looked for
    std::deque<CandidateWork> held_back_;
    Singles singles_;                          // in order of arrival: the cheapest is looked for
    std::unordered_set<bus::Address> in_work_; // their senders
    const SenderTime* spent_;
    std::size_t max_bytes_;
    std::size_t single_bytes_{};
    std::size_t candidate_bytes_{}; // of both kinds
};

} // namespace viz::sim
