// Reads the transactions that were pending before the subscription: the node's pool at (re)connect
// or, where the node does not serve it, its pending block. Forwarded in small portions so that the
// live feed is not delayed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "components/ingest/chain_sink.hpp"
#include "components/ingest/node_link.hpp"
#include "components/ingest/rpc_message.hpp"

namespace viz::ingest {

class PoolBackfill {
  public:
    struct Handlers {
        // Without a hash: an entry that has none.
        std::function<void(const std::optional<eth::Hash>&, std::string_view json)> found;
        // All forwarded; `method` is the source, empty when no method worked.
        std::function<void(std::string_view method, std::size_t transactions)> finished;
    };
    PoolBackfill(boost::asio::io_context& io, ChainSink& sink, Handlers handlers);

    // Callbacks arrive until cancel(). Call it when the client ends.
    void start(HttpClient& http);
    void cancel();

  private:
    struct Entry {
        std::optional<eth::Hash> hash;
        std::string_view json; // into text_
    };
    void ask();
    void answered(std::variant<std::string, HttpFailure> outcome);
    bool read();
    void portion();
    void wait(std::chrono::milliseconds delay);

    boost::asio::steady_timer timer_;
    ChainSink& sink_;
    Handlers handlers_;
    RpcReader reader_;
    HttpClient* http_{};
    std::size_t method_{};
    std::string text_;
    std::vector<Entry> entries_;
    std::size_t next_{};
};

} // namespace viz::ingest
