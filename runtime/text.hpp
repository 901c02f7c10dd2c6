// Text functions for settings.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viz::runtime {

std::string trim(const std::string& text);
std::vector<std::string> split_list(const std::string& commas); // trimmed; empty items are left out

// `; did you mean "rpc-batch-size"?` with the known name nearest to `unknown` by edit distance;
// empty when none is near enough.
std::string suggestion(std::string_view unknown, std::span<const std::string> known);

// Returns the URL if its scheme is `scheme` or its TLS form ("ws"/"wss", "http"/"https"). Throws a
// ConfigError that names `name`.
std::string check_url(const std::string& url, const std::string& name, std::string_view scheme);
// scheme://host:port of a URL, without credentials, path keys and query.
std::string redact_url(const std::string& url);

} // namespace viz::runtime
