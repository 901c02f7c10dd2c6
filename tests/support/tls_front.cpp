#include "tests/support/tls_front.hpp"

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace viz::test {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

template <class T, void (*free)(T*)> struct Free {
    void operator()(T* p) const { free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;

template <class Write> std::string pem(Write write) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get());
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Certificate self_signed(EVP_PKEY* key, const std::string& host) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    auto* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    for (const auto& [nid, value] : {std::pair{NID_subject_alt_name, "DNS:" + host},
                                     std::pair{NID_basic_constraints, std::string("CA:TRUE")}}) {
        const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
            X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), X509_EXTENSION_free);
        X509_add_ext(certificate.get(), extension.get(), -1);
    }
    if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) throw std::runtime_error("sign");
    return certificate;
}

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
    const Key key(EVP_EC_gen("P-256"));
    const auto certificate = self_signed(key.get(), host);
    impl_->certificate = pem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); });
    const auto key_pem = pem([&](BIO* bio) {
        PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    impl_->context.use_certificate(asio::buffer(impl_->certificate), ssl::context::pem);
    impl_->context.use_private_key(asio::buffer(key_pem), ssl::context::pem);
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
