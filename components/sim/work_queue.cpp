#include "components/sim/work_queue.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::sim {

namespace {

template <class T> bool push_bounded(std::deque<T>& queue, T work, std::size_t most) {
    const bool full = queue.size() >= most;
    if (full) queue.pop_front();
    queue.push_back(std::move(work));
    return full;
}

template <class T> T take_first(std::deque<T>& queue) {
    T first = std::move(queue.front());
    queue.pop_front();
    return first;
}

// Of gas that may be used: some ten million a second, so that the most that a transaction may use
// is about the time that a simulation may take.
constexpr std::chrono::nanoseconds kPerGas{100};

std::size_t bytes_of(const SingleWork& work) {
    return sizeof(bus::DecodedTx) + work.tx->calldata.size() + work.tx->raw.size();
}

std::size_t bytes_of(const CandidateWork& work) {
    std::size_t bytes =
        sizeof(bus::Candidate) +
        (work.candidate->reads.size() + work.candidate->writes.size()) * sizeof(bus::SlotUse);
    for (const auto& member : work.candidate->members) bytes += sizeof member + member.raw.size();
    return bytes;
}

bool expects_less(const CandidateWork& a, const CandidateWork& b) {
    return eth::signed_less(a.candidate->expected_net, b.candidate->expected_net);
}

} // namespace

bool WorkQueue::push(BlockWork work) {
    const std::scoped_lock lock(mutex_);
    there_.notify_one();
    return push_bounded(blocks_, work, kMostBlocks);
}

std::chrono::nanoseconds WorkQueue::cost(const SingleWork& work) const {
    const auto gas = std::min<std::uint64_t>(work.tx->gas_limit.value, 1'000'000'000);
    const auto may_take = kPerGas * static_cast<std::int64_t>(gas);
    return spent_ != nullptr ? spent_->spent(work.tx->sender) + may_take : may_take;
}

// The oldest of them; the end where all that wait have to wait for one of their sender's.
WorkQueue::Singles::iterator WorkQueue::cheapest() {
    auto best = singles_.end();
    std::chrono::nanoseconds least{};
    for (auto at = singles_.begin(); at != singles_.end(); ++at) {
        if (in_work_.contains(at->tx->sender)) continue;
        const auto takes = cost(*at);
        if (best != singles_.end() && takes >= least) continue;
        best = at;
        least = takes;
    }
    return best;
}

void WorkQueue::drop_most_expensive() {
    const auto worst = std::ranges::max_element(
        singles_, [this](const auto& a, const auto& b) { return cost(a) < cost(b); });
    single_bytes_ -= bytes_of(*worst);
    singles_.erase(worst);
}

bool WorkQueue::push(SingleWork work) {
    const std::scoped_lock lock(mutex_);
    there_.notify_one();
    single_bytes_ += bytes_of(work);
    singles_.push_back(std::move(work));
    bool gave_way = false;
    for (; singles_.size() > kMaxSingleSimulations || single_bytes_ > max_bytes_; gave_way = true)
        drop_most_expensive();
    return gave_way;
}

void WorkQueue::finished(const SingleWork& work) {
    const std::scoped_lock lock(mutex_);
    in_work_.erase(work.tx->sender);
    there_.notify_one();
}

bool WorkQueue::push(CandidateWork work) {
    const std::scoped_lock lock(mutex_);
    there_.notify_one();
    return add(std::move(work));
}

bool WorkQueue::add(CandidateWork work) {
    candidate_bytes_ += bytes_of(work);
    candidates_.push_back(std::move(work));
    bool gave_way = false;
    while (candidates_.size() > kMostCandidates ||
           (candidate_bytes_ > max_bytes_ && !candidates_.empty())) {
        const auto least = std::ranges::min_element(candidates_, expects_less);
        candidate_bytes_ -= bytes_of(*least);
        candidates_.erase(least);
        gave_way = true;
    }
    return gave_way;
}

bool WorkQueue::hold_back(CandidateWork work) {
    const std::scoped_lock lock(mutex_);
    candidate_bytes_ += bytes_of(work);
    held_back_.push_back(std::move(work));
    bool gave_way = false;
    while (held_back_.size() > kMostHeldBack ||
           (candidate_bytes_ > max_bytes_ && !held_back_.empty())) {
        candidate_bytes_ -= bytes_of(held_back_.front());
        held_back_.pop_front();
        gave_way = true;
    }
    return gave_way;
}

void WorkQueue::release() {
    const std::scoped_lock lock(mutex_);
    for (auto& work : std::exchange(held_back_, {})) {
        candidate_bytes_ -= bytes_of(work);
        add(std::move(work));
    }
    there_.notify_all();
}

std::optional<Work> WorkQueue::pop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    auto single = singles_.end();
    const auto any = [&] {
        return !blocks_.empty() || !candidates_.empty() || (single = cheapest()) != singles_.end();
    };
    if (!there_.wait(lock, stop, any)) return std::nullopt;
    if (!blocks_.empty()) return take_first(blocks_);
    if (candidates_.empty()) {
        auto work = std::move(*single);
        singles_.erase(single);
        single_bytes_ -= bytes_of(work);
        in_work_.insert(work.tx->sender);
        return work;
    }
    const auto best = std::ranges::max_element(candidates_, expects_less);
    auto work = std::move(*best);
    candidates_.erase(best);
    candidate_bytes_ -= bytes_of(work);
    return work;
}

std::size_t WorkQueue::depth() const {
    const std::scoped_lock lock(mutex_);
    return blocks_.size() + candidates_.size() + held_back_.size() + singles_.size();
}

std::size_t WorkQueue::bytes() const {
    const std::scoped_lock lock(mutex_);
    return single_bytes_ + candidate_bytes_;
}

} // namespace viz::sim
