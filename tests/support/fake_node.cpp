#include "tests/support/fake_node.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "components/eth/hex.hpp"

namespace viz::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kPendingId = "0xfade";
constexpr std::string_view kHeadsId = "0x4ead";
constexpr std::size_t kMaxRequest = 64u << 20;

// Sec-WebSocket-Accept of RFC 6455, 1.3.
std::string accept_of(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    unsigned char encoded[32];
    const int size = EVP_EncodeBlock(encoded, digest, SHA_DIGEST_LENGTH);
    return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)};
}

// An unmasked frame as servers send it (RFC 6455, 5.2).
void append_frame(std::string& out, std::string_view payload, unsigned opcode = 1) {
    out.push_back(static_cast<char>(0x80u | opcode));
    const auto size = payload.size();
    if (size < 126) {
        out.push_back(static_cast<char>(size));
    } else {
        const int bytes = size <= 0xffff ? 2 : 8;
        out.push_back(static_cast<char>(bytes == 2 ? 126 : 127));
        for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i)));
    }
    out.append(payload);
}

std::string reply(const std::string& id, const std::string& result) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + result + "}";
}
std::string error_reply(const std::string& id, int code, const std::string& message) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(code) +
           R"(,"message":")" + message + R"("}})";
}
std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

} // namespace

// ------------------------------------------------------------------------------- the node

struct FakeNode::Impl {
    class Connection;

    explicit Impl(FakeNodeOptions options_in) : options(options_in) {
        listen();
        chain.emplace(port);
    }

    // ---- answers, under the mutex
    std::string answer(const RpcCall& call, Connection* connection);
    std::optional<std::string> answer_element(const json& element, Connection* connection);
    std::optional<std::string> answer_text(const std::string& text, Connection* connection);

    // ---- network, on the io thread
    void listen();
    void accept();
    void to_subscribers(bool heads, const std::string& bytes);
    template <class F> void on_io(F job) {
        std::promise<void> done;
        asio::post(io, [&] {
            job();
            done.set_value();
        });
        done.get_future().wait();
    }

    struct Player {
        std::shared_ptr<const std::vector<std::string>> notices;
        double per_second{};
        std::uint64_t total{};
        std::uint64_t sent{};
        Clock::time_point start;
    };
    void play_on();

    FakeNodeOptions options;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    tcp::acceptor acceptor{io};
    asio::steady_timer player_timer{io};
    std::uint16_t port{};
    std::set<std::shared_ptr<Connection>> connections; // io thread only
    std::optional<Player> player;                      // io thread only

    mutable std::mutex mutex;
    std::optional<FakeChain> chain; // from when the port is known, its salt
    std::map<std::string, std::uint64_t> call_counts;
    std::function<std::optional<FakeAnswer>(const RpcCall&)> answer_calls;
    std::function<std::optional<FakeHttpAnswer>(const std::string&)> answer_http;

    std::atomic<bool> muted{false};
    std::atomic<std::uint64_t> http_requests{0};
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> played{0};
    std::atomic<std::size_t> subscribers{0};

    std::jthread thread; // last: it uses all of the above
};

// ------------------------------------------------------------------------------- connection

