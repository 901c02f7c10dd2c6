#include "runtime/start_checks.hpp"

#include <stdexcept>

#include "bus/curve.hpp"
#include "components/features/protocol_registry.hpp"
#include "http/listening.hpp"

namespace viz::runtime {

void check_start(const Config& config, bool listens) {
    try {
        if (listens) http::check_bind(config.bind);
    } catch (const std::runtime_error& bad) {
        throw ConfigError{bad.what()}; // begins with the setting's name
    }
    try {
        if (!config.curve_key_path.empty()) (void)bus::read_curve_key(config.curve_key_path);
    } catch (const bus::CurveError& bad) {
        throw ConfigError{std::string("curve-key-path: ") + bad.what()};
    }
    const auto registry =
        features::ProtocolRegistry::load(config.feature_registry_path, config.registry_overlay);
    if (!registry) throw ConfigError{"protocol registry: " + registry.error().message()};
}

} // namespace viz::runtime
