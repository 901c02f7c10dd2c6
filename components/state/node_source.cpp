#include "components/state/node_source.hpp"

#include <algorithm>
#include <variant>

#include <boost/asio/io_context.hpp>

#include "components/node/transport.hpp"

namespace viz::state {

namespace {

// Nodes bound the requests of a batch; more go in several.
constexpr std::size_t kMissingPerBatch = 256;

} // namespace

struct NodeSource::Impl {
    Impl(const node::Url& url, const std::string& ca_file, const NodeLimits& limits)
        : client(node::make_http_client(
              io, url.secure() ? node::make_tls_context(ca_file) : nullptr, url,
              {.connect_timeout = limits.connect_timeout,
               .request_timeout = limits.request_timeout,
               .max_message_bytes = limits.max_reply_bytes},
              1, 1)) {}

    boost::asio::io_context io{1};
    std::unique_ptr<node::HttpClient> client;
};

NodeSource::NodeSource(const node::Url& url, const std::string& ca_file, const NodeLimits& limits)
    : impl_(std::make_unique<Impl>(url, ca_file, limits)) {}
NodeSource::~NodeSource() = default;

std::optional<std::string> NodeSource::post(const std::string& body) {
    std::optional<std::string> reply;
    bool done = false;
    last_error_.clear();
    impl_->client->post(body, [&](std::variant<std::string, node::HttpFailure> outcome) {
        done = true;
        if (auto* text = std::get_if<std::string>(&outcome))
            reply = std::move(*text);
        else
            last_error_ = std::get<node::HttpFailure>(outcome).reason();
    });
    // The client's own time limits end every request.
    impl_->io.restart();
    while (!done && impl_->io.run_one() != 0) {
    }
    return reply;
}

std::optional<FetchReport>
NodeSource::fetch_as(FetchStyle style, std::span<const evm::Missing> missing, HeadState& into) {
    const StateFetch fetch(into.block(), missing, style);
    ++figures_.batches;
    figures_.requests += fetch.requests();
    const auto reply = post(fetch.request());
    if (!reply) {
        ++figures_.failed;
        return std::nullopt;
    }
    auto report = fetch.store(*reply, into);
    figures_.refused += report.refused;
    if (report.refused != 0) last_error_ = report.reason;
    return report;
}

bool NodeSource::fetch(std::span<const evm::Missing> missing, HeadState& into) {
    std::size_t stored = 0;
    for (std::size_t from = 0; from < missing.size(); from += kMissingPerBatch) {
        const auto part = missing.subspan(from, std::min(kMissingPerBatch, missing.size() - from));
        auto report = fetch_as(style_, part, into);
        if (report && report->method_unknown && style_ == FetchStyle::proof) {
            style_ = FetchStyle::plain;
            report = fetch_as(style_, part, into);
        }
        if (!report || report->block_unknown) return false;
        stored += report->stored;
    }
    return stored != 0;
}

} // namespace viz::state
