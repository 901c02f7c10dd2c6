// A file of bus messages, recorded and played by viz-tap. The first line contains format and schema
// version; records follow, numbers little-endian:
//   u16 length of the topic, u32 length of the payload, header (40 bytes), topic, payload
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

#include "bus/tap_client.hpp"

namespace viz::tap {

struct RecordingError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline constexpr std::uint32_t kLongestPayload = 64u << 20;

class RecordingWriter {
  public:
    // Throws RecordingError when the file exists and may not be replaced, or cannot be written.
    RecordingWriter(const std::string& path, bool replace);
    void write(const bus::TapMessage& message);
    // Throws RecordingError when the file could not be written completely.
    void close();

    std::uint64_t messages() const { return messages_; }
    std::uint64_t bytes() const { return bytes_; }

  private:
    std::string path_;
    std::ofstream out_;
    std::uint64_t messages_{};
    std::uint64_t bytes_{};
};

class RecordingReader {
  public:
    // Throws RecordingError when the file is not a recording, or has another schema version.
    explicit RecordingReader(const std::string& path);
    // std::nullopt at the end. A file that ends within a record, for example after a crash, ends
    // before that record.
    std::optional<bus::TapMessage> next();
    bool cut_short() const { return cut_short_; }

  private:
    std::string path_;
    std::ifstream in_;
    bool cut_short_{};
};

} // namespace viz::tap
