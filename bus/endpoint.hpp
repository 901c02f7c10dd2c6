// The address of a stream's socket: `inproc://name`, `ipc:///path` or `tcp://host:port`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace viz::bus {

struct Endpoint {
    std::string address;

    bool in_process() const { return address.starts_with("inproc://"); }

    // Several producers of one PUB stream bind one instance each: instance 0 is the address itself,
    // instance n appends ".n" to a name or path and adds n to a tcp port.
    Endpoint instance(unsigned n) const;
};

// std::nullopt when the text has none of the three forms; `why` then describes the error.
std::optional<Endpoint> parse_endpoint(std::string_view text, std::string& why);

} // namespace viz::bus
