// Handles SIGTERM, SIGINT and SIGHUP on a separate thread. Construct before any other thread
// starts, so that all of them inherit the blocked mask.
#pragma once

#include <functional>
#include <thread>

namespace viz::runtime {

class SignalWatcher {
  public:
    // `on_first` runs on the watcher's thread at the first SIGTERM or SIGINT; the second one ends
    // the process immediately with status 128 + its number.
    // `on_hangup` runs there at every SIGHUP; without it SIGHUP has no effect.
    explicit SignalWatcher(std::function<void(int signal)> on_first,
                           std::function<void()> on_hangup = {});
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;

  private:
    void watch();

    std::function<void(int)> on_first_;
    std::function<void()> on_hangup_;
    std::jthread thread_;
};

} // namespace viz::runtime
