// A disk that takes its time: loaded before viz-api (LD_PRELOAD), it lets each flush wait for
// SLOW_DISK_MS milliseconds, and for as long as the file SLOW_DISK_HANGS exists.
#include <dlfcn.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

void wait() {
    const char* text = std::getenv("SLOW_DISK_MS");
    if (text != nullptr)
        std::this_thread::sleep_for(std::chrono::milliseconds(std::strtol(text, nullptr, 10)));
    const char* hangs = std::getenv("SLOW_DISK_HANGS");
    while (hangs != nullptr && ::access(hangs, F_OK) == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

int flush(const char* name, int descriptor) {
    wait();
    using Flush = int (*)(int);
    const auto real = reinterpret_cast<Flush>(dlsym(RTLD_NEXT, name));
    return real(descriptor);
}

} // namespace

extern "C" {
int fsync(int descriptor) {
    return flush("fsync", descriptor);
}
int fdatasync(int descriptor) {
    return flush("fdatasync", descriptor);
}
}
