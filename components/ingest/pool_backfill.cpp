#include "components/ingest/pool_backfill.hpp"

#include <algorithm>
#include <array>

namespace viz::ingest {

namespace {

struct Method {
    std::string_view name;
    std::string_view params;
    bool is_pool; // else a block
};
constexpr std::array<Method, 2> kMethods{{
    {"txpool_content", "[]", true},
    {"eth_getBlockByNumber", R"(["pending",true])", false},
}};
// Some 100 µs of work between two looks at the sockets.
constexpr std::size_t kPortion = 64;
constexpr std::chrono::milliseconds kBusyWait{5};

} // namespace

PoolBackfill::PoolBackfill(boost::asio::io_context& io, ChainSink& sink, Handlers handlers)
    : timer_(io), sink_(sink), handlers_(std::move(handlers)) {}

void PoolBackfill::start(HttpClient& http) {
    cancel();
    http_ = &http;
    method_ = 0;
    ask();
}

void PoolBackfill::cancel() {
    http_ = nullptr;
    timer_.cancel();
    entries_ = {};
    text_ = {};
    next_ = 0;
}

void PoolBackfill::ask() {
    if (method_ == kMethods.size()) {
        sink_.count_fault("pool_not_available");
        return handlers_.finished({}, 0);
    }
    const auto& method = kMethods.at(method_);
    http_->post(
        rpc_request(1, method.name, method.params),
        [this](std::variant<std::string, HttpFailure> outcome) { answered(std::move(outcome)); });
}

void PoolBackfill::answered(std::variant<std::string, HttpFailure> outcome) {
    if (http_ == nullptr) return;
    if (const auto* failure = std::get_if<HttpFailure>(&outcome)) {
        sink_.count_fault(failure->reason());
    } else {
        text_ = std::move(std::get<std::string>(outcome));
        if (read()) return portion();
        entries_ = {};
    }
    ++method_;
    ask();
}

bool PoolBackfill::read() {
    const auto text = padded(text_);
    const auto message = reader_.read(text, {});
    const auto* reply = std::get_if<Reply>(&message);
    if (reply == nullptr || reply->id != 1) {
        sink_.count_fault("pool_rpc_error");
        return false;
    }
    const auto take = [this](const std::optional<eth::Hash>& hash, std::string_view json) {
        entries_.push_back({hash, json});
    };
    const auto result = text.sub(reply->result);
    const bool whole = kMethods.at(method_).is_pool ? reader_.read_pool(result, take)
                                                    : reader_.read_block_transactions(result, take);
    if (!whole) sink_.count_fault("pool_malformed");
    return whole;
}

void PoolBackfill::portion() {
    if (!sink_.room_for_backfill()) return wait(kBusyWait);
    const auto end = std::min(entries_.size(), next_ + kPortion);
    for (; next_ < end; ++next_) handlers_.found(entries_[next_].hash, entries_[next_].json);
    if (next_ < entries_.size()) return wait(std::chrono::milliseconds{0});
    const auto count = entries_.size();
    const auto method = kMethods.at(method_).name;
    entries_ = {};
    text_ = {};
    handlers_.finished(method, count);
}

void PoolBackfill::wait(std::chrono::milliseconds delay) {
    timer_.expires_after(delay);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && http_ != nullptr) portion();
    });
}

} // namespace viz::ingest
