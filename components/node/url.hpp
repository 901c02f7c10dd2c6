// Node URLs. They carry secrets (user:password@, API keys in path and query): whatever is shown or
// logged passes through redact().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace viz::node {

struct Url {
    std::string scheme;    // ws, wss, http or https, lower case
    std::string user_info; // percent-decoded "user:password"; empty: none
    std::string host;      // without the brackets of an IPv6 address
    std::uint16_t port{};
    std::string target; // path and query, at least "/"

    bool secure() const { return scheme == "wss" || scheme == "https"; }
    bool websocket() const { return scheme == "ws" || scheme == "wss"; }
    // For the Host header: the port only where it is not the scheme's own.
    std::string authority() const;
};

// Nothing on another scheme, a host that can be neither a name (RFC 1123) nor an address, a port
// outside 1–65535, or white space and control characters anywhere. A fragment is cut off.
std::optional<Url> parse_url(std::string_view text);

// "scheme://host:port"; what is not a URL becomes "invalid-url".
std::string redact(std::string_view text);
std::string redact(const Url& url);

// Value of the Authorization header, empty without credentials (RFC 7617).
std::string basic_authorization(const Url& url);

} // namespace viz::node
