#include "http/exchange.hpp"

#include "http/json.hpp"

namespace viz::http {

std::string_view error_code(int status) {
    switch (status) {
    case 400:
        return "bad_request";
    case 401:
        return "unauthorized";
    case 404:
        return "not_found";
    case 405:
        return "method_not_allowed";
    case 410:
        return "gone";
    case 413:
        return "payload_too_large";
    case 429:
        return "rate_limited";
    case 503:
        return "unavailable";
    default:
        return "internal";
    }
}

std::string_view reason_phrase(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 410:
        return "Gone";
    case 413:
        return "Payload Too Large";
    case 429:
        return "Too Many Requests";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

Response error_response(int status, std::string_view message) {
    Response response;
    response.status = status;
    JsonOut json(response.body);
    json.begin_object();
    json.key("error");
    json.begin_object();
    json.field("code", error_code(status));
    json.field("message", message);
    json.end_object();
    json.end_object();
    return response;
}

} // namespace viz::http
