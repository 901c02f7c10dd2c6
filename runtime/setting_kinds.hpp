// Kinds of settings: each function makes a table row from a member of Config.
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "runtime/settings.hpp"

namespace viz::runtime {

[[noreturn]] inline void fail(const std::string& name, const std::string& expected,
                              const std::string& value) {
    throw ConfigError{name + ": expected " + expected + ", got \"" + value + "\""};
}

// A whole number from low to high.
template <class Int>
Setting number(std::string key, std::string unit, std::string what, Int Config::*member, Int low,
               Int high) {
    const auto range = std::to_string(low) + "-" + std::to_string(high);
    return Setting{.key = std::move(key),
                   .value = std::move(unit),
                   .what = std::move(what),
                   .apply =
                       [=](Config& config, const std::string& value, const std::string& name) {
                           Int parsed{};
                           const auto [end, error] =
                               std::from_chars(value.data(), value.data() + value.size(), parsed);
                           if (error != std::errc{} || end != value.data() + value.size() ||
                               parsed < low || parsed > high)
                               fail(name, "a whole number of " + range, value);
                           config.*member = parsed;
                       },
                   .show = [=](const Config& config) { return std::to_string(config.*member); },
                   .choices = {},
                   .packaged = {}};
}

inline Setting text(std::string key, std::string value, std::string what,
                    std::string Config::*member) {
    return Setting{.key = std::move(key),
                   .value = std::move(value),
                   .what = std::move(what),
                   .apply = [=](Config& config, const std::string& given,
                                const std::string&) { config.*member = given; },
                   .show = [=](const Config& config) { return config.*member; },
                   .choices = {},
                   .packaged = {}};
}

inline Setting choice(std::string key, std::string what, std::string Config::*member,
                      const std::vector<std::string>& choices) {
    std::string all;
    for (const auto& one : choices) all += (all.empty() ? "" : "|") + one;
    return Setting{.key = std::move(key),
                   .value = all,
                   .what = std::move(what),
                   .apply =
                       [=](Config& config, const std::string& value, const std::string& name) {
                           if (std::find(choices.begin(), choices.end(), value) == choices.end())
                               fail(name, "one of " + all, value);
                           config.*member = value;
                       },
                   .show = [=](const Config& config) { return config.*member; },
                   .choices = choices,
                   .packaged = {}};
}

// A Unix socket that the service listens on.
inline Setting socket_file(std::string key, std::string what, std::string Config::*member) {
    return Setting{.key = std::move(key),
                   .value = "ipc://PATH",
                   .what = std::move(what) + " A relative path is relative to the record's folder; "
                                             "empty: off.",
                   .apply =
                       [=](Config& config, const std::string& value, const std::string& name) {
                           std::string why;
                           const auto endpoint = bus::parse_endpoint(value, why);
                           if (!value.empty() && (!endpoint || !value.starts_with("ipc://")))
                               fail(name, "nothing or ipc://path", value);
                           config.*member = value;
                       },
                   .show = [=](const Config& config) { return config.*member; },
                   .choices = {},
                   .packaged = {}};
}

// A setting that parse_configuration reads before the others are applied.
inline Setting source(std::string key, std::string value, std::string what,
                      std::function<std::string(const Config&)> show = {}) {
    return Setting{.key = std::move(key),
                   .value = std::move(value),
                   .what = std::move(what),
                   .apply = {},
                   .show = std::move(show),
                   .choices = {},
                   .packaged = {}};
}

// A setting with a custom parser.
inline Setting custom(std::string key, std::string value, std::string what,
                      std::function<void(Config&, const std::string&, const std::string&)> apply,
                      std::function<std::string(const Config&)> show) {
    return Setting{.key = std::move(key),
                   .value = std::move(value),
                   .what = std::move(what),
                   .apply = std::move(apply),
                   .show = std::move(show),
                   .choices = {},
                   .packaged = {}};
}

// Sets the value in the service's environment file.
inline Setting packaged(Setting setting, std::string value) {
    setting.packaged = std::move(value);
    return setting;
}

} // namespace viz::runtime
