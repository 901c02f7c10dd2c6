#include "tools/viz_tap/recording.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace viz::tap {

namespace {

constexpr std::size_t kPrefix = 6; // lengths of topic and payload

std::string first_line() {
    return "viz-tap recording 1 schema " + std::to_string(bus::kSchemaVersion) + "\n";
}

[[noreturn]] void fail(const std::string& path, const std::string& why) {
    throw RecordingError(path + ": " + why);
}

std::uint32_t little(const std::uint8_t* at, std::size_t bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint32_t{at[i]} << (8 * i);
    return value;
}

// Recordings may be confidential: mode 0600 from the start.
void create_private(const std::string& path, bool replace) {
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replace ? O_TRUNC : O_EXCL);
    const int fd = open(path.c_str(), flags, 0600);
    if (fd < 0) fail(path, errno == EEXIST ? "exists; --force replaces it" : std::strerror(errno));
    close(fd);
}

} // namespace

RecordingWriter::RecordingWriter(const std::string& path, bool replace) : path_(path) {
    create_private(path, replace);
    out_.open(path, std::ios::binary);
    out_ << first_line() << std::flush;
    if (!out_) fail(path, "cannot be written");
}

void RecordingWriter::write(const bus::TapMessage& message) {
    if (message.topic.size() > 0xffff || message.payload.size() > kLongestPayload)
        fail(path_, "a message is too long to be recorded");
    const auto payload_size = static_cast<std::uint32_t>(message.payload.size());
    const auto topic_size = static_cast<std::uint32_t>(message.topic.size());
    std::array<char, kPrefix> prefix{};
    for (std::size_t i = 0; i < 2; ++i) prefix[i] = static_cast<char>(topic_size >> (8 * i));
    for (std::size_t i = 0; i < 4; ++i) prefix[2 + i] = static_cast<char>(payload_size >> (8 * i));
    const auto header = encode_header(message.header);
    out_.write(prefix.data(), prefix.size());
    out_.write(reinterpret_cast<const char*>(header.data()), header.size());
    out_.write(message.topic.data(), static_cast<std::streamsize>(message.topic.size()));
    out_.write(reinterpret_cast<const char*>(message.payload.data()),
               static_cast<std::streamsize>(message.payload.size()));
    if (!out_) fail(path_, "cannot be written: is the disk full?");
    ++messages_;
    bytes_ += prefix.size() + header.size() + message.topic.size() + message.payload.size();
}

void RecordingWriter::close() {
    out_.close();
    if (!out_) fail(path_, "cannot be written: is the disk full?");
}

RecordingReader::RecordingReader(const std::string& path) : path_(path) {
    in_.open(path, std::ios::binary);
    if (!in_) fail(path, std::strerror(errno));
    std::string line(first_line().size(), '\0');
    in_.read(line.data(), static_cast<std::streamsize>(line.size()));
    if (!line.starts_with("viz-tap recording ")) fail(path, "is not a recording of viz-tap");
    if (line != first_line())
        fail(path, "was recorded by a version of another format or schema; expected " +
                       first_line().substr(0, first_line().size() - 1));
}

std::optional<bus::TapMessage> RecordingReader::next() {
    std::array<std::uint8_t, kPrefix + bus::kHeaderSize> start;
    in_.read(reinterpret_cast<char*>(start.data()), start.size());
    if (in_.gcount() == 0) return std::nullopt;
    const auto topic_size = little(start.data(), 2);
    const auto payload_size = little(start.data() + 2, 4);
    const auto header = bus::decode_header({start.data() + kPrefix, bus::kHeaderSize});
    if (in_ && (payload_size > kLongestPayload || !header))
        fail(path_, "is damaged: a record of " + std::to_string(payload_size) + " bytes");
    bus::TapMessage message;
    if (in_) {
        message.header = *header;
        message.topic.resize(topic_size);
        in_.read(message.topic.data(), static_cast<std::streamsize>(topic_size));
        message.payload.resize(payload_size);
        in_.read(reinterpret_cast<char*>(message.payload.data()),
                 static_cast<std::streamsize>(payload_size));
    }
    if (in_) return message;
    cut_short_ = true;
    return std::nullopt;
}

} // namespace viz::tap
