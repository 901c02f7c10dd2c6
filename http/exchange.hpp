// A request and its response as values, independent of the library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/event_ring.hpp"

namespace viz::http {

enum class Method : std::uint8_t { get, head, options, other };

struct Request {
    Method method{Method::get};
    std::string method_name{"GET"}; // as shown in metrics; "other" for unsupported methods
    std::string path{};             // without the query
    std::string query{};            // without or with '?'
    std::optional<std::string> api_key{};
    std::optional<std::string> origin{};
    std::optional<std::string> last_event_id{};
    std::optional<std::string> accept{};
    bool admitted{}; // key and rate limit have been checked
};

// The parameters of a /stream request.
struct StreamRequest {
    std::optional<std::uint64_t> after; // std::nullopt: from now on
    EventFilter filter;
};

struct Response {
    int status{200};
    std::string content_type{"application/json"};
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string_view route{"unmatched"}; // the pattern, for metrics
    std::optional<StreamRequest> stream; // set: the connection becomes a live stream
};

// {"error":{"code","message"}} with the code of the status.
Response error_response(int status, std::string_view message);
std::string_view error_code(int status);
std::string_view reason_phrase(int status);

} // namespace viz::http
