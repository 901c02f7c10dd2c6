// JSON-RPC 2.0 as nodes speak it: subscription notices, replies in any order, errors with and
// without an id. The text is untrusted: an unreadable message becomes a value with its reason.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "components/eth/types.hpp"
#include "components/ingest/node_link.hpp"

namespace viz::ingest {

enum class Malformed : std::uint8_t {
    not_json,
    not_an_object, // or not an array where a batch was asked for
    not_rpc,       // neither a notice nor a reply
    bad_id,        // a reply to an id that is not a number
    bad_notice,    // subscription without id or result
    bad_pending,   // result is neither a hash nor an object with one
    bad_head,      // a header without number, hash or parent
    unknown_subscription,
};
std::string_view to_string(Malformed reason);

// Views point into the parsed text.
struct PendingHash {
    eth::Hash hash;
};
struct PendingBody {
    eth::Hash hash;        // the hash that the body claims
    std::string_view json; // the transaction object
};
struct HeadNotice {
    eth::BlockNumber number;
    eth::Hash hash;
    eth::Hash parent_hash;
    std::int64_t timestamp_s{}; // 0 where the node gave none
};
struct Reply {
    std::uint64_t id{};
    std::string_view result; // raw JSON, "null" included
};
struct ErrorReply {
    std::optional<std::uint64_t> id; // none: the node does not name the refused request
    std::int64_t code{};
    std::string message; // at most kMaxErrorText bytes, control characters replaced
};
inline constexpr std::size_t kMaxErrorText = 160;

using RpcMessage = std::variant<PendingHash, PendingBody, HeadNotice, Reply, ErrorReply, Malformed>;

// The node's ids of our subscriptions; empty: not acknowledged yet.
struct Subscriptions {
    std::string pending;
    std::string heads;
};

// One per connection: its parsers keep their memory between messages.
class RpcReader {
  public:
    RpcReader();
    ~RpcReader();
    RpcReader(const RpcReader&) = delete;
    RpcReader& operator=(const RpcReader&) = delete;

    // One message of a WebSocket.
    RpcMessage read(PaddedText message, const Subscriptions& subscriptions);

    // A batch's answer: each element as Reply, ErrorReply or Malformed. A lone object (how nodes
    // refuse a whole batch) is one element. At most `limit` elements are read.
    void read_batch(PaddedText message, std::size_t limit,
                    const std::function<void(const RpcMessage&)>& sink);

    // The hash of a transaction object; nothing without a valid "hash".
    std::optional<eth::Hash> transaction_hash(PaddedText object);

    // The block of a transaction: nothing for an unreadable object; block number absent: pending.
    struct Place {
        eth::Hash hash;
        std::optional<eth::BlockNumber> block_number;
        eth::Hash block_hash;
    };
    std::optional<Place> transaction_place(PaddedText object);

    // The content of a short JSON string without escapes (subscription ids, quantities); nothing
    // for other values.
    std::optional<std::string> string_value(PaddedText value);

    // Transactions of `txpool_content` (all groups: pending, queued, baseFee, …). False when the
    // shape is not a pool's. A transaction without a hash is passed without one.
    using TransactionSink =
        std::function<void(const std::optional<eth::Hash>&, std::string_view json)>;
    bool read_pool(PaddedText result, const TransactionSink& sink);
    // Transactions of a block with full bodies, such as the pending one.
    bool read_block_transactions(PaddedText result, const TransactionSink& sink);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Requests. `params` is raw JSON of the array.
std::string rpc_request(std::uint64_t id, std::string_view method, std::string_view params);

} // namespace viz::ingest
