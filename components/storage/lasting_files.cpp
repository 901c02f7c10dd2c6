#include "components/storage/lasting_files.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace viz::storage {

namespace {

struct LastingFile {
    FileId id;
    int fd{-1};
    bool locked{};
};

struct Table {
    std::mutex mutex;
    std::vector<LastingFile> files;
};
Table& table() {
    static Table files;
    return files;
}

void close_deleted(std::vector<LastingFile>& files) {
    std::erase_if(files, [](const LastingFile& file) {
        struct stat now {};
        if (file.locked || ::fstat(file.fd, &now) != 0 || now.st_nlink != 0) return false;
        ::close(file.fd);
        return true;
    });
}

// Returns null with errno on failure. A file that is already open is not opened again, because the
// second descriptor would have to be closed.
LastingFile* find_or_open(std::vector<LastingFile>& files, const std::string& path, int flags) {
    close_deleted(files);
    FileId id;
    const auto known = [&] {
        const auto found = std::ranges::find(files, id, &LastingFile::id);
        return found == files.end() ? nullptr : &*found;
    };
    if (identify(path, id))
        if (auto* file = known()) return file;
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) return nullptr;
    struct stat opened {};
    if (::fstat(fd, &opened) != 0) return nullptr;
    id = {opened.st_dev, opened.st_ino};
    return &files.emplace_back(LastingFile{.id = id, .fd = fd});
}

} // namespace

bool identify(const std::string& path, FileId& out) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return false;
    out = {found.st_dev, found.st_ino};
    return true;
}

int LastingFiles::open(const std::string& path, int flags) {
    auto& all = table();
    const std::scoped_lock lock(all.mutex);
    const auto* file = find_or_open(all.files, path, flags);
    return file == nullptr ? -1 : file->fd;
}

int LastingFiles::open_locked(const std::string& path, int flags) {
    auto& all = table();
    const std::scoped_lock lock(all.mutex);
    auto* file = find_or_open(all.files, path, flags);
    if (file == nullptr) return -1;
    if (file->locked) {
        errno = EWOULDBLOCK;
        return -1;
    }
    if (::flock(file->fd, LOCK_EX | LOCK_NB) != 0) return -1;
    file->locked = true;
    return file->fd;
}

void LastingFiles::unlock(int fd) {
    auto& all = table();
    const std::scoped_lock lock(all.mutex);
    const auto file = std::ranges::find(all.files, fd, &LastingFile::fd);
    if (file == all.files.end()) return;
    file->locked = false;
    ::flock(fd, LOCK_UN);
}

} // namespace viz::storage
