#include "components/ingest/rpc_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <simdjson.h>

#include "components/eth/hex.hpp"
#include "components/eth/json_reader.hpp"

namespace viz::ingest {

namespace od = simdjson::ondemand;
static_assert(node::kJsonPadding >= simdjson::SIMDJSON_PADDING);

namespace {

constexpr std::size_t kMaxSubscriptionId = 128;
// Larger messages are rare: they are measured before they are parsed, and their memory goes after.
constexpr std::size_t kLargeMessage = 1u << 20;

// The parts of one JSON-RPC object, raw; empty views: absent.
struct Parts {
    std::string_view id;
    std::string_view method;
    std::string_view params;
    std::string_view result;
    std::string_view error;
};

// The text between the quotes; nothing when it is not a string. Escapes are left as they are:
// ids and hex digits have none, and with one they do not match what they are compared to.
std::optional<std::string_view> unquoted(std::string_view raw) {
    if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return std::nullopt;
    return raw.substr(1, raw.size() - 2);
}

std::optional<std::string_view> raw_of(od::value value) {
    std::string_view text;
    if (simdjson::to_json_string(value).get(text) != simdjson::SUCCESS) return std::nullopt;
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                             text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::optional<eth::Hash> hash_in(std::string_view raw) {
    const auto text = unquoted(raw);
    return text ? eth::hash_from_hex(*text) : std::nullopt;
}
std::optional<std::uint64_t> quantity_in(std::string_view raw) {
    const auto text = unquoted(raw);
    return text ? eth::u64_from_hex(*text) : std::nullopt;
}

template <class T> std::optional<T> integer_in(std::string_view raw) {
    T value{};
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc{} || end != raw.data() + raw.size()) return std::nullopt;
    return value;
}

std::string shown(std::string_view text) {
    std::string out(text.substr(0, kMaxErrorText));
    std::replace_if(
        out.begin(), out.end(),
        [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e;
        },
        '?');
    return out;
}

} // namespace

std::string_view to_string(Malformed reason) {
    switch (reason) {
    case Malformed::not_json:
        return "not_json";
    case Malformed::not_an_object:
        return "not_an_object";
    case Malformed::not_rpc:
        return "not_rpc";
    case Malformed::bad_id:
        return "bad_id";
    case Malformed::bad_notice:
        return "bad_notice";
    case Malformed::bad_pending:
        return "bad_pending";
    case Malformed::bad_head:
        return "bad_head";
    case Malformed::unknown_subscription:
        return "unknown_subscription";
    }
    return "unknown";
}

struct RpcReader::Impl {
    od::parser outer; // batches, pools: stays open while elements are looked at
    od::parser inner;

    static bool too_much(PaddedText text) {
        return text.text.size() > kLargeMessage && eth::exceeds(text.text).has_value();
    }
    // The parsers keep five bytes and more for each byte of the longest text they have seen.
    void release_after(PaddedText text) {
        if (text.text.size() <= kLargeMessage) return;
        outer = od::parser();
        inner = od::parser();
    }

    // Calls `field(key, raw value)` for each field of an object. False when it is not an object
    // or ends badly.
    template <class Field>
    static bool each_field(od::parser& parser, PaddedText text, Field field) {
        od::document document;
        if (parser.iterate(text.text.data(), text.text.size(), text.readable).get(document) !=
            simdjson::SUCCESS)
            return false;
        od::object object;
        if (document.get_object().get(object) != simdjson::SUCCESS) return false;
        for (auto item : object) {
            od::field entry;
            if (std::move(item).get(entry) != simdjson::SUCCESS) return false;
            const auto key = unquoted_key(entry);
            const auto value = raw_of(entry.value());
            if (!value) return false;
            field(key, *value);
        }
        return true;
    }
    static std::string_view unquoted_key(od::field& entry) {
        std::string_view key;
        if (entry.unescaped_key().get(key) != simdjson::SUCCESS) return {};
        return key;
    }

    bool parts(PaddedText text, Parts& out) {
        return each_field(inner, text, [&out](std::string_view key, std::string_view value) {
            if (key == "result") out.result = value;
            if (key == "id") out.id = value;
            if (key == "error") out.error = value;
            if (key == "method") out.method = value;
            if (key == "params") out.params = value;
        });
    }

