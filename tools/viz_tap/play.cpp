#include <chrono>
#include <ostream>
#include <thread>

#include <zmq.hpp>

#include "bus/player.hpp"
#include "bus/private_endpoint.hpp"
#include "tools/viz_tap/commands.hpp"
#include "tools/viz_tap/recording.hpp"

namespace viz::tap {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr int kSendMark = 1024;
constexpr std::chrono::milliseconds kSlice{100};
// How long the service may take to read the last messages at the end.
constexpr int kLingerMs = 30'000;

// The service derives all other messages from the nodes' input.
bool is_input(const bus::TapMessage& message) {
    const auto parts = bus::split_topic(message.topic);
    const auto stream = parts ? bus::stream_from_string(parts->stream) : std::nullopt;
    if (!stream || !bus::is_playable(*stream)) return false;
    return *stream != bus::Stream::journal || message.header.producer_name() == "ingest";
}

class Player {
  public:
    Player(const Options& options, const CommandContext& context)
        : command_(context), speed_(options.speed), context_(1),
          socket_(context_, zmq::socket_type::push) {
        bus::require_listener(options.endpoint);
        socket_.set(zmq::sockopt::linger, kLingerMs);
        socket_.set(zmq::sockopt::sndhwm, kSendMark);
        socket_.set(zmq::sockopt::sndtimeo, static_cast<int>(kSlice.count()));
        socket_.connect(options.endpoint.address);
    }

    // False when interrupted.
    bool send(const bus::TapMessage& message) {
        if (!wait_for_its_time(message.header.wall_unix_ns)) return false;
        const auto header = encode_header(message.header);
        zmq::message_t first(message.topic.data(), message.topic.size());
        while (!socket_.send(first, zmq::send_flags::sndmore))
            if (command_.interrupted()) return false;
        socket_.send(zmq::message_t(header.data(), header.size()), zmq::send_flags::sndmore);
        socket_.send(zmq::message_t(message.payload.data(), message.payload.size()),
                     zmq::send_flags::none);
        return true;
    }

  private:
    bool wait_for_its_time(std::int64_t recorded_ns) {
        if (first_ns_ == 0) first_ns_ = recorded_ns;
        if (speed_ == 0) return !command_.interrupted();
        const auto offset = nanoseconds(
            static_cast<std::int64_t>(static_cast<double>(recorded_ns - first_ns_) / speed_));
        const auto due = start_ + offset;
        while (steady_clock::now() < due) {
            if (command_.interrupted()) return false;
            std::this_thread::sleep_for(std::min<nanoseconds>(due - steady_clock::now(), kSlice));
        }
        return true;
    }

    const CommandContext& command_;
    double speed_;
    zmq::context_t context_;
    zmq::socket_t socket_;
    steady_clock::time_point start_{steady_clock::now()};
    std::int64_t first_ns_{};
};

} // namespace

int play(const Options& options, const CommandContext& context) {
    RecordingReader file(options.file);
    std::uint64_t played = 0;
    std::uint64_t left_out = 0;
    bool to_the_end = true;
    {
        Player player(options, context);
        while (const auto message = file.next()) {
            if (!is_input(*message)) {
                ++left_out;
                continue;
            }
            to_the_end = player.send(*message);
            if (!to_the_end) break;
            ++played;
        }
    }
    context.notes << "viz-tap: played " << played << " messages";
    if (left_out != 0)
        context.notes << "; skipped " << left_out << " that the service makes itself";
    if (file.cut_short()) context.notes << "; the file ends within a message";
    if (!to_the_end) context.notes << "; interrupted";
    context.notes << "\n";
    return to_the_end ? kExitOk : kExitFailed;
}

} // namespace viz::tap
