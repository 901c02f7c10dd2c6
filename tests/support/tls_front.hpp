// Speaks TLS in front of a plain server on loopback, with a certificate made for the test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace viz::test {

class TlsFront {
  public:
    // `host` is the only name in the self-signed certificate.
    TlsFront(std::uint16_t backend_port, const std::string& host);
    ~TlsFront();
    TlsFront(const TlsFront&) = delete;
    TlsFront& operator=(const TlsFront&) = delete;

    std::uint16_t port() const;
    std::string certificate_pem() const;
    std::uint64_t handshakes() const; // completed ones

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::test
