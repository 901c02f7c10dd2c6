// The table behind config.hpp: one row per setting.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
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
std::string trim(const std::string& text);
std::vector<std::string> split_list(const std::string& commas);

// The URL, if its scheme is `scheme` or its TLS form ("ws"/"wss", "http"/"https"). Throws.
std::string check_url(const std::string& url, const std::string& name, std::string_view scheme);

// What no single setting can tell: throws ConfigError.
void validate(const Config& config);

} // namespace viz::runtime
