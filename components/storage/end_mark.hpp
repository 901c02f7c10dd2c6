// How far the record was shown, in a file beside it (`<store>.end`): what SQLite recovers of a
// write-ahead log ends at the first frame with a flipped bit, without a word, and the numbers
// behind it would be given out again. Written with every commit before it is shown; survives the
// process, and a power loss as far as the kernel has written it.
//
// Two slots in turn, each with a checksum: a torn write costs one commit's mark.
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
        std::uint64_t seq_id{}; // the newest number that was given out
        ChainLink link{};       // of its event
    };
    enum class State : std::uint8_t { absent, unusable, usable };

    static std::string path_of(const std::string& store_path) { return store_path + ".end"; }
    struct Found {
        State state{State::absent};
        Value value{};
        bool slot_damaged{}; // one of the two, which alone is no harm
    };
    static Found read(const std::string& store_path);

    // Throws StoreFailure where the file cannot be opened to write.
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
