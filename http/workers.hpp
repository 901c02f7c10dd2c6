// The threads that read requests and answer them: Pistache's reactor, transport and parser.
// Pistache's listener can only bind its own socket; these are its workers without it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "http/connection.hpp"
#include "http/unique_fd.hpp"

namespace viz::http {

class Workers {
  public:
    // `shared.turns` has one entry per thread.
    explicit Workers(std::shared_ptr<Shared> shared);
    // Joins the threads, then releases the connections.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // Takes an accepted connection. Call on one thread only.
    void serve(UniqueFd connection);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::http
