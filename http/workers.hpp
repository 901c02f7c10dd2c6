// The threads that read requests and answer them: Pistache's reactor, transport and parser.
// Pistache's own listener can only bind a socket of its own; these are its workers without it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "http/connection.hpp"
#include "http/unique_fd.hpp"

namespace viz::http {

class Workers {
  public:
    // `shared.turns` has a place for each thread.
    explicit Workers(std::shared_ptr<Shared> shared);
    // Joins the threads, then lets go of the connections.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // A connection that was taken. Of one thread.
    void serve(UniqueFd connection);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::http
