#include "components/node/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace viz::node {

namespace {

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const auto high = hex_digit(text[i + 1]);
        const auto low = hex_digit(text[i + 2]);
        if (!high || !low) return std::nullopt;
        out.push_back(static_cast<char>(*high * 16 + *low));
        i += 2;
    }
    return out;
}

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "wss" || scheme == "https" ? 443 : 80;
}

// RFC 1123, section 2.1: labels of letters, digits and hyphens, at most 63 of 253 characters in
// all. Underscores are no part of host names but of names that container networks give.
bool is_name(std::string_view host) {
    if (host.size() > 253) return false;
    if (host.ends_with('.')) host.remove_suffix(1); // fully qualified
    while (true) {
        const auto label = host.substr(0, host.find('.'));
        const auto allowed = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_';
        };
        if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-') ||
            !std::all_of(label.begin(), label.end(), allowed))
            return false;
        if (label.size() == host.size()) break;
        host.remove_prefix(label.size() + 1);
    }
    return true;
}

// A name whose last label is a number is meant as an IPv4 address (the WHATWG's URL standard).
bool looks_like_ipv4(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto last =
        host.substr(host.rfind('.') == std::string_view::npos ? 0 : host.rfind('.') + 1);
    return !last.empty() &&
           std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host(const std::string& host, bool bracketed) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    // A zone ("%eth0") names an interface of this machine.
    if (bracketed)
        return inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), address.data()) == 1;
    if (looks_like_ipv4(host)) return inet_pton(AF_INET, host.c_str(), address.data()) == 1;
    return is_name(host);
}

bool split_host_port(std::string_view authority, Url& url) {
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return false;
        url.host = authority.substr(1, end - 1);
        const auto rest = authority.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') return false;
        if (!rest.empty()) port = rest.substr(1);
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) {
            port = authority.substr(colon + 1);
            if (port.empty()) return false;
        }
    }
    if (!is_host(url.host, authority.starts_with('['))) return false;
    if (port.empty()) {
        url.port = default_port(url.scheme);
        return true;
    }
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    return error == std::errc{} && end == port.data() + port.size() && url.port != 0;
}

bool printable(char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
}

} // namespace

std::optional<Url> parse_url(std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), printable)) return std::nullopt;
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    Url url;
    url.scheme = text.substr(0, colon);
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (url.scheme != "ws" && url.scheme != "wss" && url.scheme != "http" && url.scheme != "https")
        return std::nullopt;

    auto rest = text.substr(colon + 3);
    rest = rest.substr(0, rest.find('#'));
    const auto path = rest.find_first_of("/?");
    auto authority = rest.substr(0, path);
    if (path != std::string_view::npos) url.target = rest.substr(path);
    if (url.target.empty() || url.target.front() != '/') url.target.insert(0, 1, '/');

    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const auto decoded = percent_decoded(authority.substr(0, at));
        if (!decoded) return std::nullopt;
        url.user_info = *decoded;
        authority.remove_prefix(at + 1);
    }
    if (!split_host_port(authority, url)) return std::nullopt;
    return url;
}

std::string Url::authority() const {
    auto out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != default_port(scheme)) out += ":" + std::to_string(port);
    return out;
}

std::string redact(const Url& url) {
    const auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    return url.scheme + "://" + host + ":" + std::to_string(url.port);
}

std::string redact(std::string_view text) {
    const auto url = parse_url(text);
    return url ? redact(*url) : "invalid-url";
}

std::string basic_authorization(const Url& url) {
    if (url.user_info.empty()) return {};
    static constexpr char kAlphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out = "Basic ";
    const auto& in = url.user_info;
    const auto byte = [&in](std::size_t i) {
        return i < in.size() ? static_cast<unsigned>(static_cast<unsigned char>(in[i])) : 0u;
    };
    for (std::size_t i = 0; i < in.size(); i += 3) {
        const unsigned word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        out.push_back(kAlphabet[word >> 18 & 63]);
        out.push_back(kAlphabet[word >> 12 & 63]);
        out.push_back(i + 1 < in.size() ? kAlphabet[word >> 6 & 63] : '=');
        out.push_back(i + 2 < in.size() ? kAlphabet[word & 63] : '=');
    }
    return out;
}

} // namespace viz::node
