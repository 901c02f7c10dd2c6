// A real server on a free port of the loopback interface.
#pragma once

#include "http/server.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/http_fixture.hpp"

namespace viz::test {

struct ServerParts : ApiParts {
    explicit ServerParts(http::ServerConfig server_config = {}, http::ApiConfig api_config = {},
                         const http::ReadModelLimits& limits = {})
        : ApiParts(std::move(api_config), limits),
          server(api, model, history, metrics, on_free_port(std::move(server_config))) {
        model.on_growth([this] { server.wake_streams(); });
        server.start();
    }
    static http::ServerConfig on_free_port(http::ServerConfig config) {
        config.bind = "127.0.0.1:0";
        return config;
    }
    std::uint16_t port() const { return server.port(); }

    http::Server server;
};

} // namespace viz::test