class FakeNode::Impl::Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(Impl& node, tcp::socket socket)
        : node_(node), socket_(std::move(socket)), drip_timer_(node.io) {
        beast::error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
    }

    bool to_pending{};
    bool to_heads{};
    bool idle() const { return queue_.empty(); }

    void start() { read_request(); }

    void cut() {
        beast::error_code ignored;
        socket_.close(ignored);
        drip_timer_.cancel();
        forget();
    }

    void write(std::string bytes, std::function<void()> done = {}) {
        queue_.push_back({std::move(bytes), std::move(done)});
        if (queue_.size() == 1) write_next();
    }
    void write_frame(std::string_view payload, unsigned opcode = 1) {
        std::string bytes;
        append_frame(bytes, payload, opcode);
        write(std::move(bytes));
    }

    void drip(std::string bytes, std::size_t step, std::chrono::milliseconds period) {
        if (bytes.empty()) return;
        write(bytes.substr(0, step));
        drip_timer_.expires_after(period);
        drip_timer_.async_wait([self = shared_from_this(),
                                rest = bytes.substr(std::min(step, bytes.size())), step,
                                period](const beast::error_code& error) {
            if (!error) self->drip(rest, step, period);
        });
    }

  private:
    void forget() {
        if (to_pending) --node_.subscribers;
        to_pending = to_heads = false;
        node_.connections.erase(shared_from_this());
    }

    void read_request() {
        parser_.emplace();
        parser_->body_limit(kMaxRequest);
        http::async_read(socket_, buffer_, *parser_,
                         [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                             if (error) return self->cut();
                             self->request(self->parser_->release());
                         });
    }

    void request(http::request<http::string_body> request) {
        if (!request[http::field::sec_websocket_key].empty()) return upgrade(request);
        ++node_.http_requests;
        const auto keep = request.keep_alive();
        std::optional<FakeHttpAnswer> bent;
        {
            const std::lock_guard lock(node_.mutex);
            if (node_.answer_http) bent = node_.answer_http(request.body());
        }
        if (!bent) {
            const auto text = node_.answer_text(request.body(), nullptr);
            bent = FakeHttpAnswer{.body = text.value_or(""), .retry_after = {}, .silent = !text};
        }
        if (bent->silent) return;
        respond(*bent, keep);
    }

    void respond(const FakeHttpAnswer& answer, bool keep) {
        http::response<http::string_body> response{http::status::ok, 11};
        response.result(answer.status);
        response.set(http::field::content_type, "application/json");
        if (!answer.retry_after.empty()) response.set(http::field::retry_after, answer.retry_after);
        response.keep_alive(keep);
        response.body() = answer.body;
        response.prepare_payload();
        std::ostringstream text;
        text << response;
        auto bytes = std::move(text).str();
        if (answer.close_midway) bytes.resize(bytes.size() - answer.body.size() / 2);
        write(std::move(bytes), [self = shared_from_this(), keep, midway = answer.close_midway] {
            if (!keep || midway) return self->cut();
            self->read_request();
        });
    }

    void upgrade(const http::request<http::string_body>& request) {
        const auto key = request[http::field::sec_websocket_key];
        write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: " +
              accept_of({key.data(), key.size()}) + "\r\n\r\n");
        incoming_ = beast::buffers_to_string(buffer_.data());
        buffer_.clear();
        read_frames();
    }

    void read_frames() {
        while (take_frame()) {
        }
        socket_.async_read_some(
            asio::buffer(chunk_),
            [self = shared_from_this()](const beast::error_code& error, std::size_t size) {
                if (error) return self->cut();
                self->incoming_.append(self->chunk_.data(), size);
                self->read_frames();
            });
    }

    // One masked client frame off the front of what has come in; false: not whole yet.
    bool take_frame() {
        if (incoming_.size() < 6) return false;
        const auto byte = [this](std::size_t i) {
            return static_cast<std::size_t>(static_cast<unsigned char>(incoming_[i]));
        };
        const auto opcode = byte(0) & 15;
        std::size_t size = byte(1) & 127;
        std::size_t at = 2;
        const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (incoming_.size() < at + extra + 4) return false;
        if (extra != 0) size = 0;
        for (std::size_t i = 0; i < extra; ++i) size = size << 8 | byte(at++);
        const auto mask = at;
        at += 4;
        if (incoming_.size() < at + size) return false;
        std::string payload = incoming_.substr(at, size);
        for (std::size_t i = 0; i < size; ++i)
            payload[i] = static_cast<char>(payload[i] ^ incoming_[mask + i % 4]);
        incoming_.erase(0, at + size);
        if (opcode == 8) return false;
        if (opcode == 9 && !node_.muted) write_frame(payload, 10);
        if (opcode == 1 && !node_.muted)
            if (const auto text = node_.answer_text(payload, this)) write_frame(*text);
        return true;
    }

    void write_next() {
        asio::async_write(socket_, asio::buffer(queue_.front().first),
                          [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                              if (error) return self->cut();
                              const auto done = std::move(self->queue_.front().second);
                              self->queue_.pop_front();
                              if (!self->queue_.empty()) self->write_next();
                              if (done) done();
                          });
    }

    Impl& node_;
    tcp::socket socket_;
    asio::steady_timer drip_timer_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::array<char, 16384> chunk_{};
    std::string incoming_;
    std::deque<std::pair<std::string, std::function<void()>>> queue_;
};

// ------------------------------------------------------------------------------- answers

std::string FakeNode::Impl::answer(const RpcCall& call, Connection* connection) {
    const auto& method = call.method;
    if (method == "eth_chainId") return reply(call.id, quoted(eth::quantity_hex(options.chain_id)));
    if (method == "eth_subscribe" && connection != nullptr) {
        if (!call.params.empty() && call.params[0] == json("newHeads")) {
            connection->to_heads = true;
            return reply(call.id, quoted(std::string(kHeadsId)));
        }
        const bool plain = call.params.size() == 1;
        const bool flag = !plain && call.params[1] == json(true);
        const bool object = !plain && call.params[1].is_object();
        if ((flag && options.dialect != Dialect::flag) ||
            (object && options.dialect != Dialect::object))
            return error_reply(call.id, -32602, "invalid params");
        if (!connection->to_pending) ++subscribers;
        connection->to_pending = true;
        return reply(call.id, quoted(std::string(kPendingId)));
    }
    if (method != "txpool_content" || options.has_txpool)
        if (const auto result = chain->result(method, call.params)) return reply(call.id, *result);
    return error_reply(call.id, -32601, "the method does not exist");
}

