// What another process may say on an endpoint: greetings, offers, and messages of any topic.
// Refused or understood; what is understood says the same again when written anew.
#include <cstdlib>

#include "bus/any_message.hpp"
#include "bus/bridge_core.hpp"
#include "bus/bridge_detail.hpp"

namespace {

using namespace viz::bus;

void require(bool condition) {
    if (!condition) std::abort();
}

void try_greetings(std::string_view text) {
    if (const auto hello = parse_hello(text)) {
        const auto again = parse_hello(encode(*hello));
        require(again && encode(*again) == encode(*hello));
        Importers importers(1, false);
        importers.hear("peer", *hello, 1);
        require(importers.all().size() == 1);
        importers.expire(2 * kBridgeSilenceNs);
        require(importers.all().empty());
    }
    if (const auto offer = parse_offer(text)) require(parse_offer(encode(*offer)).has_value());
}

void try_message(std::string_view text) {
    const auto split = text.find('\n');
    if (split == std::string_view::npos) return;
    const auto topic = text.substr(0, split);
    const auto rest = text.substr(split + 1);
    const PayloadView bytes(reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size());
    const auto header = decode_header(bytes.subspan(0, std::min(bytes.size(), kHeaderSize)));
    if (!header || bytes.size() < kHeaderSize) return;
    if (const auto message = decode_any(topic, bytes.subspan(kHeaderSize)))
        require(!to_json(topic, *header, *message).empty());
}

void try_numbered(const std::uint8_t* data, std::size_t size) {
    const zmq::message_t frame(data, size);
    const auto freight = detail::unpack(frame);
    if (!freight) return;
    const auto again = detail::pack(*freight);
    require(again == frame);
    (void)split_topic(freight->topic);
    (void)decode_header(freight->header);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try_greetings(text);
    try_message(text);
    try_numbered(data, size);
    return 0;
}
