// A file of bus messages: what viz-tap records and plays. A first line tells format and schema
// version, then come records, numbers little-endian:
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
    // Throws RecordingError when the file exists and is not to be replaced, or cannot be written.
    RecordingWriter(const std::string& path, bool replace);
    void write(const bus::TapMessage& message);
    // Throws RecordingError when not all of it reached the file.
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
    // Throws RecordingError when this is no recording, or one of another schema version.
    explicit RecordingReader(const std::string& path);
    // Nothing at the end. A file that ends within a record, as a crash leaves it, ends before it.
    std::optional<bus::TapMessage> next();
    bool cut_short() const { return cut_short_; }

  private:
    std::string path_;
    std::ifstream in_;
    bool cut_short_{};
};

} // namespace viz::tap
