#include <csignal>
#include <cstdlib>
#include <iostream>

#include "runtime/version.hpp"
#include "tools/viz_tap/commands.hpp"

namespace {

using namespace viz::tap;

// Signals are blocked in every thread and polled at safe points: no handler interrupts an
// operation.
class Interruption {
  public:
    Interruption() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    bool came() {
        const timespec at_once{};
        came_ = came_ || sigtimedwait(&signals_, nullptr, &at_once) > 0;
        return came_;
    }

  private:
    sigset_t signals_{};
    bool came_{};
};

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

int run(const Options& options, const CommandContext& context) {
    switch (options.command) {
    case Command::help:
        context.out << help_text();
        return kExitOk;
    case Command::version:
        context.out << "viz-tap " << viz::runtime::kVersion << " (" << viz::runtime::kRevision
                    << ", " << viz::runtime::kCompiler << ")\n";
        return kExitOk;
    case Command::list:
        return list(options, context);
    case Command::follow:
        return follow(options, context);
    case Command::rate:
        return rate(options, context);
    case Command::record:
        return record(options, context);
    case Command::play:
        return play(options, context);
    case Command::keygen:
        return keygen(options, context);
    }
    return kExitUsage;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const auto options =
            parse_options({argv + 1, argv + argc},
                          environment("VIZ_API_TAP_ENDPOINT", "ipc:///run/viz-api/tap.sock"),
                          environment("VIZ_API_PLAY_ENDPOINT", "ipc:///run/viz-api/play.sock"));
        Interruption interruption;
        return run(options, {std::cout, std::cerr, [&] { return interruption.came(); }});
    } catch (const UsageError& wrong) {
        std::cerr << "viz-tap: " << wrong.what() << " (see --help)\n";
        return kExitUsage;
    } catch (const std::exception& failure) {
        std::cerr << "viz-tap: " << failure.what() << "\n";
        return kExitFailed;
    }
}
