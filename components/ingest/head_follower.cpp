#include "components/ingest/head_follower.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"

namespace viz::ingest {

namespace {

// Full blocks are large: so many in one answer stay well below the body limit.
constexpr std::uint64_t kBlocksPerBatch = 8;
// A balancer may announce a block its other nodes do not have yet.
constexpr std::uint32_t kMaxAttempts = 6;
constexpr Millis kRetryBackoff{50};
constexpr Millis kRetryBackoffMax{2'000};
// Heads that wait while one is fetched; beyond, the oldest are found again as a gap.
constexpr std::size_t kMaxAnnounced = 8;

std::string by_hash(std::uint64_t id, const eth::Hash& hash) {
    return rpc_request(id, "eth_getBlockByHash", "[\"" + eth::to_hex(hash.view()) + "\",true]");
}
std::string by_number(std::uint64_t id, const std::string& number) {
    return rpc_request(id, "eth_getBlockByNumber", "[\"" + number + "\",true]");
}

} // namespace

HeadFollower::HeadFollower(boost::asio::io_context& io, std::string chain_key,
                           eth::ChainId chain_id, HeadTracker tracker, RecoverAuthority recover,
                           Now now, Random random, ChainSink& sink)
    : timer_(io), chain_key_(std::move(chain_key)), chain_id_(chain_id),
      tracker_(std::move(tracker)), blocks_(chain_id, std::move(recover)), now_(std::move(now)),
      random_(std::move(random)), sink_(sink) {}

void HeadFollower::attach(HttpClient& http) {
    http_ = &http;
    job_ = Newest{};
    attempts_ = 0;
    ask();
}

void HeadFollower::detach() {
    http_ = nullptr;
    timer_.cancel();
    job_.reset();
    announced_.clear();
    range_blocks_.clear();
    tracker_.abandon();
}

void HeadFollower::announced(const HeadNotice& head) {
    if (http_ == nullptr || tracker_.knows(head.hash)) return;
    clock_skew_ms_ = provable_clock_skew_ms(head.timestamp_s, now_().wall);
    if (std::find(announced_.begin(), announced_.end(), head.hash) != announced_.end()) return;
    announced_.push_back(head.hash);
    if (announced_.size() > kMaxAnnounced) announced_.pop_front();
    if (!job_) next();
}

void HeadFollower::next() {
    job_.reset();
    while (!announced_.empty()) {
        const auto hash = announced_.front();
        announced_.pop_front();
        if (tracker_.knows(hash)) continue;
        job_ = Announced{hash};
        attempts_ = 0;
        return ask();
    }
}

void HeadFollower::ask() {
    if (http_ == nullptr || !job_) return;
    std::string body;
    if (std::holds_alternative<Newest>(*job_)) {
        body = by_number(++last_id_, "latest");
    } else if (const auto* announced = std::get_if<Announced>(&*job_)) {
        body = by_hash(++last_id_, announced->hash);
    } else if (const auto* block = std::get_if<HeadTracker::NeedBlock>(&*job_)) {
        body = by_hash(++last_id_, block->hash);
    } else {
        const auto& range = std::get<HeadTracker::NeedRange>(*job_);
        const auto end = std::min(range.to.value, range_next_ + kBlocksPerBatch - 1);
        body = "[";
        for (auto number = range_next_; number <= end; ++number) {
            if (number != range_next_) body += ',';
            body += by_number(++last_id_, eth::quantity_hex(number));
        }
        body += ']';
    }
    http_->post(std::move(body), [this](std::variant<std::string, HttpFailure> outcome) {
        answered(std::move(outcome));
    });
}

void HeadFollower::answered(std::variant<std::string, HttpFailure> outcome) {
    if (!job_) return;
    if (const auto* failure = std::get_if<HttpFailure>(&outcome)) return again(failure->reason());
    const auto text = padded(std::get<std::string>(outcome));
    if (const auto* range = std::get_if<HeadTracker::NeedRange>(&*job_))
        return range_answered(text, *range);
    block_answered(text);
}

void HeadFollower::block_answered(PaddedText text) {
    const auto message = reader_.read(text, {});
    const auto* reply = std::get_if<Reply>(&message);
    if (reply == nullptr) return again("block_rpc_error");
    if (reply->id != last_id_) return again("wrong_id");
    auto block = blocks_.read(text.sub(reply->result));
    if (!block) return again(to_string(block.error()));
    if (std::holds_alternative<Newest>(*job_)) return publish(tracker_.announce(std::move(*block)));
    if (const auto* announced = std::get_if<Announced>(&*job_)) {
        if (block->hash != announced->hash) return again("wrong_block");
        return publish(tracker_.announce(std::move(*block)));
    }
    if (block->hash != std::get<HeadTracker::NeedBlock>(*job_).hash) return again("wrong_block");
    std::vector<bus::Head> one;
    one.push_back(std::move(*block));
    publish(tracker_.supply(std::move(one)));
}

void HeadFollower::range_answered(PaddedText text, HeadTracker::NeedRange range) {
    const auto end = std::min(range.to.value, range_next_ + kBlocksPerBatch - 1);
    reader_.read_batch(text, kBlocksPerBatch, [&](const RpcMessage& message) {
        const auto* reply = std::get_if<Reply>(&message);
        if (reply == nullptr) return sink_.count_fault("block_rpc_error");
        auto block = blocks_.read(text.sub(reply->result));
        if (!block) return sink_.count_fault(to_string(block.error()));
        if (block->number.value < range_next_ || block->number.value > end)
            return sink_.count_fault("wrong_block");
        range_blocks_.push_back(std::move(*block));
    });
    range_next_ = end + 1;
    if (range_next_ <= range.to.value) return ask();
    auto blocks = std::move(range_blocks_);
    range_blocks_.clear();
    publish(tracker_.supply(std::move(blocks)));
}

void HeadFollower::again(std::string_view fault) {
    sink_.count_fault(fault);
    if (++attempts_ >= kMaxAttempts) {
        spdlog::warn("head not available chain={} reason={} attempts={}", chain_key_, fault,
                     attempts_);
        sink_.count_fault("head_given_up");
        range_blocks_.clear();
        tracker_.abandon();
        return next();
    }
    timer_.expires_after(
        jittered(doubled(kRetryBackoff, attempts_ - 1, kRetryBackoffMax), random_));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) ask();
    });
}

void HeadFollower::publish(HeadTracker::Step step) {
    using Note = HeadTracker::Note;
    if (step.note == Note::gap_too_long) {
        sink_.count_fault("gap_too_long");
        spdlog::warn("blocks missed for good chain={} blocks={}", chain_key_, step.missed_blocks);
    }
    if (step.note == Note::beyond_window) {
        sink_.count_fault("reorg_beyond_window");
        spdlog::warn("reorg deeper than the window chain={}", chain_key_);
    }
    if (step.note == Note::inconsistent) sink_.count_fault("inconsistent_blocks");
    for (auto& event : step.events)
        std::visit([this](const auto& message) { sink_.publish(message); }, event);

    attempts_ = 0;
    if (const auto* block = std::get_if<HeadTracker::NeedBlock>(&step.need)) {
        job_ = *block;
        return ask();
    }
    if (const auto* range = std::get_if<HeadTracker::NeedRange>(&step.need)) {
        job_ = *range;
        range_next_ = range->from.value;
        range_blocks_.clear();
        return ask();
    }
    next();
}

} // namespace viz::ingest
