// Long reads are cut into slices, each with its own snapshot, so that the writer can restart its
// write-ahead log, which requires a moment without readers. Consecutive slices, or parallel slices
// of several threads, leave no such moment, and the log grew by hundreds of megabytes. So all
// slices pause together, for kRest in every kEvery.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace viz::storage {

class ReadPacer {
  public:
    static constexpr std::chrono::milliseconds kEvery{400};
    static constexpr std::chrono::milliseconds kRest{30};

    // Scope of one slice. The constructor may wait for the pause.
    class Slice {
      public:
        explicit Slice(ReadPacer& pacer) : pacer_(pacer) { pacer_.enter(); }
        ~Slice() { pacer_.leave(); }
        Slice(const Slice&) = delete;
        Slice& operator=(const Slice&) = delete;

      private:
        ReadPacer& pacer_;
    };

  private:
    using Clock = std::chrono::steady_clock;
    void enter();
    void leave();

    std::mutex mutex_;
    std::condition_variable changed_;
    int active_{};
    bool resting_{};
    Clock::time_point last_rest_{Clock::now()}; // end of the last pause
    Clock::time_point idle_since_{last_rest_};
};

} // namespace viz::storage
