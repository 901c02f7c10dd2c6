#include "runtime/signals.hpp"

#include <csignal>
#include <cstdlib>

#include <pthread.h>
#include <unistd.h>

namespace viz::runtime {

namespace {

// Wakes the watcher when it has to end; not sent from outside the process.
constexpr int kWake = SIGUSR2;

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, kWake}) sigaddset(&set, signal);
    return set;
}

} // namespace

SignalWatcher::SignalWatcher(std::function<void(int)> on_first, std::function<void()> on_hangup)
    : on_first_(std::move(on_first)), on_hangup_(std::move(on_hangup)) {
    const auto set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // A client that closes its connection during a write must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    thread_ = std::jthread([this] { watch(); });
    pthread_setname_np(thread_.native_handle(), "viz-signals");
}

SignalWatcher::~SignalWatcher() {
    pthread_kill(thread_.native_handle(), kWake);
}

void SignalWatcher::watch() {
    const auto set = watched();
    for (bool stopping = false;;) {
        int signal = 0;
        if (sigwait(&set, &signal) != 0 || signal == kWake) return;
        if (signal == SIGHUP) {
            if (on_hangup_) on_hangup_();
            continue;
        }
        if (stopping) _exit(128 + signal);
        stopping = true;
        on_first_(signal);
    }
}

} // namespace viz::runtime
