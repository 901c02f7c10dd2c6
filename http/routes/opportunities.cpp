#include "http/routes/routes.hpp"

namespace viz::http {

// No component searches yet, so none have been found: the list is empty, not made up. The
// parameters are read all the same, so that a malformed one is refused today as it will be then.
Response get_opportunities(Call& call) {
    call.query.number("limit", 100, 1, 5000);
    call.query.number("min_score", 0);
    call.query.text("status");
    call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    Response response;
    response.body = "[]";
    return response;
}

} // namespace viz::http
