#include "bus/tap_client.hpp"

#include <cerrno>

#include <zmq.hpp>

#include "bus/private_endpoint.hpp"

namespace viz::bus {

namespace {

constexpr int kReceiveMark = 65536;

} // namespace

std::uint64_t SequenceGaps::note(std::string_view stream, const Header& header) {
    std::string key(stream);
    key += ' ';
    key += header.producer_name();
    auto& last = last_[key];
    const auto missed =
        last != 0 && header.sequence > last + 1 ? header.sequence - last - 1 : std::uint64_t{0};
    last = header.sequence;
    total_ += missed;
    return missed;
}

struct TapClient::Impl {
    Impl() : context(1), socket(context, zmq::socket_type::sub) {}
    zmq::context_t context;
    zmq::socket_t socket;
};

TapClient::TapClient(const Endpoint& endpoint, const std::vector<std::string>& prefixes) {
    require_listener(endpoint);
    impl_ = std::make_unique<Impl>();
    auto& socket = impl_->socket;
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvhwm, kReceiveMark);
    for (const auto& prefix : prefixes) socket.set(zmq::sockopt::subscribe, prefix);
    socket.connect(endpoint.address);
}
TapClient::~TapClient() = default;

std::optional<TapMessage> TapClient::next(std::chrono::milliseconds wait) {
    auto& socket = impl_->socket;
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(wait.count()));
    std::array<zmq::message_t, 3> frames;
    try {
        if (!socket.recv(frames[0])) return std::nullopt;
        std::size_t count = 1;
        for (bool more = frames[0].more(); more; ++count) {
            auto& frame = frames[count < frames.size() ? count : frames.size() - 1];
            (void)socket.recv(frame);
            more = frame.more();
        }
        const auto header =
            decode_header({static_cast<const std::uint8_t*>(frames[1].data()), frames[1].size()});
        if (count != frames.size() || !header || header->schema_version != kSchemaVersion) {
            ++refused_;
            return std::nullopt;
        }
        const auto* bytes = static_cast<const std::uint8_t*>(frames[2].data());
        return TapMessage{.topic = frames[0].to_string(),
                          .header = *header,
                          .payload = Payload(bytes, bytes + frames[2].size())};
    } catch (const zmq::error_t& error) {
        if (error.num() == EINTR) return std::nullopt;
        throw;
    }
}

} // namespace viz::bus