std::optional<std::string> FakeNode::Impl::answer_element(const json& element,
                                                          Connection* connection) {
    const RpcCall call{.method = element.value("method", ""),
                       .params = element.value("params", json::array()),
                       .id = element.contains("id") ? element["id"].dump() : "null",
                       .websocket = connection != nullptr};
    ++call_counts[call.method];
    if (answer_calls)
        if (auto bent = answer_calls(call)) {
            if (bent->silent) return std::nullopt;
            return std::move(bent->text);
        }
    return answer(call, connection);
}

std::optional<std::string> FakeNode::Impl::answer_text(const std::string& text,
                                                       Connection* connection) {
    const std::lock_guard lock(mutex);
    const auto request = json::parse(text, nullptr, false);
    if (request.is_discarded()) return error_reply("null", -32700, "parse error");
    if (!request.is_array()) return answer_element(request, connection);
    std::string out = "[";
    for (const auto& element : request)
        if (const auto one = answer_element(element, connection))
            out += (out.size() == 1 ? "" : ",") + *one;
    return out + "]";
}

// ------------------------------------------------------------------------------- network

void FakeNode::Impl::listen() {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    port = acceptor.local_endpoint().port();
    accept();
}

void FakeNode::Impl::accept() {
    acceptor.async_accept([this](const beast::error_code& error, tcp::socket socket) {
        if (error) return;
        ++accepted;
        const auto connection = std::make_shared<Connection>(*this, std::move(socket));
        connections.insert(connection);
        connection->start();
        accept();
    });
}

void FakeNode::Impl::to_subscribers(bool heads, const std::string& bytes) {
    const auto snapshot = connections;
    for (const auto& connection : snapshot)
        if (heads ? connection->to_heads : connection->to_pending) connection->write(bytes);
}

// Sends what is due by now in one write per connection; waits for slow takers.
void FakeNode::Impl::play_on() {
    if (!player || player->sent >= player->total) return;
    constexpr std::uint64_t kMostPerWrite = 512;
    const auto elapsed = std::chrono::duration<double>(Clock::now() - player->start).count();
    const auto due =
        std::min(static_cast<std::uint64_t>(elapsed * player->per_second), player->total);
    const bool all_idle = std::all_of(connections.begin(), connections.end(),
                                      [](const auto& c) { return !c->to_pending || c->idle(); });
    if (all_idle && due > player->sent) {
        std::string bytes;
        const auto count = std::min(due - player->sent, kMostPerWrite);
        for (std::uint64_t i = 0; i < count; ++i, ++player->sent)
            append_frame(bytes, (*player->notices)[player->sent % player->notices->size()]);
        to_subscribers(false, bytes);
        played = player->sent;
    }
    player_timer.expires_after(player->sent < due ? std::chrono::microseconds(100)
                                                  : std::chrono::microseconds(1000));
    player_timer.async_wait([this](const beast::error_code& error) {
        if (!error) play_on();
    });
}

// ------------------------------------------------------------------------------- the face

FakeNode::FakeNode(FakeNodeOptions options) : impl_(std::make_unique<Impl>(options)) {
    impl_->thread = std::jthread([io = &impl_->io] { io->run(); });
}

FakeNode::~FakeNode() {
    stop();
    impl_->on_io([this] { impl_->player_timer.cancel(); });
    impl_->work.reset();
    impl_->io.stop();
}

std::uint16_t FakeNode::port() const {
    return impl_->port;
}
std::string FakeNode::ws_url() const {
    return "ws://127.0.0.1:" + std::to_string(port());
}
std::string FakeNode::http_url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

void FakeNode::stop() {
    impl_->on_io([this] {
        beast::error_code ignored;
        impl_->acceptor.close(ignored);
        const auto all = impl_->connections;
        for (const auto& connection : all) connection->cut();
    });
}

void FakeNode::start() {
    impl_->on_io([this] {
        if (!impl_->acceptor.is_open()) impl_->listen();
    });
}

void FakeNode::drop_connections() {
    impl_->on_io([this] {
        const auto all = impl_->connections;
        for (const auto& connection : all) connection->cut();
    });
}

void FakeNode::know_transaction(const std::string& hash, const std::string& text) {
    const std::lock_guard lock(impl_->mutex);
    impl_->chain->know_transaction(hash, text);
}

void FakeNode::add_to_pool(const std::string& sender, std::uint64_t nonce,
                           const std::string& text) {
    const std::lock_guard lock(impl_->mutex);
    impl_->chain->add_to_pool(sender, nonce, text);
}

