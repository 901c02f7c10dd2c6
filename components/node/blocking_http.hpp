// A blocking HTTP client: one request at a time, for threads that may wait.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "components/node/name_lookup.hpp"
#include "components/node/transport.hpp"

namespace viz::node {

// Not thread-safe. A connection is kept from request to request.
class BlockingHttp {
  public:
    // `ca_file` (PEM) beside the system's authorities, for https. Throws where that is unreadable.
    BlockingHttp(const Url& url, const std::string& ca_file, const LinkLimits& limits,
                 HostLookup lookup = system_lookup);
    ~BlockingHttp();
    BlockingHttp(const BlockingHttp&) = delete;
    BlockingHttp& operator=(const BlockingHttp&) = delete;

    // POSTs JSON; the limits end every request, and so does a request to stop, or the end of
    // `most`: as timed_out, with the connection dropped.
    std::variant<std::string, HttpFailure>
    post(const std::string& body, const std::stop_token& stop = {},
         std::optional<std::chrono::nanoseconds> most = std::nullopt);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::node
