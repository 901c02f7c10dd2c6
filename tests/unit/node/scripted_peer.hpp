// A peer that acts only when the test lets it, on the test's thread: between any two handlers of
// the client's loop. What the client then starts is complete at once, and its handler waits in the
// loop's queue while the test ends the client.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "components/node/transport.hpp"

namespace viz::node::test {

class ScriptedPeer {
  public:
    enum class Ends : std::uint8_t { stays, closes, resets };
    // Takes from what has come what it understands, and returns the bytes to send for it.
    using Script = std::function<std::string(std::string& received)>;

    // `ends`: what becomes of a connection once the script has answered `answers` times.
    ScriptedPeer(bool tls, Script script, Ends ends, int answers = 1);
    ~ScriptedPeer();
    ScriptedPeer(const ScriptedPeer&) = delete;
    ScriptedPeer& operator=(const ScriptedPeer&) = delete;

    // http(s) or ws(s), by name where TLS has to verify one.
    Url url(const std::string& scheme) const;
    // Trusts the peer's certificate; null without TLS.
    std::shared_ptr<boost::asio::ssl::context> trust() const;
    // Takes what has come, answers.
    void turn();
    // Ends every connection there is, by FIN or RST, and takes no more.
    void cut(Ends how);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The loop resolves every name to the loopback address.
void resolve_to_loopback(boost::asio::io_context& io);

// Runs handlers of the loop one at a time with the peer's turn before each, until `steps` have run
// or `over`. Returns whether `over` became true. Throws after half a minute.
bool step(boost::asio::io_context& io, ScriptedPeer& peer, int steps,
          const std::function<bool()>& over);

} // namespace viz::node::test