void FakeNode::clear_pool() {
    const std::lock_guard lock(impl_->mutex);
    impl_->chain->clear_pool();
}

void FakeNode::set_nonce(const std::string& address, std::uint64_t nonce) {
    const std::lock_guard lock(impl_->mutex);
    impl_->chain->set_nonce(address, nonce);
}

FakeBlock FakeNode::mine(const std::vector<std::string>& transactions, bool announce) {
    std::pair<FakeBlock, std::string> mined;
    {
        const std::lock_guard lock(impl_->mutex);
        mined = impl_->chain->mine(transactions);
    }
    const auto& [block, header] = mined;
    if (announce) {
        std::string bytes;
        append_frame(bytes, head_notice(header));
        impl_->on_io([&] { impl_->to_subscribers(true, bytes); });
    }
    return block;
}

std::vector<FakeBlock> FakeNode::reorg(std::size_t depth, std::size_t blocks) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->chain->take_back(depth);
    }
    std::vector<FakeBlock> made;
    for (std::size_t i = 0; i < blocks; ++i) made.push_back(mine());
    return made;
}

FakeBlock FakeNode::newest() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->chain->newest();
}

FakeBlock FakeNode::first() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->chain->first();
}

void FakeNode::announce(const std::string& hash, const std::string& text) {
    know_transaction(hash, text);
    send_text(pending_notice(impl_->options.dialect == Dialect::hashes ? quoted(hash) : text));
}

void FakeNode::announce_hash(const std::string& hash) {
    send_text(pending_notice(quoted(hash)));
}

void FakeNode::send_text(std::string text) {
    std::string bytes;
    append_frame(bytes, text);
    send_bytes(std::move(bytes));
}

void FakeNode::send_bytes(std::string raw) {
    impl_->on_io([&] { impl_->to_subscribers(false, raw); });
}

void FakeNode::drip(std::string text, std::size_t bytes, std::chrono::milliseconds period) {
    std::string frame;
    append_frame(frame, text);
    impl_->on_io([&] {
        for (const auto& connection : impl_->connections)
            if (connection->to_pending) connection->drip(frame, bytes, period);
    });
}

void FakeNode::answer_calls(std::function<std::optional<FakeAnswer>(const RpcCall&)> answer) {
    const std::lock_guard lock(impl_->mutex);
    impl_->answer_calls = std::move(answer);
}

void FakeNode::answer_http(
    std::function<std::optional<FakeHttpAnswer>(const std::string&)> answer) {
    const std::lock_guard lock(impl_->mutex);
    impl_->answer_http = std::move(answer);
}

void FakeNode::mute(bool on) {
    impl_->muted = on;
}

void FakeNode::play(std::shared_ptr<const std::vector<std::string>> notices, double per_second,
                    std::uint64_t total) {
    impl_->on_io([&] {
        impl_->played = 0;
        impl_->player = Impl::Player{.notices = std::move(notices),
                                     .per_second = per_second,
                                     .total = total,
                                     .sent = 0,
                                     .start = Clock::now()};
        impl_->play_on();
    });
}

std::uint64_t FakeNode::played() const {
    return impl_->played;
}

std::uint64_t FakeNode::calls(const std::string& method) const {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->call_counts.find(method);
    return found == impl_->call_counts.end() ? 0 : found->second;
}

std::uint64_t FakeNode::http_requests() const {
    return impl_->http_requests;
}
std::uint64_t FakeNode::connections_accepted() const {
    return impl_->accepted;
}
std::size_t FakeNode::subscribers() const {
    return impl_->subscribers;
}

std::string FakeNode::pending_notice(std::string_view result) {
    std::string out = R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")";
    out += kPendingId;
    out += R"(","result":)";
    out += result;
    return out + "}}";
}

std::string FakeNode::head_notice(std::string_view header) {
    std::string out = R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")";
    out += kHeadsId;
    out += R"(","result":)";
    out += header;
    return out + "}}";
}

std::string transaction_json(const eth::Hash& hash, const eth::Address& sender,
                             std::uint64_t nonce) {
    return R"({"blockHash":null,"blockNumber":null,"from":")" + eth::to_hex(sender.view()) +
           R"(","gas":"0x5208","gasPrice":"0x3b9aca00","hash":")" + eth::to_hex(hash.view()) +
           R"(","input":"0x","nonce":")" + eth::quantity_hex(nonce) +
           R"(","to":"0x00000000000000000000000000000000000000aa","transactionIndex":null,)"
           R"("value":"0x1","type":"0x0","chainId":"0x7a69","v":"0xf4f6",)"
           R"("r":"0x1","s":"0x1"})";
}

} // namespace viz::test
