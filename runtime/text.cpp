#include "runtime/text.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <sstream>
#include <utility>

#include "components/node/url.hpp"
#include "runtime/config.hpp"

namespace viz::runtime {

std::string trim(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> split_list(const std::string& commas) {
    std::vector<std::string> parts;
    std::istringstream in(commas);
    std::string part;
    while (std::getline(in, part, ','))
        if (auto word = trim(part); !word.empty()) parts.push_back(std::move(word));
    return parts;
}

namespace {

// The common form of a name for comparison: settings are spelled in three ways.
std::string folded(std::string_view name) {
    std::string out;
    for (const char c : name)
        out += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (out.starts_with("viz-api-")) out.erase(0, 8);
    return out;
}

// Levenshtein distance: insertions, deletions and substitutions of one character.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const auto substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row.back();
}

} // namespace

std::string suggestion(std::string_view unknown, std::span<const std::string> known) {
    // A pasted page of text is not a misspelt name.
    if (unknown.size() > 100) return {};
    const auto name = folded(unknown);
    const std::string* nearest = nullptr;
    auto fewest = name.size() / 3 + 1; // at most one in three characters may be wrong
    for (const auto& candidate : known)
        if (const auto count = edits(name, folded(candidate)); count <= fewest) {
            if (nearest != nullptr && count == fewest) continue;
            nearest = &candidate;
            fewest = count;
        }
    return nearest == nullptr ? std::string() : "; did you mean \"" + *nearest + "\"?";
}

std::string check_url(const std::string& url, const std::string& name, std::string_view scheme) {
    const std::string plain = std::string(scheme) + "://";
    const std::string tls = std::string(scheme) + "s://";
    // The URL may contain a key: it is not repeated.
    if (!url.starts_with(plain) && !url.starts_with(tls))
        throw ConfigError{name + ": expected a URL that starts with " + plain + " or " + tls};
    if (!node::parse_url(url))
        throw ConfigError{name + ": expected " + (url.starts_with(tls) ? tls : plain) +
                          "host[:port][/path] with a host name or address and a port of 1-65535"};
    return url;
}

std::string redact_url(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return {};
    const auto start = scheme + 3;
    const auto end = url.find_first_of("/?#", start);
    auto authority = url.substr(start, end == std::string::npos ? end : end - start);
    if (const auto at = authority.rfind('@'); at != std::string::npos) authority.erase(0, at + 1);
    return url.substr(0, start) + authority;
}

} // namespace viz::runtime
