// Whatever a node sends: read or refused, within the text and its padding.
#include <cstdlib>

#include "components/ingest/block_reader.hpp"
#include "components/ingest/rpc_message.hpp"

namespace {

using namespace viz::ingest;

void require(bool condition) {
    if (!condition) std::abort();
}

void within(PaddedText text, std::string_view part) {
    require(part.data() >= text.text.data() &&
            part.data() + part.size() <= text.text.data() + text.text.size());
}

void look_at(RpcReader& reader, PaddedText text, const RpcMessage& message) {
    if (const auto* body = std::get_if<PendingBody>(&message)) {
        within(text, body->json);
        require(reader.transaction_hash(text.sub(body->json)) == body->hash);
    }
    if (const auto* reply = std::get_if<Reply>(&message)) {
        within(text, reply->result);
        const auto result = text.sub(reply->result);
        (void)reader.string_value(result);
        (void)reader.transaction_place(result);
    }
    if (const auto* error = std::get_if<ErrorReply>(&message))
        require(error->message.size() <= kMaxErrorText);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static RpcReader reader;
    static BlockReader blocks(viz::eth::ChainId{1}, [](const viz::eth::Authorization&) {
        return std::optional(viz::eth::Address{});
    });
    std::string copy(reinterpret_cast<const char*>(data), size);
    const auto text = padded(copy);
    look_at(reader, text, reader.read(text, {.pending = "0xaa", .heads = "0xbb"}));
    std::size_t elements = 0;
    reader.read_batch(text, 16, [&](const RpcMessage& message) {
        ++elements;
        look_at(reader, text, message);
    });
    require(elements <= 18);
    const auto in_text = [&](const auto&, std::string_view json) { within(text, json); };
    (void)reader.read_pool(text, in_text);
    (void)reader.read_block_transactions(text, in_text);
    (void)blocks.read(text);
    return 0;
}
