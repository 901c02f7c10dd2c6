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

bool expects_less(const CandidateWork& a, const CandidateWork& b) {
    return eth::signed_less(a.candidate->expected_net, b.candidate->expected_net);
}

} // namespace

bool WorkQueue::push(BlockWork work) {
    const std::scoped_lock lock(mutex_);
    there_.notify_one();
    return push_bounded(blocks_, work, kMostBlocks);
}

bool WorkQueue::push(SingleWork work) {
    const std::scoped_lock lock(mutex_);
    there_.notify_one();
    return push_bounded(singles_, std::move(work), kMaxSingleSimulations);
}

bool WorkQueue::push(CandidateWork work) {
    const std::scoped_lock lock(mutex_);
    there_.notify_one();
    return add(std::move(work));
}

bool WorkQueue::add(CandidateWork work) {
    candidates_.push_back(std::move(work));
    if (candidates_.size() <= kMostCandidates) return false;
    candidates_.erase(std::ranges::min_element(candidates_, expects_less));
    return true;
}

bool WorkQueue::hold_back(CandidateWork work) {
    const std::scoped_lock lock(mutex_);
    return push_bounded(held_back_, std::move(work), kMostHeldBack);
}

void WorkQueue::release() {
    const std::scoped_lock lock(mutex_);
    for (auto& work : held_back_) add(std::move(work));
    held_back_.clear();
    there_.notify_all();
}

std::optional<Work> WorkQueue::pop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto any = [&] { return !blocks_.empty() || !candidates_.empty() || !singles_.empty(); };
    if (!there_.wait(lock, stop, any)) return std::nullopt;
    if (!blocks_.empty()) return take_first(blocks_);
    if (candidates_.empty()) return take_first(singles_);
    const auto best = std::ranges::max_element(candidates_, expects_less);
    auto work = std::move(*best);
    candidates_.erase(best);
    return work;
}

std::size_t WorkQueue::depth() const {
    const std::scoped_lock lock(mutex_);
    return blocks_.size() + candidates_.size() + held_back_.size() + singles_.size();
}

} // namespace viz::sim
