// Long reads are cut into slices, each a snapshot of its own, so that the writer can begin its
// write-ahead log anew: for that it needs a moment in which nobody reads. Slices back to back, or
// of several threads side by side, leave it none, and the log grew by hundreds of megabytes. So
// all slices pause together, kRest out of kEvery.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace viz::storage {

class ReadPacer {
  public:
    static constexpr std::chrono::milliseconds kEvery{400};
    static constexpr std::chrono::milliseconds kRest{30};

    // Around one slice. May wait for the rest.
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
    Clock::time_point last_rest_{Clock::now()}; // its end
    Clock::time_point idle_since_{last_rest_};
};

} // namespace viz::storage
