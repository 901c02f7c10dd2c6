#include "tests/unit/node/scripted_peer.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

#include "components/node/name_lookup.hpp"
#include "components/node/transport.hpp"
#include "tests/support/test_certificate.hpp"

namespace viz::node::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kHost = "node.test";

// The server's end of TLS between two buffers: what came from the wire, and what goes to it.
class TlsEnd {
  public:
    explicit TlsEnd(SSL_CTX* context)
        : ssl_(SSL_new(context), SSL_free), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
        SSL_set_bio(ssl_.get(), in_, out_);
        SSL_set_accept_state(ssl_.get());
    }
    std::string decrypted(std::string_view wire) {
        if (!wire.empty()) BIO_write(in_, wire.data(), static_cast<int>(wire.size()));
        std::string text;
        std::array<char, 4096> some{};
        for (int size = 0; (size = SSL_read(ssl_.get(), some.data(), some.size())) > 0;)
            text.append(some.data(), static_cast<std::size_t>(size));
        return text;
    }
    std::string encrypted(std::string_view text) {
        if (!text.empty()) SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
        std::string wire(BIO_ctrl_pending(out_), '\0');
        if (!wire.empty()) BIO_read(out_, wire.data(), static_cast<int>(wire.size()));
        return wire;
    }

  private:
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
    BIO* in_;  // the SSL's
    BIO* out_; // the SSL's
};

struct Connection {
    tcp::socket socket;
    std::unique_ptr<TlsEnd> tls;
    std::string received{};
    int answered{};
};

void end(tcp::socket& socket, ScriptedPeer::Ends how) {
    boost::system::error_code ignored;
    if (how == ScriptedPeer::Ends::resets)
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

// One for the process: making a key takes longer than a test's step.
const viz::test::TestCertificate& certificate() {
    static const auto made = viz::test::make_test_certificate(kHost);
    return made;
}

} // namespace

struct ScriptedPeer::Impl {
    Script script;
    Ends ends;
    int answers;
    asio::io_context io;
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    std::unique_ptr<asio::ssl::context> context;
    std::deque<Connection> connections;

    void accept() {
        boost::system::error_code error;
        tcp::socket socket(io);
        if (!acceptor.is_open()) return;
        acceptor.accept(socket, error);
        if (error) return;
        socket.non_blocking(true);
        auto tls = context ? std::make_unique<TlsEnd>(context->native_handle()) : nullptr;
        connections.push_back({std::move(socket), std::move(tls)});
    }
    void serve(Connection& peer) {
        boost::system::error_code error;
        std::array<char, 16384> some{};
        const auto size = peer.socket.read_some(asio::buffer(some), error);
        const std::string_view wire(some.data(), error ? 0 : size);
        peer.received += peer.tls ? peer.tls->decrypted(wire) : std::string(wire);
        const auto answer = script(peer.received);
        const auto bytes = peer.tls ? peer.tls->encrypted(answer) : answer;
        if (!bytes.empty()) asio::write(peer.socket, asio::buffer(bytes), error);
        if (answer.empty() || ++peer.answered < answers || ends == Ends::stays) return;
        end(peer.socket, ends);
    }
};

ScriptedPeer::ScriptedPeer(bool tls, Script script, Ends ends, int answers)
    : impl_(new Impl{.script = std::move(script), .ends = ends, .answers = answers}) {
    impl_->acceptor.non_blocking(true);
    if (!tls) return;
    impl_->context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    impl_->context->use_certificate(asio::buffer(certificate().certificate_pem),
                                    asio::ssl::context::pem);
    impl_->context->use_private_key(asio::buffer(certificate().key_pem), asio::ssl::context::pem);
}
ScriptedPeer::~ScriptedPeer() = default;

Url ScriptedPeer::url(const std::string& scheme) const {
    return parse_url(scheme + (impl_->context ? "s" : "") + "://" + kHost + ":" +
                     std::to_string(impl_->acceptor.local_endpoint().port()))
        .value();
}

std::shared_ptr<asio::ssl::context> ScriptedPeer::trust() const {
    if (!impl_->context) return nullptr;
    static const auto made = [] {
        auto context = make_tls_context("");
        context->add_certificate_authority(asio::buffer(certificate().certificate_pem));
        return context;
    }();
    return made;
}

void ScriptedPeer::turn() {
    impl_->accept();
    for (auto& peer : impl_->connections)
        if (peer.socket.is_open()) impl_->serve(peer);
}

void ScriptedPeer::cut(Ends how) {
    for (auto& peer : impl_->connections)
        if (peer.socket.is_open()) end(peer.socket, how);
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
}

void resolve_to_loopback(asio::io_context& io) {
    asio::use_service<NameLookups>(io).use([](const std::string&) {
        return HostAddresses{.error = {}, .addresses = {asio::ip::make_address("127.0.0.1")}};
    });
}

bool step(asio::io_context& io, ScriptedPeer& peer, int steps, const std::function<bool()>& over) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (int taken = 0; taken < steps && !over();) {
        peer.turn();
        if (io.poll_one() != 0) // a name is looked up on a thread of its own
            ++taken;
        else if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("nothing has happened for half a minute");
        else
            std::this_thread::yield();
    }
    return over();
}

} // namespace viz::node::test
