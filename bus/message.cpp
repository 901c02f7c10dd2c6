#include "bus/message.hpp"

#include <cstring>

#include "bus/events_generated.h"

namespace viz::bus {

static_assert(sizeof(fb::Header) == kHeaderSize);

std::string_view Header::producer_name() const {
    const std::string_view all(producer.data(), producer.size());
    return all.substr(0, all.find('\0'));
}

std::array<std::uint8_t, kHeaderSize> encode_header(const Header& header) {
    std::array<std::uint8_t, std::tuple_size_v<decltype(header.producer)>> producer;
    std::memcpy(producer.data(), header.producer.data(), producer.size());
    const fb::Header wire(header.schema_version,
                          flatbuffers::span<const std::uint8_t, producer.size()>(producer),
                          header.sequence, header.wall_unix_ns, header.mono_ns);
    std::array<std::uint8_t, kHeaderSize> bytes;
    std::memcpy(bytes.data(), &wire, sizeof wire);
    return bytes;
}

std::optional<Header> decode_header(PayloadView bytes) {
    if (bytes.size() != kHeaderSize) return std::nullopt;
    fb::Header wire;
    std::memcpy(static_cast<void*>(&wire), bytes.data(), sizeof wire);
    Header header{.schema_version = wire.schema_version(),
                  .sequence = wire.sequence(),
                  .wall_unix_ns = wire.wall_unix_ns(),
                  .mono_ns = wire.mono_ns()};
    std::memcpy(header.producer.data(), wire.producer()->Data(), header.producer.size());
    return header;
}

std::string make_topic(Stream stream, std::string_view kind, ChainId chain_id) {
    std::string topic;
    topic.reserve(32);
    topic += to_string(stream);
    topic += '.';
    topic += kind;
    topic += '.';
    topic += std::to_string(chain_id.value);
    return topic;
}

std::optional<TopicParts> split_topic(std::string_view topic) {
    const auto first = topic.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = topic.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return TopicParts{topic.substr(0, first), topic.substr(first + 1, second - first - 1),
                      topic.substr(second + 1)};
}

} // namespace viz::bus
