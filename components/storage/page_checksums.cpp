#include "components/storage/page_checksums.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>

#include <sqlite3.h>

#include "components/storage/event_chain.hpp"

namespace viz::storage {

namespace {

constexpr int kHeaderBytes = 100;
constexpr int kPageSizeByte = 16; // offset in the database header, like the next one
constexpr int kReserveByte = 20;
constexpr int kMaxPage = 65536;
constexpr char kMagic[] = "SQLite format 3";

bool is_page_size(int bytes) {
    return bytes >= 512 && bytes <= kMaxPage && std::has_single_bit(static_cast<unsigned>(bytes));
}

// Includes the page's number: a page in the wrong place does not verify. At least two bits are set,
// so that no single flip turns a checksum into the zeros of a page without one.
std::uint64_t page_checksum(const std::uint8_t* page, int size, std::uint64_t number) {
    const auto digest = digest_of({page, static_cast<std::size_t>(size - kPageReserve)}, number);
    return std::popcount(digest) < 2 ? digest ^ 0x0303030303030303ULL : digest;
}

std::uint64_t stored_checksum(const std::uint8_t* page, int size) {
    std::uint64_t stored = 0;
    std::memcpy(&stored, page + size - kPageReserve, sizeof stored);
    return stored;
}

// ------------------------------------------------------------------------------- the VFS
//
// Wraps only the database file; other files use the system VFS directly.

struct PageFile {
    sqlite3_file base;
    bool seals; // the file reserves space for checksums, according to its first page
};

sqlite3_vfs* system_vfs() {
    static sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    return vfs;
}
sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<PageFile*>(file) + 1);
}
const sqlite3_io_methods* of(sqlite3_file* file) {
    return real(file)->pMethods;
}

void look_at_header(PageFile& file, const std::uint8_t* page) {
    if (std::memcmp(page, kMagic, sizeof kMagic) == 0)
        file.seals = page[kReserveByte] == kPageReserve;
}

int write_page(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    auto& mine = *reinterpret_cast<PageFile*>(file);
    const auto* page = static_cast<const std::uint8_t*>(data);
    if (offset == 0 && size >= kHeaderBytes) look_at_header(mine, page);
    if (!mine.seals || !is_page_size(size) || offset % size != 0)
        return of(file)->xWrite(real(file), data, size, offset);
    // SQLite's copy stays unchanged: the write-ahead log has a checksum of it.
    thread_local std::array<std::uint8_t, kMaxPage> sealed;
    std::memcpy(sealed.data(), page, static_cast<std::size_t>(size));
    const auto checksum = page_checksum(page, size, static_cast<std::uint64_t>(offset / size) + 1);
    std::memcpy(sealed.data() + size - kPageReserve, &checksum, sizeof checksum);
    return of(file)->xWrite(real(file), sealed.data(), size, offset);
}

const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods all{
        .iVersion = 2, // no memory mapping, which would bypass write_page
        .xClose = [](sqlite3_file* f) { return of(f)->xClose(real(f)); },
        .xRead = [](sqlite3_file* f, void* to, int n,
                    sqlite3_int64 at) { return of(f)->xRead(real(f), to, n, at); },
        .xWrite = write_page,
        .xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return of(f)->xTruncate(real(f), n); },
        .xSync = [](sqlite3_file* f, int flags) { return of(f)->xSync(real(f), flags); },
        .xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return of(f)->xFileSize(real(f), n); },
        .xLock = [](sqlite3_file* f, int kind) { return of(f)->xLock(real(f), kind); },
        .xUnlock = [](sqlite3_file* f, int kind) { return of(f)->xUnlock(real(f), kind); },
        .xCheckReservedLock = [](sqlite3_file* f,
                                 int* out) { return of(f)->xCheckReservedLock(real(f), out); },
        .xFileControl = [](sqlite3_file* f, int op,
                           void* arg) { return of(f)->xFileControl(real(f), op, arg); },
        .xSectorSize = [](sqlite3_file* f) { return of(f)->xSectorSize(real(f)); },
        .xDeviceCharacteristics =
            [](sqlite3_file* f) { return of(f)->xDeviceCharacteristics(real(f)); },
        .xShmMap =
            [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
                return of(f)->xShmMap(real(f), page, size, extend, out);
            },
        .xShmLock = [](sqlite3_file* f, int offset, int n,
                       int flags) { return of(f)->xShmLock(real(f), offset, n, flags); },
        .xShmBarrier = [](sqlite3_file* f) { of(f)->xShmBarrier(real(f)); },
        .xShmUnmap = [](sqlite3_file* f, int del) { return of(f)->xShmUnmap(real(f), del); },
        .xFetch = nullptr,
        .xUnfetch = nullptr,
    };
    return &all;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return system_vfs()->xOpen(system_vfs(), name, file, flags, out_flags);
    auto& mine = *reinterpret_cast<PageFile*>(file);
    mine = {};
    const int code = system_vfs()->xOpen(system_vfs(), name, real(file), flags, out_flags);
    if (real(file)->pMethods == nullptr) return code;
    mine.base.pMethods = methods();
    std::array<std::uint8_t, kHeaderBytes> header{};
    if (code == SQLITE_OK &&
        of(file)->xRead(real(file), header.data(), kHeaderBytes, 0) == SQLITE_OK)
        look_at_header(mine, header.data());
    return code;
}

} // namespace

