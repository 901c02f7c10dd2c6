// Texts as settings have them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viz::runtime {

std::string trim(const std::string& text);
std::vector<std::string> split_list(const std::string& commas); // trimmed; empty ones are left out

// `; did you mean "rpc-batch-size"?` with the known name that is nearest to `unknown` by edits of
// one character; empty where none is near enough to be meant.
std::string suggestion(std::string_view unknown, std::span<const std::string> known);

// The URL, if its scheme is `scheme` or its TLS form ("ws"/"wss", "http"/"https"). Throws a
// ConfigError that names `name`.
std::string check_url(const std::string& url, const std::string& name, std::string_view scheme);
// scheme://host:port of a URL: credentials, path keys and query are left out.
std::string redact_url(const std::string& url);

} // namespace viz::runtime
