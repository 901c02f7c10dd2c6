#include "runtime/bootstrap.hpp"

#include <csignal>
#include <future>
#include <mutex>
#include <ostream>
#include <system_error>

#include <spdlog/spdlog.h>

#include "components/storage/schema.hpp"
#include "runtime/logging.hpp"
#include "runtime/node_runtime_builder.hpp"
#include "runtime/service_manager.hpp"
#include "runtime/settings_documents.hpp"
#include "runtime/signals.hpp"
#include "runtime/start_checks.hpp"
#include "runtime/version.hpp"

namespace viz::runtime {

namespace {

// Why the process ends: a signal or a failed component.
struct Ending {
    int status{kExitOk};
    std::string reason;
};

int run_node(const Config& config, std::ostream& error) {
    const auto sockets = service_manager::take_sockets();
    check_start(config, !sockets.empty());
    start_logging(config.log);
    std::promise<Ending> ended;
    std::once_flag once;
    const auto end = [&](Ending ending) {
        std::call_once(once, [&] { ended.set_value(std::move(ending)); });
    };
    std::mutex reloading;
    NodeRuntime* reloads = nullptr; // set while a reload can be requested
    const auto let_reload = [&](NodeRuntime* runtime) {
        const std::lock_guard lock(reloading);
        reloads = runtime;
    };
    const SignalWatcher signals(
        [&](int signal) {
            end({kExitOk, signal == SIGTERM ? "SIGTERM" : "SIGINT"});
        },
        [&] {
            const std::lock_guard lock(reloading);
            if (reloads != nullptr) reloads->reload_registry();
        });

    auto runtime = NodeRuntimeBuilder()
                       .config(config)
                       .sockets(sockets)
                       .on_fatal([&](const std::string& what) {
                           end({kExitFailed, what});
                       })
                       .build();
    try {
        runtime.start();
    } catch (const std::exception& failure) {
        spdlog::error("start-up failed: {}", failure.what());
        error << "viz-api: " << failure.what() << std::endl;
        return kExitFailed;
    }
    let_reload(&runtime);
    service_manager::ready("listening on port " + std::to_string(runtime.http_port()));

    const auto ending = ended.get_future().get();
    let_reload(nullptr);
    spdlog::info("stopping reason=\"{}\"", ending.reason);
    service_manager::stopping();
    runtime.shutdown();
    spdlog::info("stopped status={}", ending.status);
    stop_logging();
    return ending.status;
}

} // namespace

int run_program(const std::vector<std::string>& arguments, const Environment& environment,
                std::ostream& out, std::ostream& error) {
    try {
        const auto parsed = parse_configuration(arguments, environment);
        switch (parsed.action) {
        case Action::help:
            out << help_text();
            return kExitOk;
        case Action::print_environment_file:
            out << environment_file();
            return kExitOk;
        case Action::print_completion_bash:
            out << bash_completion();
            return kExitOk;
        case Action::print_completion_zsh:
            out << zsh_completion();
            return kExitOk;
        case Action::version:
            out << "viz-api " << kVersion << " (" << kRevision << ", " << kCompiler << ")\n"
                << "store version " << storage::kStoreVersion << '\n';
            return kExitOk;
        case Action::print_config:
            out << print_config(parsed.config);
            return kExitOk;
        case Action::check_config:
            check_start(parsed.config, false);
            out << "configuration ok\n";
            return kExitOk;
        case Action::run:
            return run_node(parsed.config, error);
        }
    } catch (const ConfigError& bad) {
        error << "viz-api: " << bad.message << std::endl;
        return kExitUsage;
    } catch (const std::system_error& failure) { // the environment of the process is broken
        error << "viz-api: " << failure.what() << std::endl;
    }
    return kExitFailed;
}

} // namespace viz::runtime