const char* page_checksum_vfs() {
    static constexpr const char* kName = "viz-pages";
    static sqlite3_vfs vfs = [] {
        auto copy = *system_vfs(); // all except xOpen is inherited, with its data
        copy.zName = kName;
        copy.szOsFile += static_cast<int>(sizeof(PageFile));
        copy.pNext = nullptr;
        copy.xOpen = open_file;
        return copy;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? kName : nullptr;
}

// ------------------------------------------------------------------------------- checks

namespace {

std::uint32_t big_endian(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}
std::uint32_t little_endian(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[3]} << 24 | std::uint32_t{bytes[2]} << 16 |
           std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[0]};
}

bool read_at(std::ifstream& in, std::uint64_t offset, std::uint8_t* to, std::size_t bytes) {
    in.clear();
    in.seekg(static_cast<std::streamoff>(offset));
    in.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(bytes));
    return in.gcount() == static_cast<std::streamsize>(bytes);
}

enum class PageState { sound, unsealed, damaged };
PageState state_of(const std::uint8_t* page, int size, std::uint64_t number) {
    const auto stored = stored_checksum(page, size);
    if (stored == page_checksum(page, size, number)) return PageState::sound;
    return stored == 0 ? PageState::unsealed : PageState::damaged;
}

constexpr int kOurPage = 4096;

bool is_sealed(const std::array<std::uint8_t, kHeaderBytes>& header) {
    return (header[kPageSizeByte] << 8 | header[kPageSizeByte + 1]) == kOurPage &&
           header[kReserveByte] == kPageReserve;
}

// A flip in the two header fields above must not disable the check: with both fields corrected, the
// first page of a sealed file verifies. That of a file without the reserve never does.
bool was_sealed(std::vector<std::uint8_t> first_page) {
    first_page[kPageSizeByte] = kOurPage >> 8;
    first_page[kPageSizeByte + 1] = kOurPage & 0xff;
    first_page[kReserveByte] = kPageReserve;
    return state_of(first_page.data(), kOurPage, 1) == PageState::sound;
}

} // namespace

PageCheck check_pages(const std::string& path) {
    PageCheck check;
    std::ifstream in(path, std::ios::binary);
    std::array<std::uint8_t, kHeaderBytes> header{};
    // A new store is only in its write-ahead log until a checkpoint writes it to the file.
    if (!in || !read_at(in, 0, header.data(), header.size())) return check;
    std::vector<std::uint8_t> page(kOurPage);
    if (!is_sealed(header) && !(read_at(in, 0, page.data(), page.size()) && was_sealed(page))) {
        check.none_expected = true;
        return check;
    }
    for (std::uint64_t number = 1;; ++number) {
        if (!read_at(in, (number - 1) * kOurPage, page.data(), page.size())) {
            if (in.gcount() != 0) check.damaged.push_back(number); // truncated within the page
            break;
        }
        ++check.pages;
        auto state = state_of(page.data(), kOurPage, number);
        for (int again = 0; state == PageState::damaged && again < 3; ++again) {
            std::this_thread::sleep_for(std::chrono::milliseconds(again));
            in.sync();
            if (read_at(in, (number - 1) * kOurPage, page.data(), page.size()))
                state = state_of(page.data(), kOurPage, number);
        }
        if (state == PageState::damaged) check.damaged.push_back(number);
        if (state == PageState::unsealed) ++check.unsealed;
    }
    return check;
}

// https://sqlite.org/fileformat2.html#the_write_ahead_log
WalCheck check_wal(const std::string& wal_path) {
    constexpr std::size_t kHeader = 32;
    constexpr std::size_t kFrame = 24;
    WalCheck check;
    std::ifstream in(wal_path, std::ios::binary);
    std::array<std::uint8_t, kHeader> header{};
    if (!in || !read_at(in, 0, header.data(), header.size())) return check;
    const bool big = (big_endian(header.data()) & 1) != 0;
    const auto word = [&](const std::uint8_t* at) {
        return big ? big_endian(at) : little_endian(at);
    };
    std::uint32_t s0 = 0;
    std::uint32_t s1 = 0;
    const auto add = [&](const std::uint8_t* bytes, std::size_t count) {
        for (std::size_t i = 0; i + 8 <= count; i += 8) {
            s0 += word(bytes + i) + s1;
            s1 += word(bytes + i + 4) + s0;
        }
    };
    add(header.data(), 24);
    const bool header_sound = (big_endian(header.data()) & 0xfffffffeU) == 0x377f0682U &&
                              s0 == big_endian(header.data() + 24) &&
                              s1 == big_endian(header.data() + 28);
    const auto size = big_endian(header.data() + 8);
    if (!header_sound || !is_page_size(static_cast<int>(size))) {
        check.damaged = true;
        return check;
    }
    std::vector<std::uint8_t> frame(kFrame + size);
    bool broken = false;
    for (std::uint64_t number = 1;
         read_at(in, kHeader + (number - 1) * frame.size(), frame.data(), frame.size()); ++number) {
        const bool of_this_log = std::memcmp(frame.data() + 8, header.data() + 16, 8) == 0;
        const bool commits = big_endian(frame.data() + 4) != 0;
        if (!broken) {
            add(frame.data(), 8);
            add(frame.data() + kFrame, size);
            broken = !of_this_log || s0 != big_endian(frame.data() + 16) ||
                     s1 != big_endian(frame.data() + 20);
            if (!broken && commits) check.frames = number;
            if (broken) check.first_damaged = number;
        }
        // Frames after the end belong to an earlier use of the file, with other salts, or were
        // being written when the process was killed; then none of them is a commit.
        if (broken && of_this_log && commits) check.damaged = true;
    }
    return check;
}

} // namespace viz::storage
