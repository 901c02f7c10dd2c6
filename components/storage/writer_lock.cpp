#include "components/storage/writer_lock.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "components/storage/store_error.hpp"

namespace viz::storage {

namespace {

StoreError reason_of(int error) {
    switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
        return StoreError::read_only;
    case ENOSPC:
    case EDQUOT:
        return StoreError::disk_full;
    case EWOULDBLOCK:
        return StoreError::busy;
    case EIO:
        return StoreError::io;
    default:
        return StoreError::cannot_open;
    }
}

bool is_file(int fd, const FileId& file) {
    struct stat opened {};
    return ::fstat(fd, &opened) == 0 && FileId{opened.st_dev, opened.st_ino} == file;
}

} // namespace

WriterLock::WriterLock(const std::string& store_path) : path_(store_path) {
    fd_ = LastingFiles::open_locked(path_, O_RDWR | O_CREAT);
    if (fd_ < 0) throw StoreFailure{reason_of(errno), path_ + ": " + std::strerror(errno)};
    // Replaced between open and check: the next start finds the new file.
    if (!identify(path_, file_) || !is_file(fd_, file_)) {
        LastingFiles::unlock(std::exchange(fd_, -1));
        throw StoreFailure{StoreError::busy, path_ + ": it was replaced while it was opened"};
    }
    const auto earlier = path_ + ".lock";
    earlier_fd_ = ::open(earlier.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (earlier_fd_ >= 0 && ::flock(earlier_fd_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    if (earlier_fd_ >= 0) ::close(std::exchange(earlier_fd_, -1));
    LastingFiles::unlock(std::exchange(fd_, -1));
    throw StoreFailure{reason_of(error), earlier + ": " + std::strerror(error)};
}

WriterLock::~WriterLock() {
    if (earlier_fd_ >= 0) ::close(earlier_fd_);
    if (fd_ >= 0) LastingFiles::unlock(fd_);
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : path_(std::move(other.path_)), file_(other.file_), fd_(std::exchange(other.fd_, -1)),
      earlier_fd_(std::exchange(other.earlier_fd_, -1)) {}

bool WriterLock::names_its_file() const {
    FileId now;
    return identify(path_, now) && now == file_;
}

} // namespace viz::storage
