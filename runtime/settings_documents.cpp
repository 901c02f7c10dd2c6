#include "runtime/settings_documents.hpp"

#include <optional>
#include <sstream>

#include "runtime/settings.hpp"

namespace viz::runtime {

namespace {

constexpr std::size_t kColumns = 96;

// `text` in lines of at most kColumns, each with the prefix `indent`.
void wrap(std::ostringstream& out, const std::string& text, const std::string& indent) {
    std::istringstream words(text);
    std::string line;
    for (std::string word; words >> word;) {
        if (!line.empty() && indent.size() + line.size() + 1 + word.size() > kColumns) {
            out << indent << line << "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    if (!line.empty()) out << indent << line << "\n";
}

// Empty when a setting has no default, or one that cannot be shown.
std::string default_of(const Setting& setting) {
    static const Config defaults;
    if (!setting.show) return {};
    auto value = setting.show(defaults);
    return value.starts_with('<') ? std::string() : value;
}

std::string described(const Setting& setting) {
    const auto value = default_of(setting);
    return setting.what + (value.empty() ? "" : " Default: " + value + ".");
}

template <class Entry> void by_group(Entry entry) {
    std::optional<SettingGroup> group;
    for (const auto& setting : settings()) {
        entry(setting, group != setting.group);
        group = setting.group;
    }
}

bool takes_file(const Setting& setting) {
    return setting.value == "FILE";
}

constexpr const char* kActions[][2] = {
    {"help", "print this text and exit"},
    {"version", "print version, revision and store version, and exit"},
    {"check-config", "validate the configuration as start does and exit: 0 if it is valid, else 2"},
    {"print-config", "print the configuration in force, without secrets, and exit"},
    {"print-environment-file", "print an annotated environment file of all settings and exit"},
    {"print-completion-bash", "print the completion script for bash and exit"},
    {"print-completion-zsh", "print the completion script for zsh and exit"},
};

} // namespace

std::string help_text() {
    std::ostringstream out;
    out << "Usage: viz-api [OPTION]...\n"
           "Watches the pending transactions of EVM chains, records their outcomes, and "
           "serves\n"
           "both live over HTTP.\n\n"
           "Each setting is a flag, an environment variable and a key of the configuration file. A "
           "flag\n"
           "overrides the environment, the environment a credential, a credential the file, the "
           "file "
           "the\ndefault. Secrets can also be files in $CREDENTIALS_DIRECTORY, as systemd's "
           "LoadCredential=\nprovides them: viz-api.api-keys, viz-api.chains, viz-api.eth-ws-url, "
           "viz-api.eth-http-url,\nviz-api.relay-urls. API keys are separated by commas or "
           "lines.\n\n"
           "Options:\n";
    for (const auto& [flag, what] : kActions) {
        const std::string name = flag;
        const auto letter = name == "help" ? "-h, " : name == "version" ? "-V, " : "    ";
        out << "  " << letter << "--" << name << "\n";
        wrap(out, what, "          ");
    }
    by_group([&](const Setting& setting, bool first) {
        if (first) out << "\n" << title(setting.group) << ":\n";
        out << "      --" << setting.key << "=" << setting.value << "\n";
        wrap(out, described(setting) + " (" + environment_name(setting.key) + ")", "          ");
    });
    out << "\nExit status: 0 after an orderly stop, 1 when a component failed, 2 for an invalid\n"
           "configuration.\n";
    return out.str();
}

std::string print_config(const Config& config) {
    std::ostringstream out;
    for (const auto& setting : settings())
        if (setting.show) out << setting.key << " = " << setting.show(config) << "\n";
    return out.str();
}

std::string environment_file() {
    std::ostringstream out;
    out << "# Settings of viz-api.service, as `viz-api --print-environment-file` prints them. A "
           "line "
           "that is a\n# comment shows the default. URLs and keys are secrets: keep this file at "
           "mode "
           "0640, root:viz-api,\n# or put them into /etc/credstore (RUNBOOK.md, Secrets).\n";
    by_group([&](const Setting& setting, bool first) {
        if (setting.key == "config") return; // replaced by this file in systemd's unit
        out << "\n";
        if (first || setting.key == "log") out << "## " << title(setting.group) << "\n";
        wrap(out, setting.what + " Value: " + setting.value + ".", "# ");
        const bool set = !setting.packaged.empty();
        if (const auto value = default_of(setting); set && !value.empty())
            out << "# Default: " << value << "\n";
        out << (set ? "" : "#") << environment_name(setting.key) << "="
            << (set ? setting.packaged : default_of(setting)) << "\n";
    });
    return out.str();
}

std::string bash_completion() {
    std::ostringstream out;
    out << "# bash completion for viz-api, printed by `viz-api --print-completion-bash`.\n"
           "_viz_api() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    # --flag=value is three words.\n"
           "    [ \"$flag\" != = ] || flag=${COMP_WORDS[COMP_CWORD-2]}\n"
           "    [ \"$word\" != = ] || { word=; flag=${COMP_WORDS[COMP_CWORD-1]}; }\n"
           "    case $flag in\n";
    std::string files;
    for (const auto& setting : settings()) {
        if (takes_file(setting)) files += (files.empty() ? "--" : " | --") + setting.key;
        if (setting.choices.empty()) continue;
        out << "    --" << setting.key << ") mapfile -t COMPREPLY < <(compgen -W '";
        for (const auto& one : setting.choices)
            out << (&one == &setting.choices[0] ? "" : " ") << one;
        out << "' -- \"$word\"); return ;;\n";
    }
    out << "    " << files << ") mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
        << "    esac\n"
           "    mapfile -t COMPREPLY < <(compgen -W '";
    for (const auto& [flag, what] : kActions) out << "--" << flag << " ";
    for (const auto& setting : settings())
        out << (&setting == &settings()[0] ? "" : " ") << "--" << setting.key;
    out << "' -- \"$word\")\n"
           "}\n"
           "complete -F _viz_api viz-api\n";
    return out.str();
}

std::string zsh_completion() {
    const auto quoted = [](const std::string& text) {
        std::string out;
        for (const char c : text) {
            if (c == '\'') out += "'\\'";
            if (c == '[' || c == ']' || c == ':') out += '\\';
            out += c;
        }
        return out;
    };
    std::ostringstream out;
    out << "#compdef viz-api\n"
           "# zsh completion for viz-api, printed by `viz-api --print-completion-zsh`.\n"
           "_arguments \\\n";
    for (const auto& [flag, what] : kActions)
        out << "    '--" << flag << "[" << quoted(what) << "]' \\\n";
    for (const auto& setting : settings()) {
        out << "    '--" << setting.key << "=[" << quoted(setting.what)
            << "]:" << quoted(setting.choices.empty() ? setting.value : setting.key) << ":";
        if (takes_file(setting)) out << "_files";
        if (!setting.choices.empty()) {
            out << "(";
            for (const auto& one : setting.choices)
                out << (&one == &setting.choices[0] ? "" : " ") << one;
            out << ")";
        }
        out << "'" << (&setting == &settings().back() ? "" : " \\") << "\n";
    }
    return out.str();
}

} // namespace viz::runtime
