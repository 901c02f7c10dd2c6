// The table behind config.hpp: one row per setting.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/config.hpp"

namespace viz::runtime {

struct Setting {
    std::string key;  // "max-seen-hashes"
    std::string what; // for --help
    // Absent: handled by parse_configuration itself (files, chains). Throws ConfigError naming
    // `name`.
    std::function<void(Config&, const std::string& value, const std::string& name)> apply;
    // The value as --print-config and --help show it, secrets redacted.
    std::function<std::string(const Config&)> show;
};

const std::vector<Setting>& settings();

std::string environment_name(const std::string& key); // VIZ_API_MAX_SEEN_HASHES
std::optional<Action> action_flag(const std::string& name);

// What no single setting can tell: throws ConfigError.
void validate(const Config& config);

} // namespace viz::runtime
