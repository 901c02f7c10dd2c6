#include "tests/support/tls_front.hpp"

#include <array>
#include <atomic>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "tests/support/test_certificate.hpp"

namespace viz::test {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using TlsSocket = ssl::stream<tcp::socket>;

// Bytes both ways until either side ends.
class Pipe : public std::enable_shared_from_this<Pipe> {
  public:
    Pipe(asio::io_context& io, tcp::socket socket, ssl::context& context)
        : front_(std::move(socket), context), back_(io) {}

    void start(std::uint16_t backend, std::atomic<std::uint64_t>& handshakes) {
        front_.async_handshake(ssl::stream_base::server, [self = shared_from_this(), backend,
                                                          &handshakes](const error_code& failed) {
            if (failed) return;
            ++handshakes;
            error_code error;
            self->back_.connect({asio::ip::address_v4::loopback(), backend}, error);
            if (error) return;
            self->pump(self->front_, self->back_, self->up_);
            self->pump(self->back_, self->front_, self->down_);
        });
    }

  private:
    using Buffer = std::array<char, 16384>;
    template <class From, class To> void pump(From& from, To& to, Buffer& buffer) {
        from.async_read_some(asio::buffer(buffer), [self = shared_from_this(), &from, &to, &buffer](
                                                       const error_code& error, std::size_t size) {
            if (error) return self->end();
            asio::async_write(to, asio::buffer(buffer.data(), size),
                              [self, &from, &to, &buffer](const error_code& failed, std::size_t) {
                                  if (failed) return self->end();
                                  self->pump(from, to, buffer);
                              });
        });
    }
    void end() {
        error_code ignored;
        front_.next_layer().close(ignored);
        back_.close(ignored);
    }

    TlsSocket front_;
    tcp::socket back_;
    Buffer up_{};
    Buffer down_{};
};

} // namespace

struct TlsFront::Impl {
    asio::io_context io{1};
    ssl::context context{ssl::context::tls_server};
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    std::uint16_t backend{};
    std::string certificate;
    std::atomic<std::uint64_t> handshakes{0};
    std::jthread thread;

    void accept() {
        acceptor.async_accept([this](const error_code& error, tcp::socket socket) {
            if (error) return;
            std::make_shared<Pipe>(io, std::move(socket), context)->start(backend, handshakes);
            accept();
        });
    }
};

TlsFront::TlsFront(std::uint16_t backend_port, const std::string& host)
    : impl_(std::make_unique<Impl>()) {
    const auto made = make_test_certificate(host);
    impl_->certificate = made.certificate_pem;
    impl_->context.use_certificate(asio::buffer(impl_->certificate), ssl::context::pem);
    impl_->context.use_private_key(asio::buffer(made.key_pem), ssl::context::pem);
    impl_->backend = backend_port;
    impl_->accept();
    impl_->thread = std::jthread([io = &impl_->io] { io->run(); });
}

TlsFront::~TlsFront() {
    impl_->io.stop();
}

std::uint16_t TlsFront::port() const {
    return impl_->acceptor.local_endpoint().port();
}
std::string TlsFront::certificate_pem() const {
    return impl_->certificate;
}
std::uint64_t TlsFront::handshakes() const {
    return impl_->handshakes;
}

} // namespace viz::test
