// Stores, in a file beside the record (`<store>.end`), the newest event number that was published.
// SQLite's recovery of a write-ahead log silently ends at the first damaged frame, and later
// numbers would then be reused. Written after each commit, before its events are published;
// survives a crash of the process, and a power loss as far as the kernel has written the file.
//
// Two alternating slots with checksums: a torn write costs one commit's mark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "components/storage/chain_state.hpp"

namespace viz::storage {

class EndMark {
  public:
    struct Value {
        RecordId record_id{};
        std::uint64_t seq_id{}; // the newest number assigned
        ChainLink link{};       // the chain link of that event
    };
    enum class State : std::uint8_t { absent, unusable, usable };

    static std::string path_of(const std::string& store_path) { return store_path + ".end"; }
    struct Found {
        State state{State::absent};
        Value value{};
        bool slot_damaged{}; // one of the two slots; harmless
    };
    static Found read(const std::string& store_path);

    // Throws StoreFailure if the file cannot be opened for writing.
    explicit EndMark(const std::string& store_path);
    ~EndMark();
    EndMark(EndMark&& other) noexcept;
    EndMark& operator=(EndMark&&) = delete;

    // One pwrite(2) of 56 bytes, without fsync. Throws StoreFailure.
    void write(const Value& value);
    void sync() noexcept;

  private:
    void write_slot(const Value& value);

    int fd_{-1};
    std::uint64_t generation_{};
};

} // namespace viz::storage
