#include "components/storage/read_pacer.hpp"

#include <thread>

namespace viz::storage {

void ReadPacer::enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !resting_; });
    if (active_ == 0 && Clock::now() - idle_since_ >= kRest) last_rest_ = Clock::now();
    if (Clock::now() - last_rest_ >= kEvery) {
        resting_ = true;
        changed_.wait(lock, [&] { return active_ == 0; });
        lock.unlock();
        std::this_thread::sleep_for(kRest);
        lock.lock();
        last_rest_ = Clock::now();
        resting_ = false;
        changed_.notify_all();
    }
    ++active_;
}

void ReadPacer::leave() {
    const std::scoped_lock lock(mutex_);
    --active_;
    idle_since_ = Clock::now();
    changed_.notify_all();
}

} // namespace viz::storage
