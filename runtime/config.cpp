#include "runtime/config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/program_options.hpp>
#include <unistd.h>

#include "runtime/settings.hpp"
#include "runtime/text.hpp"

namespace viz::runtime {

namespace po = boost::program_options;

namespace {

std::string read_file(const std::string& path, const std::string& key) {
    // Limits memory when the path is a device or a wrong file.
    constexpr std::size_t kMostBytes = 4u << 20;
    std::ifstream in(path, std::ios::binary);
    std::string text(kMostBytes + 1, '\0');
    if (!in || std::filesystem::is_directory(path))
        throw ConfigError{key + ": cannot read " + path};
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) throw ConfigError{key + ": cannot read " + path};
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes)
        throw ConfigError{key + ": expected a file of at most 4 MiB, " + path + " is larger"};
    return text;
}

// The given value of each setting, by key, and where it was given.
struct Given {
    std::string value;
    std::string name; // as the operator wrote it: --bind, VIZ_API_BIND, bind (in FILE)
};
using GivenByKey = std::map<std::string, Given>;

po::options_description described() {
    po::options_description all;
    for (const auto& setting : settings())
        all.add_options()(setting.key.c_str(), po::value<std::string>(), setting.what.c_str());
    return all;
}

void take(const po::parsed_options& parsed, const std::string& prefix, const std::string& suffix,
          GivenByKey& given) {
    for (const auto& option : parsed.options)
        given[option.string_key] = {option.value.empty() ? "" : trim(option.value.front()),
                                    prefix + option.string_key + suffix};
}

void take_file(const std::string& path, const std::string& named_by, GivenByKey& given) {
    std::istringstream text(read_file(path, named_by));
    try {
        take(po::parse_config_file(text, described()), "", " (" + path + ")", given);
    } catch (const po::unknown_option& error) {
        throw ConfigError{path + ": unknown key \"" + error.get_option_name() + "\"" +
                          suggestion(error.get_option_name(), setting_keys())};
    } catch (const po::error& error) {
        throw ConfigError{path + ": " + error.what()};
    }
}

// Kubernetes adds variables for each service of a namespace to the environment of every pod: a
// service named viz-api adds VIZ_API_SERVICE_HOST, VIZ_API_PORT_3000_TCP and so on.
bool describes_a_service(std::string_view name) {
    return name == "VIZ_API_PORT" || name.starts_with("VIZ_API_PORT_") ||
           name.starts_with("VIZ_API_SERVICE_");
}

void refuse_unknown(const Environment& environment) {
    std::vector<std::string> known;
    for (const auto& setting : settings()) known.push_back(environment_name(setting.key));
    for (const auto& [name, value] : environment)
        if (name.starts_with("VIZ_API_") && !describes_a_service(name) &&
            std::find(known.begin(), known.end(), name) == known.end())
            throw ConfigError{name + ": no such setting" + suggestion(name, known)};
}

void take_environment(const Environment& environment, GivenByKey& given) {
    refuse_unknown(environment);
    for (const auto& setting : settings()) {
        const auto name = environment_name(setting.key);
        const auto found = environment.find(name);
        // Unit files leave a setting out with an empty variable.
        if (found != environment.end() && !found->second.empty())
            given[setting.key] = {found->second, name};
    }
}

// Secrets as separate files, as provided by systemd's LoadCredential=: no other user can read them,
// and they are not in an environment that a child process or a core dump would show.
constexpr std::array kCredentials{"api-keys", "chains", "eth-ws-url", "eth-http-url", "relay-urls"};
constexpr std::string_view kCredentialPrefix = "viz-api.";

void take_credentials(const Environment& environment, GivenByKey& given) {
    const auto directory = environment.find("CREDENTIALS_DIRECTORY");
    if (directory == environment.end() || directory->second.empty()) return;
    std::error_code failure;
    const std::filesystem::directory_iterator files(directory->second, failure);
    if (failure && failure != std::errc::no_such_file_or_directory)
        throw ConfigError{"CREDENTIALS_DIRECTORY: cannot read " + directory->second};
    for (const auto& entry : files) {
        const auto file = entry.path().filename().string();
        if (!file.starts_with(kCredentialPrefix)) continue;
        const auto key = file.substr(kCredentialPrefix.size());
        const auto name = "credential " + file;
        if (std::find(kCredentials.begin(), kCredentials.end(), key) == kCredentials.end())
            throw ConfigError{name + ": no such credential"};
        if (auto value = trim(read_file(entry.path().string(), name)); !value.empty())
            given[key] = {std::move(value), name};
    }
}

