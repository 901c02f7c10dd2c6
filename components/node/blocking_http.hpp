// One request after the other, whoever asks waits: for threads whose business is waiting.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "components/node/transport.hpp"

namespace viz::node {

// Not thread-safe. A connection is kept from request to request.
class BlockingHttp {
  public:
    // `ca_file` (PEM) beside the system's authorities, for https. Throws where that is unreadable.
    BlockingHttp(const Url& url, const std::string& ca_file, const LinkLimits& limits);
    ~BlockingHttp();
    BlockingHttp(const BlockingHttp&) = delete;
    BlockingHttp& operator=(const BlockingHttp&) = delete;

    // POSTs JSON; the limits end every request.
    std::variant<std::string, HttpFailure> post(const std::string& body);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::node
