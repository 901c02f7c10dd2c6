// An Ethereum node that does what a test says: WebSocket and HTTP on one free loopback port, on a
// thread of its own. By default it behaves; everything it says can be replaced, bent, delayed or
// left out. It is also the load generator of the pipeline bench: play() sends prepared notices at
// a steady rate with little work per message.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "components/eth/types.hpp"
#include "tests/support/fake_chain.hpp"

namespace viz::test {

// Which parameters of eth_subscribe newPendingTransactions the node understands.
enum class Dialect : std::uint8_t {
    flag,   // ["newPendingTransactions", true]: full bodies (geth, reth)
    object, // {"includeTransactions": true}: full bodies (Besu)
    hashes, // neither: hashes only
};

struct FakeNodeOptions {
    std::uint64_t chain_id{31337};
    Dialect dialect{Dialect::flag};
    bool has_txpool{true}; // knows txpool_content
};

struct RpcCall {
    std::string method;
    nlohmann::json params;
    std::string id; // as JSON text
    bool websocket{};
};

// What goes out instead of the usual answer.
struct FakeAnswer {
    std::string text; // the whole response (one element of a batch)
    bool silent{};    // no answer at all
};
struct FakeHttpAnswer {
    unsigned status{200};
    std::string body;
    std::string retry_after; // empty: no header
    bool silent{};           // the request is read and never answered
    bool close_midway{};     // half of the body, then the connection is cut
};

class FakeNode {
  public:
    explicit FakeNode(FakeNodeOptions options = {});
    ~FakeNode();
    FakeNode(const FakeNode&) = delete;
    FakeNode& operator=(const FakeNode&) = delete;

    std::uint16_t port() const;
    std::string ws_url() const;
    std::string http_url() const;

    // The node goes down: the port refuses, connections are cut. And comes back on the same port.
    void stop();
    void start();
    // Cuts the connections only.
    void drop_connections();

    // ---- what the node knows
    // Answered by eth_getTransactionByHash.
    void know_transaction(const std::string& hash, const std::string& json);
    // Also listed by txpool_content (or the pending block).
    void add_to_pool(const std::string& sender, std::uint64_t nonce, const std::string& json);
    void clear_pool();
    void set_nonce(const std::string& address, std::uint64_t nonce);
    // A block on the newest one with these transactions (JSON); announced by newHeads.
    FakeBlock mine(const std::vector<std::string>& transactions = {}, bool announce = true);
    // Takes `depth` blocks back and mines `blocks` others in their place.
    std::vector<FakeBlock> reorg(std::size_t depth, std::size_t blocks);
    FakeBlock newest() const;
    FakeBlock first() const;

    // ---- what the node says, to every subscribed connection
    // By the dialect: the body or its hash. The body stays known.
    void announce(const std::string& hash, const std::string& json);
    void announce_hash(const std::string& hash);
    void send_text(std::string text); // one text frame
    void send_bytes(std::string raw); // as they are on the TCP stream
    // One text frame, a few bytes at a time.
    void drip(std::string text, std::size_t bytes, std::chrono::milliseconds period);

    // ---- bending the answers; an empty optional means the usual one
    void answer_calls(std::function<std::optional<FakeAnswer>(const RpcCall&)> answer);
    void answer_http(std::function<std::optional<FakeHttpAnswer>(const std::string& body)> answer);
    // Upgraded connections take what is sent and say nothing.
    void mute(bool on);

    // ---- load: notices as made by pending_notice(), at `per_second`, to every subscribed
    // connection; starts over at the end until `total` have been sent.
    void play(std::shared_ptr<const std::vector<std::string>> notices, double per_second,
              std::uint64_t total);
    std::uint64_t played() const;

    // ---- what was asked
    std::uint64_t calls(const std::string& method) const;
    std::uint64_t http_requests() const;
    std::uint64_t connections_accepted() const;
    std::size_t subscribers() const; // connections subscribed to pending transactions

    static std::string pending_notice(std::string_view result);
    static std::string head_notice(std::string_view header);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A plain transaction object with that hash, as nodes print it. Its fields fit together, but the
// hash is not that of its bytes: for tests of what comes before decode.
std::string transaction_json(const eth::Hash& hash, const eth::Address& sender,
                             std::uint64_t nonce);

} // namespace viz::test
