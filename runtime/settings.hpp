// The table of settings behind config.hpp: one row per setting. --help, the manual page, shell
// completion and the annotated environment file are generated from it (settings_documents.hpp).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config.hpp"

namespace viz::runtime {

// In document order.
enum class SettingGroup : std::uint8_t {
    process,
    chains,
    lookups,
    lifecycle,
    http,
    record,
    labels,
    search,
    builder,
    tap,
    processes,
};
inline constexpr std::size_t kSettingGroups = 11;
std::string_view title(SettingGroup group);

struct Setting {
    std::string key;   // "max-seen-hashes"
    std::string value; // placeholder of the value in documents, with its unit: "MILLISECONDS"
    std::string what;  // one or two sentences, without the default
    // Absent: parse_configuration handles the setting itself (files, chains). Throws ConfigError
    // naming `name`.
    std::function<void(Config&, const std::string& value, const std::string& name)> apply;
    // The value as shown by --print-config and documents, secrets redacted.
    std::function<std::string(const Config&)> show;
    std::vector<std::string> choices; // all allowed values; empty: not an enumeration
    SettingGroup group{};
    std::string packaged; // the value in the service's environment file; empty: the default
};

// Grouped, in the order of SettingGroup.
const std::vector<Setting>& settings();
std::vector<std::string> setting_keys();

std::string environment_name(const std::string& key); // VIZ_API_MAX_SEEN_HASHES
std::optional<Action> action_flag(const std::string& name);

// Checks that involve more than one setting: throws ConfigError.
void validate(const Config& config);

} // namespace viz::runtime
