// SIGTERM and SIGINT as a value to wait for. Construct before any other thread starts, so that
// all of them inherit the blocked mask.
#pragma once

#include <functional>
#include <thread>

namespace viz::runtime {

class SignalWatcher {
  public:
    // `on_first` runs on the watcher's thread at the first SIGTERM or SIGINT; the second ends the
    // process at once with status 128 + its number.
    explicit SignalWatcher(std::function<void(int signal)> on_first);
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;

  private:
    void watch();

    std::function<void(int)> on_first_;
    std::jthread thread_;
};

} // namespace viz::runtime
