#include "bus/endpoint.hpp"

#include <charconv>

namespace viz::bus {

namespace {

std::optional<unsigned> parse_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535)
        return std::nullopt;
    return port;
}

} // namespace

Endpoint Endpoint::instance(unsigned n) const {
    if (n == 0) return *this;
    if (!address.starts_with("tcp://")) return Endpoint{address + "." + std::to_string(n)};
    const auto colon = address.rfind(':');
    const auto port = parse_port(std::string_view(address).substr(colon + 1));
    return Endpoint{address.substr(0, colon + 1) + std::to_string(port.value_or(0) + n)};
}

std::optional<Endpoint> parse_endpoint(std::string_view text, std::string& why) {
    for (const std::string_view scheme : {"inproc://", "ipc://"}) {
        if (!text.starts_with(scheme)) continue;
        if (text.size() > scheme.size()) return Endpoint{std::string(text)};
        why = "missing address after " + std::string(scheme);
        return std::nullopt;
    }
    if (text.starts_with("tcp://")) {
        const auto colon = text.rfind(':');
        if (colon > 6 && parse_port(text.substr(colon + 1))) return Endpoint{std::string(text)};
        why = "expected tcp://host:port with a port of 1-65535";
        return std::nullopt;
    }
    why = "expected inproc://name, ipc:///path or tcp://host:port";
    return std::nullopt;
}

} // namespace viz::bus
