#include "components/storage/log_ahead.hpp"

#include <algorithm>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>

#include "components/storage/lasting_files.hpp"

namespace viz::storage {

namespace {

// WAL_READ_LOCK(1) to (4) of SQLite's wal.c, at UNIX_SHM_BASE of os_unix.c: part of the file format
// (https://www.sqlite.org/walformat.html, "WAL-index locks"). A reader at mark 0 reads only the
// database and does not block the restart of the log.
constexpr off_t kFirstMark = 124;
constexpr off_t kMarks = 4;

std::string command_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

} // namespace

std::uint64_t LogAhead::bytes() const {
    struct stat found {};
    return ::stat((store_path_ + "-wal").c_str(), &found) == 0
               ? static_cast<std::uint64_t>(found.st_size)
               : 0;
}

std::vector<ForeignReader> LogAhead::readers() const {
    std::vector<ForeignReader> readers;
    const int fd = LastingFiles::open(store_path_ + "-shm", O_RDWR);
    if (fd < 0) return readers;
    for (off_t mark = 0; mark < kMarks; ++mark) {
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = kFirstMark + mark;
        lock.l_len = 1;
        if (::fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) continue;
        ForeignReader reader{.pid = lock.l_pid, .command = {}};
        if (lock.l_pid > 0) reader.command = command_of(lock.l_pid);
        if (std::ranges::find(readers, reader) == readers.end())
            readers.push_back(std::move(reader));
    }
    return readers;
}

} // namespace viz::storage
