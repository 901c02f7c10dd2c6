#include "components/ingest/endpoint_slot.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "components/eth/hex.hpp"

namespace viz::ingest {

namespace {

DropReason reason_of(Answer last) {
    switch (last) {
    case Answer::null:
        return DropReason::fetch_null;
    case Answer::wrong:
        return DropReason::fetch_wrong_hash;
    case Answer::done:
    case Answer::failed:
        break;
    }
    return DropReason::fetch_failed;
}

EndpointRotation::Limits rotation_limits(const IngestConfig& config, std::size_t endpoints) {
    return {.endpoint_count = static_cast<std::uint32_t>(endpoints),
            .silence = config.silence_limit,
            .backoff = config.reconnect_backoff,
            .backoff_max = config.reconnect_backoff_max,
            .healthy_after = config.healthy_after};
}

} // namespace

EndpointSlot::EndpointSlot(const SlotContext& context, SourceRef source,
                           std::vector<std::uint32_t> endpoints, Handlers handlers)
    : context_(context), source_(std::move(source)), endpoints_(std::move(endpoints)),
      handlers_(std::move(handlers)), rotation_(rotation_limits(context.config, endpoints_.size()),
                                                context.random, context.now().since_boot()),
      faults_(context.config.malformed_limit, context.config.malformed_window), retry_(context.io),
      bodies_(context.io, fetch_limits(context.config), context.random, context.now,
              {.request =
                   [](std::uint64_t id, const WantedBody& wanted) {
                       return rpc_request(id, "eth_getTransactionByHash",
                                          "[\"" + eth::to_hex(wanted.hash.view()) + "\"]");
                   },
               .answered =
                   [this, reader = std::make_shared<RpcReader>()](const WantedBody& wanted,
                                                                  PaddedText result) {
                       if (result.text == "null") return Answer::null;
                       if (reader->transaction_hash(result) != wanted.hash) return Answer::wrong;
                       context_.intake.fetched(wanted, result.text, source_, context_.now());
                       return Answer::done;
                   },
               .abandoned = [this](const WantedBody& wanted,
                                   Answer last) { context_.intake.lost(wanted, reason_of(last)); },
               .fault = [this](std::string_view kind) { context_.sink.count_fault(kind); }}),
      backfill_(context.io, context.sink,
                {.found =
                     [this](const std::optional<eth::Hash>& hash, std::string_view json) {
                         if (hash)
                             context_.intake.body(*hash, json, source_, context_.now(), true);
                         else
                             context_.intake.unusable();
                     },
                 .finished =
                     [this](std::string_view method, std::size_t transactions) {
                         spdlog::info("pool read chain={} source={} method={} transactions={}",
                                      context_.chain.chain_key, source_.id,
                                      method.empty() ? "none" : method, transactions);
                     }}) {}

EndpointSlot::~EndpointSlot() {
    if (session_) session_->shut();
}

const EndpointConfig& EndpointSlot::endpoint() const {
    return context_.chain.endpoints.at(endpoints_.at(rotation_.index()));
}

void EndpointSlot::start() {
    connect();
}

void EndpointSlot::connect() {
    rotation_.connecting();
    handlers_.changed(*this);
    faults_.clear();
    session_ = std::make_unique<NodeSession>(context_.io, context_.tls, endpoint(),
                                             context_.chain.chain_id, context_.config, *this);
}

void EndpointSlot::tick() {
    if (rotation_.silent(context_.now().since_boot())) leave(LinkError::silent);
}

void EndpointSlot::on_live() {
    rotation_.subscribed(context_.now().since_boot());
    spdlog::info("subscribed chain={} source={} endpoint={} blind_ms={}", context_.chain.chain_key,
                 source_.id, redact(endpoint().ws_url), rotation_.last_outage().count());
    handlers_.changed(*this);
    bodies_.attach(session_->http());
    // Subscribed first: whatever enters the pool while it is read comes live as well.
    backfill_.start(session_->http());
    handlers_.live(*this);
}

void EndpointSlot::on_failed(LinkError error) {
    leave(error);
}

void EndpointSlot::leave(LinkError error) {
    const auto now = context_.now().since_boot();
    if (const auto held_back = link_log_.allow(now))
        spdlog::warn("endpoint left chain={} source={} endpoint={} reason={} held_back={}",
                     context_.chain.chain_key, source_.id, redact(endpoint().ws_url),
                     to_string(error), *held_back);
    const bool was_live = live();
    session_->shut();
    bodies_.detach();
    backfill_.cancel();
    // Its handlers may be on the stack.
    boost::asio::post(context_.io, [dead = std::shared_ptr<NodeSession>(
                                        std::move(session_))]() mutable { dead.reset(); });
    const auto wait = rotation_.failed(error, now);
    if (was_live) handlers_.gone(*this);
    handlers_.changed(*this);
    rotation_.rotate();
    if (endpoints_.size() > 1) handlers_.changed(*this);
    retry_.expires_after(wait);
    retry_.async_wait([this](const boost::system::error_code& failed) {
        if (!failed) connect();
    });
}

void EndpointSlot::misbehaved(std::string_view kind) {
    context_.sink.count_fault(kind);
    const auto now = context_.now().since_boot();
    if (const auto held_back = fault_log_.allow(now))
        spdlog::warn("unusable message chain={} source={} endpoint={} reason={} held_back={}",
                     context_.chain.chain_key, source_.id, redact(endpoint().ws_url), kind,
                     *held_back);
    if (faults_.add(now)) leave(LinkError::malformed_messages);
}

void EndpointSlot::gave_refused_body() {
    // What was under way when the connection was left is not held against the next one.
    if (live()) misbehaved("refused_body");
}

void EndpointSlot::fetch(const WantedBody& wanted) {
    context_.intake.reopen(wanted);
    if (!bodies_.push(wanted)) context_.intake.lost(wanted, DropReason::fetch_queue_full);
}

void EndpointSlot::on_heard() {
    rotation_.heard(context_.now().since_boot());
}

void EndpointSlot::on_pending_hash(const eth::Hash& hash) {
    const auto now = context_.now();
    rotation_.heard_pending(now.wall);
    const auto wanted = context_.intake.announced(hash, source_, now);
    if (wanted && !bodies_.push(*wanted))
        context_.intake.lost(*wanted, DropReason::fetch_queue_full);
}

void EndpointSlot::on_pending_body(const eth::Hash& hash, std::string_view json) {
    const auto now = context_.now();
    rotation_.heard_pending(now.wall);
    context_.intake.body(hash, json, source_, now, false);
}

void EndpointSlot::on_head(const HeadNotice& head) {
    handlers_.head(*this, head);
}

void EndpointSlot::on_malformed(Malformed reason) {
    if (reason == Malformed::bad_pending) context_.intake.unusable();
    misbehaved(to_string(reason));
}

void EndpointSlot::on_rpc_error(const ErrorReply& error) {
    // One such frame is a complaint, not the end of the connection; many are.
    misbehaved(error.id ? "rpc_error_wrong_id" : "rpc_error_without_id");
}

bus::EndpointStatus EndpointSlot::status() const {
    const auto now = context_.now();
    return {.chain_key = context_.chain.chain_key,
            .chain_id = context_.chain.chain_id,
            .source_id = source_.id,
            .state = rotation_.state(),
            .endpoint_index = endpoints_.at(rotation_.index()),
            .endpoint_count = static_cast<std::uint32_t>(context_.chain.endpoints.size()),
            .ws_url = redact(endpoint().ws_url),
            .http_url = redact(endpoint().http_url),
            .last_pending_unix_ms = rotation_.last_pending(),
            .updated_unix_ms = now.wall,
            .last_error = rotation_.last_error(),
            .rotation_count = rotation_.rotations(),
            .disconnect_count = rotation_.disconnects(),
            .clock_skew_ms = 0,
            .blind_ms_total =
                static_cast<std::uint64_t>(rotation_.blind(now.since_boot()).count())};
}

} // namespace viz::ingest