    RpcMessage reply(PaddedText text, const Parts& parts) {
        const auto id = integer_in<std::uint64_t>(parts.id);
        if (!parts.error.empty() && parts.error != "null")
            return error_reply(text.sub(parts.error), id);
        if (parts.result.empty()) return Malformed::not_rpc;
        if (!id) return Malformed::bad_id;
        return Reply{*id, parts.result};
    }

    RpcMessage error_reply(PaddedText error, std::optional<std::uint64_t> id) {
        ErrorReply out{.id = id, .code = 0, .message = {}};
        each_field(inner, error, [&out](std::string_view key, std::string_view value) {
            if (key == "code") out.code = integer_in<std::int64_t>(value).value_or(0);
            if (key == "message") out.message = shown(unquoted(value).value_or(value));
        });
        return out;
    }

    RpcMessage notice(PaddedText text, const Parts& parts, const Subscriptions& known) {
        std::string_view subscription;
        std::string_view result;
        const bool whole = each_field(inner, text.sub(parts.params),
                                      [&](std::string_view key, std::string_view value) {
                                          if (key == "subscription")
                                              subscription = unquoted(value).value_or(value);
                                          if (key == "result") result = value;
                                      });
        if (!whole || subscription.empty() || result.empty()) return Malformed::bad_notice;
        if (subscription == known.pending) return pending(text.sub(result));
        if (subscription == known.heads) return head(text.sub(result));
        return Malformed::unknown_subscription;
    }

    RpcMessage pending(PaddedText result) {
        if (result.text.front() == '"') {
            const auto hash = hash_in(result.text);
            if (!hash) return Malformed::bad_pending;
            return PendingHash{*hash};
        }
        const auto hash = object_hash(inner, result);
        if (!hash) return Malformed::bad_pending;
        return PendingBody{*hash, result.text};
    }

    static std::optional<eth::Hash> object_hash(od::parser& parser, PaddedText text) {
        od::document document;
        if (parser.iterate(text.text.data(), text.text.size(), text.readable).get(document) !=
            simdjson::SUCCESS)
            return std::nullopt;
        od::object object;
        std::string_view hash;
        if (document.get_object().get(object) != simdjson::SUCCESS ||
            object.find_field_unordered("hash").get_string().get(hash) != simdjson::SUCCESS)
            return std::nullopt;
        return eth::hash_from_hex(hash);
    }

    RpcMessage head(PaddedText result) {
        std::optional<std::uint64_t> number;
        std::optional<eth::Hash> hash;
        std::optional<eth::Hash> parent;
        HeadNotice out;
        const bool whole = each_field(inner, result, [&](std::string_view key, std::string_view v) {
            if (key == "number") number = quantity_in(v);
            if (key == "hash") hash = hash_in(v);
            if (key == "parentHash") parent = hash_in(v);
            if (key == "timestamp")
                out.timestamp_s = static_cast<std::int64_t>(quantity_in(v).value_or(0));
        });
        if (!whole || !number || !hash || !parent) return Malformed::bad_head;
        out.number = eth::BlockNumber{*number};
        out.hash = *hash;
        out.parent_hash = *parent;
        return out;
    }
};

RpcReader::RpcReader() : impl_(std::make_unique<Impl>()) {}
RpcReader::~RpcReader() = default;

RpcMessage RpcReader::read(PaddedText message, const Subscriptions& subscriptions) {
    if (message.text.empty() || Impl::too_much(message)) return Malformed::not_json;
    Parts parts;
    const bool whole = impl_->parts(message, parts);
    impl_->release_after(message);
    if (!whole) return Malformed::not_json;
    if (parts.method == "\"eth_subscription\"" && !parts.params.empty())
        return impl_->notice(message, parts, subscriptions);
    return impl_->reply(message, parts);
}

void RpcReader::read_batch(PaddedText message, std::size_t limit,
                           const std::function<void(const RpcMessage&)>& sink) {
    const auto one = [&](std::string_view raw) {
        Parts parts;
        const auto text = message.sub(raw);
        if (!impl_->parts(text, parts))
            sink(Malformed::not_an_object);
        else
            sink(impl_->reply(text, parts));
    };
    const auto start = message.text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || Impl::too_much(message))
        return sink(Malformed::not_json);
    if (message.text[start] != '[') return one(message.text.substr(start));

