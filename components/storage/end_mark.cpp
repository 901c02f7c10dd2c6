#include "components/storage/end_mark.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "components/storage/store_error.hpp"

namespace viz::storage {

namespace {

constexpr std::uint64_t kMagic = 0x31444E455A4956ULL; // "VIZEND1"

struct Slot {
    std::uint64_t magic{kMagic};
    std::uint64_t generation{};
    RecordId record_id{};
    std::uint64_t seq_id{};
    ChainLink link{};
    std::uint64_t digest{};

    std::uint64_t expected() const {
        return digest_of({reinterpret_cast<const std::uint8_t*>(this), offsetof(Slot, digest)});
    }
    bool sound() const { return magic == kMagic && digest == expected(); }
};
static_assert(sizeof(Slot) == 56);

struct Slots {
    bool any_bytes{};
    std::optional<Slot> newest;
    int unsound{};
};

Slots read_slots(int fd) {
    Slots found;
    for (int i = 0; i < 2; ++i) {
        Slot slot;
        const auto got = ::pread(fd, &slot, sizeof slot, i * static_cast<off_t>(sizeof slot));
        if (got <= 0) continue;
        found.any_bytes = true;
        if (got != ssize_t{sizeof slot} || !slot.sound())
            ++found.unsound;
        else if (!found.newest || slot.generation > found.newest->generation)
            found.newest = slot;
    }
    return found;
}

[[noreturn]] void fail(const std::string& path) {
    const auto reason = errno == ENOSPC || errno == EDQUOT ? StoreError::disk_full
                        : errno == EACCES || errno == EPERM || errno == EROFS
                            ? StoreError::read_only
                            : StoreError::io;
    throw StoreFailure{reason, path + ": " + std::strerror(errno)};
}

} // namespace

EndMark::Found EndMark::read(const std::string& store_path) {
    const int fd = ::open(path_of(store_path).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {.state = errno == ENOENT ? State::absent : State::unusable};
    const auto slots = read_slots(fd);
    ::close(fd);
    if (!slots.newest)
        return {.state = slots.any_bytes ? State::unusable : State::absent,
                .value = {},
                .slot_damaged = slots.unsound > 0};
    return {.state = State::usable,
            .value = {.record_id = slots.newest->record_id,
                      .seq_id = slots.newest->seq_id,
                      .link = slots.newest->link},
            .slot_damaged = slots.unsound > 0};
}

EndMark::EndMark(const std::string& store_path) {
    const auto path = path_of(store_path);
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd_ < 0) fail(path);
    if (const auto slots = read_slots(fd_); slots.newest) generation_ = slots.newest->generation;
}

EndMark::~EndMark() {
    if (fd_ >= 0) ::close(fd_);
}

EndMark::EndMark(EndMark&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), generation_(other.generation_) {}

void EndMark::write(const Value& value) {
    if (generation_ == 0) write_slot(value); // creates both slots at once
    write_slot(value);
}

void EndMark::write_slot(const Value& value) {
    Slot slot{.generation = generation_ + 1,
              .record_id = value.record_id,
              .seq_id = value.seq_id,
              .link = value.link};
    slot.digest = slot.expected();
    const auto place = static_cast<off_t>(slot.generation % 2 * sizeof slot);
    if (::pwrite(fd_, &slot, sizeof slot, place) != ssize_t{sizeof slot}) fail("the end mark");
    ++generation_;
}

void EndMark::sync() noexcept {
    ::fdatasync(fd_); // on failure the next mark replaces this one
}

} // namespace viz::storage
