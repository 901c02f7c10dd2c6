#include "components/state/node_source.hpp"

#include <algorithm>
#include <variant>

namespace viz::state {

namespace {

// Nodes bound the requests of a batch; more go in several.
constexpr std::size_t kMissingPerBatch = 256;

} // namespace

NodeSource::NodeSource(const node::Url& url, const std::string& ca_file, const NodeLimits& limits)
    : http_(url, ca_file,
            {.connect_timeout = limits.connect_timeout,
             .request_timeout = limits.request_timeout,
             .max_message_bytes = limits.max_reply_bytes}) {}
NodeSource::~NodeSource() = default;

std::optional<std::string> NodeSource::post(const std::string& body) {
    last_error_.clear();
    auto outcome = http_.post(body);
    if (auto* text = std::get_if<std::string>(&outcome)) return std::move(*text);
    last_error_ = std::get<node::HttpFailure>(outcome).reason();
    return std::nullopt;
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
