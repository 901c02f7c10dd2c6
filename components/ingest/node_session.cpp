#include "components/ingest/node_session.hpp"

#include <array>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "components/eth/hex.hpp"

namespace viz::ingest {

namespace asio = boost::asio;

namespace {

// geth and reth give full bodies for the flag, Besu for the object; every node gives hashes.
constexpr std::array<std::string_view, 3> kPendingDialects{
    R"(["newPendingTransactions",true])",
    R"(["newPendingTransactions",{"includeTransactions":true}])",
    R"(["newPendingTransactions"])",
};

template <class... Fs> struct Overloaded : Fs... { using Fs::operator()...; };
template <class... Fs> Overloaded(Fs...) -> Overloaded<Fs...>;

} // namespace

struct NodeSession::Impl : std::enable_shared_from_this<NodeSession::Impl> {
    enum class Step : std::uint8_t { connect, chain_id, pending, heads, live };

    Impl(asio::io_context& io, eth::ChainId chain, const IngestConfig& config, NodeEvents& to)
        : chain_id(chain), timeout(config.request_timeout), events(to), deadline(io) {}

    void start(asio::io_context& io, const std::shared_ptr<asio::ssl::context>& tls,
               const EndpointConfig& endpoint, const IngestConfig& config) {
        const LinkLimits limits{.connect_timeout = config.connect_timeout,
                                .request_timeout = config.request_timeout,
                                .max_message_bytes = config.max_message_bytes};
        const auto ws_url = parse_url(endpoint.ws_url);
        const auto http_url = parse_url(endpoint.http_url);
        // Heads and questions have lanes of their own beside the bodies'.
        http =
            make_http_client(io, tls, http_url.value(), limits, config.rpc_max_in_flight + 3, 64);
        const std::weak_ptr<Impl> weak = weak_from_this();
        ws = connect_ws(io, tls, ws_url.value(), limits,
                        {.on_open =
                             [weak] {
                                 if (auto self = weak.lock()) self->opened();
                             },
                         .on_message =
                             [weak](PaddedText text) {
                                 if (auto self = weak.lock()) self->received(text);
                             },
                         .on_closed =
                             [weak](LinkError error) {
                                 if (auto self = weak.lock()) self->fail(error);
                             }});
    }

    void shut() {
        over = true;
        deadline.cancel();
        if (ws) ws->close();
        http.reset();
    }

    void fail(LinkError error) {
        if (over) return;
        shut();
        events.on_failed(error);
    }

    // ------------------------------------------------------------------- questions of ours

    void ask(Step next, std::string_view method, std::string_view params) {
        step = next;
        awaited = ++last_id;
        ws->send(rpc_request(awaited, method, params));
        deadline.expires_after(timeout);
        deadline.async_wait(
            [weak = weak_from_this(), id = awaited](const boost::system::error_code& error) {
                const auto self = weak.lock();
                if (!error && self && self->awaited == id) self->unanswered();
            });
    }

    void unanswered() {
        fail(step == Step::chain_id ? LinkError::chain_id_unknown : LinkError::subscribe_timed_out);
    }

    void opened() {
        ask(Step::chain_id, "eth_chainId", "[]");
        // The bodies come from the HTTP side: it has to be the same chain.
        http->post(rpc_request(1, "eth_chainId", "[]"),
                   [weak = weak_from_this()](std::variant<std::string, HttpFailure> answer) {
                       if (auto self = weak.lock()) self->http_chain_id(answer);
                   });
    }

    void http_chain_id(std::variant<std::string, HttpFailure>& answer) {
        if (over) return;
        if (const auto* failure = std::get_if<HttpFailure>(&answer))
            return fail(failure->kind == HttpFailure::Kind::link ? failure->link
                                                                 : LinkError::chain_id_unknown);
        const auto text = padded(std::get<std::string>(answer));
        const auto message = reader.read(text, {});
        const auto* reply = std::get_if<Reply>(&message);
        if (!reply) return fail(LinkError::chain_id_unknown);
        if (!check_chain_id(text.sub(reply->result))) return;
        http_checked = true;
        if (ws_checked) subscribe_pending();
    }

