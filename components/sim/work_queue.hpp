// What waits for the workers: blocks first, then candidates, the most profitable first, then
// transactions, the newest of which give the older ones up when there are too many. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <variant>
#include <vector>

#include "bus/messages.hpp"

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

    // True when another one gave way: the oldest block or transaction, the candidate that expects
    // least.
    bool push(BlockWork work);
    bool push(CandidateWork work);
    bool push(SingleWork work);

    // A candidate of a block that has not been taken: waits until release(). True when the oldest
    // that waited so gave way.
    bool hold_back(CandidateWork work);
    // Once a block has been taken.
    void release();

    // Waits for work; nothing when stop is requested.
    std::optional<Work> pop(const std::stop_token& stop);

    std::size_t depth() const;

  private:
    bool add(CandidateWork work);

    mutable std::mutex mutex_;
    std::condition_variable_any there_;
    std::deque<BlockWork> blocks_;
    std::vector<CandidateWork> candidates_; // in order of arrival: the best is looked for
    std::deque<CandidateWork> held_back_;
    std::deque<SingleWork> singles_;
};

} // namespace viz::sim
