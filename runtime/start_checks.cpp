#include "runtime/start_checks.hpp"

#include <filesystem>

#include "bus/curve.hpp"
#include "bus/private_endpoint.hpp"
#include "http/listening.hpp"
#include "runtime/bridges.hpp"
#include "runtime/node_runtime.hpp"
#include "runtime/wiring.hpp"

namespace viz::runtime {

namespace {

// Runs a check of another component and adds the setting's name to its error.
template <class Check> void named(const std::string& setting, Check check) {
    try {
        check();
    } catch (const std::exception& refused) {
        throw ConfigError{setting + ": " + refused.what()};
    }
}

void check_endpoint(const Config& config, const std::string& setting, const std::string& address) {
    if (!address.starts_with("ipc://")) return;
    std::string why;
    const auto endpoint = bus::parse_endpoint(address, why);
    if (!endpoint) throw ConfigError{setting + ": " + why};
    named(setting, [&] { bus::check_private(beside_the_record(config, address)); });
}

} // namespace

void check_start(const Config& config, bool bound) {
    if (runs(config, "http") && !bound) named("bind", [&] { http::check_bind(config.bind); });
    check_endpoint(config, "tap-endpoint", config.tap_endpoint);
    check_endpoint(config, "play-endpoint", config.play_endpoint);
    for (const auto& [stream, address] : config.endpoint_overrides)
        check_endpoint(config, "endpoints", address);
    if (!config.curve_key_path.empty())
        named("curve-key-path", [&] { (void)bus::read_curve_key(config.curve_key_path); });
    if (runs(config, "features") || runs(config, "search"))
        named("feature-registry-path, registry-overlay", [&] { (void)load_registry(config); });
    if (runs(config, "storage") && std::filesystem::is_directory(config.storage_path))
        throw ConfigError{"storage-path: expected a file, got a folder: " + config.storage_path};
    named("chains", [&] { check_chains(config); });
}

} // namespace viz::runtime
