// A message in its wire form: topic, header, payload. Only shells use it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bus/codec.hpp"
#include "bus/messages.hpp"
#include "bus/topology.hpp"

namespace viz::bus {

// Raised by a change of events.fbs that older receivers would misread.
inline constexpr std::uint16_t kSchemaVersion = 1;

inline constexpr std::size_t kHeaderSize = 40;

struct Header {
    std::uint16_t schema_version{kSchemaVersion};
    std::array<char, 14> producer{}; // zero padded
    std::uint64_t sequence{};        // per producer and stream, from 1, without gaps
    std::int64_t wall_unix_ns{};
    std::int64_t mono_ns{};

    std::string_view producer_name() const;
};

std::array<std::uint8_t, kHeaderSize> encode_header(const Header& header);
// std::nullopt when the size is wrong; the caller checks the version.
std::optional<Header> decode_header(PayloadView bytes);

// `tx.decoded.1`: stream, kind, chain id. Subscriptions are prefixes: "tx." matches the whole
// stream. (A prefix that ends in a chain id also matches longer ids; receivers check the message.)
std::string make_topic(Stream stream, std::string_view kind, ChainId chain_id);

struct TopicParts {
    std::string_view stream;
    std::string_view kind;
    std::string_view chain_id;
};
std::optional<TopicParts> split_topic(std::string_view topic);

// Stream and kind of each typed message.
template <class T> struct MessageTraits;
#define VIZ_BUS_MESSAGE(Type, stream_, kind_)                                                      \
    template <> struct MessageTraits<Type> {                                                       \
        static constexpr Stream stream = Stream::stream_;                                          \
        static constexpr std::string_view kind = kind_;                                            \
    }
VIZ_BUS_MESSAGE(PendingTx, pending, "tx");
VIZ_BUS_MESSAGE(DecodedTx, tx, "decoded");
VIZ_BUS_MESSAGE(Head, chain, "head");
VIZ_BUS_MESSAGE(Reorg, chain, "reorg");
VIZ_BUS_MESSAGE(EndpointStatus, chain, "status");
VIZ_BUS_MESSAGE(AccountNonce, chain, "nonce");
VIZ_BUS_MESSAGE(TxPresence, chain, "presence");
VIZ_BUS_MESSAGE(ChainQuery, query, "ask");
VIZ_BUS_MESSAGE(BodyRefused, query, "refused");
VIZ_BUS_MESSAGE(Feature, feature, "labelled");
VIZ_BUS_MESSAGE(Candidate, candidate, "found");
VIZ_BUS_MESSAGE(Simulated, simulated, "done");
VIZ_BUS_MESSAGE(Verdict, verdict, "lost");
#undef VIZ_BUS_MESSAGE

} // namespace viz::bus
