#include "components/storage/writer_lock.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
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

} // namespace

WriterLock::WriterLock(const std::string& store_path) {
    const auto path = store_path + ".lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd_ < 0) throw StoreFailure{reason_of(errno), path + ": " + std::strerror(errno)};
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    ::close(std::exchange(fd_, -1));
    throw StoreFailure{reason_of(error), path + ": " + std::strerror(error)};
}

WriterLock::~WriterLock() {
    if (fd_ >= 0) ::close(fd_);
}

WriterLock::WriterLock(WriterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

} // namespace viz::storage
