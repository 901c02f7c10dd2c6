// Serializes responses to bytes (RFC 9112). Pure.
#pragma once

#include <string>

#include "http/exchange.hpp"

namespace viz::http {

// The parts of the request that determine the form of the response.
struct RequestHead {
    Method method{Method::get};
    bool keep_alive{true};
    bool http11{true};
};

// The whole response; without a body for HEAD.
std::string serialize(const Response& response, const RequestHead& head);
// The head of a response whose body follows, chunked for HTTP/1.1, otherwise ended by closing the
// connection.
std::string stream_head(const Response& response, const RequestHead& head);

} // namespace viz::http
