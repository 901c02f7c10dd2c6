// Any bytes as a query string: every reader answers or refuses, nothing else.
#include <cstdlib>

#include "http/query.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto query = viz::http::Query::parse(text);
    const auto limit = query.number("limit", 100, 1, 5000);
    if (limit < 1 || limit > 5000) std::abort();
    query.optional_number("after");
    query.chain_id();
    for (const auto type : query.event_types())
        if (!viz::bus::is_numbered(type)) std::abort();
    query.text("status");
    if (const auto decoded = viz::http::percent_decode(text))
        if (decoded->size() > text.size()) std::abort();
    return 0;
}
