#include "components/node/blocking_http.hpp"

#include <boost/asio/io_context.hpp>

namespace viz::node {

struct BlockingHttp::Impl {
    Impl(const Url& url, const std::string& ca_file, const LinkLimits& limits)
        : client(make_http_client(io, url.secure() ? make_tls_context(ca_file) : nullptr, url,
                                  limits, 1, 1)) {}

    boost::asio::io_context io{1};
    std::unique_ptr<HttpClient> client;
};

BlockingHttp::BlockingHttp(const Url& url, const std::string& ca_file, const LinkLimits& limits)
    : impl_(std::make_unique<Impl>(url, ca_file, limits)) {}
BlockingHttp::~BlockingHttp() = default;

std::variant<std::string, HttpFailure> BlockingHttp::post(const std::string& body) {
    // Owned by the callback too: an exception out of the loop leaves the request behind.
    const auto outcome = std::make_shared<std::optional<std::variant<std::string, HttpFailure>>>();
    impl_->client->post(body, [outcome](std::variant<std::string, HttpFailure> ended) {
        *outcome = std::move(ended);
    });
    impl_->io.restart();
    while (!*outcome && impl_->io.run_one() != 0) {
    }
    return *outcome ? std::move(**outcome) : HttpFailure{};
}

} // namespace viz::node