struct Flags {
    Action action{Action::run};
    GivenByKey given;
};

Flags parse_flags(const std::vector<std::string>& arguments) {
    Flags flags;
    std::vector<std::string> rest;
    for (const auto& argument : arguments) {
        if (const auto action = action_flag(argument))
            flags.action = *action;
        else
            rest.push_back(argument);
    }
    const auto options = described();
    try {
        namespace style = po::command_line_style;
        const auto parsed =
            po::command_line_parser(rest)
                .options(options)
                .positional({})
                .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                .run();
        take(parsed, "--", "", flags.given);
    } catch (const po::unknown_option& error) {
        const auto& flag = error.get_option_name();
        throw ConfigError{flag + ": no such flag" +
                          suggestion(flag.substr(flag.find_first_not_of('-')), setting_keys()) +
                          " (see --help)"};
    } catch (const po::error& error) {
        throw ConfigError{std::string(error.what()) + " (see --help)"};
    }
    return flags;
}

bool reads_configuration(Action action) {
    return action == Action::run || action == Action::print_config ||
           action == Action::check_config;
}

std::optional<Given> find(const GivenByKey& given, const std::string& key) {
    const auto found = given.find(key);
    return found == given.end() ? std::nullopt : std::optional(found->second);
}

// VIZ_API_CHAINS overrides the file. The URL and source overrides change the first chain, or add
// one when none is configured.
void take_chains(const GivenByKey& given, Config& config) {
    if (const auto chains = find(given, "chains"))
        config.chains = parse_chains(chains->value, chains->name);
    else if (const auto path = find(given, "chain-config-path"))
        config.chains =
            parse_chains(read_file(path->value, path->name), path->name + " " + path->value);

    const auto ws = find(given, "eth-ws-url");
    const auto http = find(given, "eth-http-url");
    const auto source = find(given, "source-id");
    if (config.chains.empty() && (ws || http))
        config.chains.push_back(ChainSettings{.chain_key = "eth-mainnet",
                                              .chain_id = eth::ChainId{1},
                                              .source_id = "rpc-eth-mainnet",
                                              .endpoints = {}});
    if (config.chains.empty()) return;
    auto& first = config.chains.front();
    if (ws || http) {
        if (first.endpoints.empty()) first.endpoints.emplace_back();
        if (ws) first.endpoints.front().ws_url = check_url(ws->value, ws->name, "ws");
        if (http) first.endpoints.front().http_url = check_url(http->value, http->name, "http");
    }
    if (source) first.source_id = source->value;
}

} // namespace

ParsedCommandLine parse_configuration(const std::vector<std::string>& arguments,
                                      const Environment& environment) {
    auto flags = parse_flags(arguments);
    ParsedCommandLine parsed{.action = flags.action, .config = {}};
    if (!reads_configuration(parsed.action)) return parsed;

    GivenByKey from_environment;
    take_environment(environment, from_environment);
    GivenByKey given;
    if (const auto file = find(flags.given, "config"))
        take_file(file->value, file->name, given);
    else if (const auto named = find(from_environment, "config"))
        take_file(named->value, named->name, given);
    take_credentials(environment, given);
    for (const auto& [key, value] : from_environment) given[key] = value;
    for (const auto& [key, value] : flags.given) given[key] = value;

    for (const auto& setting : settings())
        if (const auto value = find(given, setting.key); value && setting.apply)
            setting.apply(parsed.config, value->value, value->name);
    take_chains(given, parsed.config);
    // --print-config also shows a configuration that is not valid.
    if (parsed.action != Action::print_config) validate(parsed.config);
    return parsed;
}

Environment process_environment() {
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string text(*entry);
        const auto equals = text.find('=');
        if ((text.starts_with("VIZ_API_") || text.starts_with("CREDENTIALS_DIRECTORY=")) &&
            equals != std::string::npos)
            environment[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return environment;
}

} // namespace viz::runtime