    // Fails the session itself when the answer is not the configured chain.
    bool check_chain_id(PaddedText result) {
        const auto text = reader.string_value(result);
        const auto id = text ? eth::u64_from_hex(*text) : std::nullopt;
        if (id == chain_id.value) return true;
        fail(id ? LinkError::wrong_chain_id : LinkError::chain_id_unknown);
        return false;
    }

    void subscribe_pending() { ask(Step::pending, "eth_subscribe", kPendingDialects.at(dialect)); }

    void answered(PaddedText text, const Reply& reply) {
        const auto result = text.sub(reply.result);
        awaited = 0;
        deadline.cancel();
        switch (step) {
        case Step::chain_id:
            if (!check_chain_id(result)) return;
            ws_checked = true;
            if (http_checked) subscribe_pending();
            return;
        case Step::pending:
        case Step::heads: {
            const auto id = reader.string_value(result);
            if (!id || id->empty()) return refused();
            if (step == Step::pending) {
                subscriptions.pending = *id;
                return ask(Step::heads, "eth_subscribe", R"(["newHeads"])");
            }
            subscriptions.heads = *id;
            step = Step::live;
            return events.on_live();
        }
        case Step::connect:
        case Step::live:
            return;
        }
    }

    // An error, or something that is no subscription id.
    void refused() {
        awaited = 0;
        deadline.cancel();
        if (step == Step::chain_id) return fail(LinkError::chain_id_unknown);
        if (step == Step::pending && dialect + 1 < kPendingDialects.size()) {
            ++dialect;
            return subscribe_pending();
        }
        fail(LinkError::subscribe_refused);
    }

    // ------------------------------------------------------------------- what the node says

    void received(PaddedText text) {
        if (over) return;
        events.on_heard();
        if (over) return;
        const auto message = reader.read(text, subscriptions);
        std::visit(Overloaded{[&](const PendingBody& m) { events.on_pending_body(m.hash, m.json); },
                              [&](const PendingHash& m) { events.on_pending_hash(m.hash); },
                              [&](const HeadNotice& m) { events.on_head(m); },
                              [&](const Reply& m) {
                                  if (awaited != 0 && m.id == awaited) return answered(text, m);
                                  events.on_malformed(Malformed::bad_id);
                              },
                              [&](const ErrorReply& m) {
                                  if (awaited != 0 && m.id == awaited) return refused();
                                  events.on_rpc_error(m);
                              },
                              [&](Malformed reason) { events.on_malformed(reason); }},
                   message);
    }

    eth::ChainId chain_id;
    std::chrono::milliseconds timeout;
    NodeEvents& events;
    asio::steady_timer deadline;
    std::unique_ptr<WsClient> ws;
    std::unique_ptr<HttpClient> http;
    RpcReader reader;
    Subscriptions subscriptions;
    Step step{Step::connect};
    std::size_t dialect{};
    std::uint64_t last_id{};
    std::uint64_t awaited{}; // 0: nothing
    bool ws_checked{};
    bool http_checked{};
    bool over{};
};

NodeSession::NodeSession(asio::io_context& io, const std::shared_ptr<asio::ssl::context>& tls,
                         const EndpointConfig& endpoint, eth::ChainId chain_id,
                         const IngestConfig& config, NodeEvents& events)
    : impl_(std::make_shared<Impl>(io, chain_id, config, events)) {
    impl_->start(io, tls, endpoint, config);
}

NodeSession::~NodeSession() {
    impl_->shut();
}
HttpClient& NodeSession::http() {
    return *impl_->http;
}
void NodeSession::shut() {
    impl_->shut();
}

} // namespace viz::ingest
