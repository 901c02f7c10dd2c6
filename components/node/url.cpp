#include "components/node/url.hpp"

#include <algorithm>
#include <charconv>

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
    if (url.host.empty()) return false;
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
