#include "components/node/blocking_http.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

namespace viz::node {

struct BlockingHttp::Impl {
    Impl(const Url& url_in, const std::string& ca_file, const LinkLimits& limits_in,
         HostLookup lookup)
        : url(url_in), limits(limits_in), tls(url.secure() ? make_tls_context(ca_file) : nullptr) {
        boost::asio::use_service<NameLookups>(io).use(std::move(lookup));
        renew();
    }
    // A request that is under way ends without its callback.
    void renew() { client = make_http_client(io, tls, url, limits, 1, 1); }

    Url url;
    LinkLimits limits;
    std::shared_ptr<boost::asio::ssl::context> tls;
    boost::asio::io_context io{1};
    std::unique_ptr<HttpClient> client;
};

BlockingHttp::BlockingHttp(const Url& url, const std::string& ca_file, const LinkLimits& limits,
                           HostLookup lookup)
    : impl_(std::make_unique<Impl>(url, ca_file, limits, std::move(lookup))) {}
BlockingHttp::~BlockingHttp() = default;

std::variant<std::string, HttpFailure>
BlockingHttp::post(const std::string& body, const std::stop_token& stop,
                   std::optional<std::chrono::nanoseconds> most) {
    // Owned by the callback too: an exception out of the loop leaves the request behind.
    const auto outcome = std::make_shared<std::optional<std::variant<std::string, HttpFailure>>>();
    auto& io = impl_->io;
    io.restart();
    impl_->client->post(body, [outcome](std::variant<std::string, HttpFailure> ended) {
        *outcome = std::move(ended);
    });
    const auto end = std::chrono::steady_clock::now() + most.value_or(std::chrono::hours(1));
    {
        const std::stop_callback on_stop(stop, [&io] { io.stop(); });
        while (!*outcome && !stop.stop_requested() && io.run_one_until(end) != 0) {
        }
    }
    if (*outcome) return std::move(**outcome);
    impl_->renew(); // what is under way answers this call, not the next
    return HttpFailure{.kind = HttpFailure::Kind::link,
                       .link = LinkError::timed_out,
                       .status = 0,
                       .retry_after = {}};
}

} // namespace viz::node