    od::document document;
    od::array elements;
    if (impl_->outer.iterate(message.text.data(), message.text.size(), message.readable)
                .get(document) != simdjson::SUCCESS ||
        document.get_array().get(elements) != simdjson::SUCCESS)
        return sink(Malformed::not_json);
    std::size_t seen = 0;
    for (auto item : elements) {
        if (item.error() != simdjson::SUCCESS) return sink(Malformed::not_json);
        const auto raw = raw_of(item.value_unsafe());
        if (!raw) return sink(Malformed::not_json);
        if (++seen > limit) return sink(Malformed::not_rpc);
        one(*raw);
    }
}

std::optional<eth::Hash> RpcReader::transaction_hash(PaddedText object) {
    return Impl::object_hash(impl_->inner, object);
}

std::optional<RpcReader::Place> RpcReader::transaction_place(PaddedText object) {
    std::optional<eth::Hash> hash;
    std::optional<eth::Hash> block;
    Place place;
    const bool whole =
        Impl::each_field(impl_->inner, object, [&](std::string_view key, std::string_view v) {
            if (key == "hash") hash = hash_in(v);
            if (key == "blockHash") block = hash_in(v);
            if (key == "blockNumber") {
                if (const auto number = quantity_in(v))
                    place.block_number = eth::BlockNumber{*number};
            }
        });
    if (!whole || !hash) return std::nullopt;
    place.hash = *hash;
    // Some nodes give the pending block's number with a null hash: not mined.
    if (block && !block->is_zero())
        place.block_hash = *block;
    else
        place.block_number.reset();
    return place;
}

std::optional<std::string> RpcReader::string_value(PaddedText value) {
    const auto text = unquoted(value.text);
    if (!text || text->size() > kMaxSubscriptionId || text->find('\\') != std::string_view::npos)
        return std::nullopt;
    return std::string(*text);
}

bool RpcReader::read_pool(PaddedText result, const TransactionSink& sink) {
    od::document document;
    od::object groups;
    if (impl_->outer.iterate(result.text.data(), result.text.size(), result.readable)
                .get(document) != simdjson::SUCCESS ||
        document.get_object().get(groups) != simdjson::SUCCESS)
        return false;
    for (auto group : groups) {
        od::object senders;
        if (group.value().get_object().get(senders) != simdjson::SUCCESS) return false;
        for (auto sender : senders) {
            od::object nonces;
            if (sender.value().get_object().get(nonces) != simdjson::SUCCESS) return false;
            for (auto entry : nonces) {
                od::value transaction;
                if (entry.value().get(transaction) != simdjson::SUCCESS) return false;
                const auto raw = raw_of(transaction);
                if (!raw) return false;
                sink(Impl::object_hash(impl_->inner, result.sub(*raw)), *raw);
            }
        }
    }
    return true;
}

bool RpcReader::read_block_transactions(PaddedText result, const TransactionSink& sink) {
    od::document document;
    od::array transactions;
    if (impl_->outer.iterate(result.text.data(), result.text.size(), result.readable)
                .get(document) != simdjson::SUCCESS ||
        document.find_field_unordered("transactions").get_array().get(transactions) !=
            simdjson::SUCCESS)
        return false;
    for (auto item : transactions) {
        if (item.error() != simdjson::SUCCESS) return false;
        const auto raw = raw_of(item.value_unsafe());
        if (!raw) return false;
        sink(Impl::object_hash(impl_->inner, result.sub(*raw)), *raw);
    }
    return true;
}

std::string rpc_request(std::uint64_t id, std::string_view method, std::string_view params) {
    std::string out = R"({"jsonrpc":"2.0","id":)";
    out += std::to_string(id);
    out += R"(,"method":")";
    out += method;
    out += R"(","params":)";
    out += params;
    out += '}';
    return out;
}

} // namespace viz::ingest
