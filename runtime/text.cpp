#include "runtime/text.hpp"

#include <sstream>

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

std::string check_url(const std::string& url, const std::string& name, std::string_view scheme) {
    const std::string plain = std::string(scheme) + "://";
    const std::string tls = std::string(scheme) + "s://";
    for (const auto& start : {plain, tls})
        if (url.starts_with(start) && url.size() > start.size()) {
            if (node::parse_url(url)) return url;
            throw ConfigError{name + ": expected " + start +
                              "host[:port][/path] with a port of 1 to 65535 and without spaces"};
        }
    // The URL may carry a key: it is not repeated.
    throw ConfigError{name + ": expected a URL that starts with " + plain + " or " + tls};
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
