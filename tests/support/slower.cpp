// A service that needs more CPU time than it should: loaded before viz-api (LD_PRELOAD), it burns
// SLOWER_PERCENT of the CPU time the process has used, on the threads that recover senders. In
// proportion, so that it is a slowdown of that size on any machine and at any load.
#include <dlfcn.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

// Reading the process's clock costs a call of the kernel itself.
constexpr std::uint64_t kCallsBetween = 64;

std::int64_t clock_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

double share() {
    const char* text = std::getenv("SLOWER_PERCENT");
    return text == nullptr ? 0 : std::strtod(text, nullptr) / 100;
}

void burn() {
    static const double wanted = share();
    static std::atomic<std::int64_t> burnt{0};
    static std::atomic<std::uint64_t> calls{0};
    if (calls++ % kCallsBetween != 0) return;
    const auto before = burnt.load();
    const auto honest = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    const auto debt = static_cast<std::int64_t>(static_cast<double>(honest) * wanted) - before;
    if (debt <= 0) return;
    const auto start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) - start < debt) {
    }
    burnt += clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
}

} // namespace

extern "C" int secp256k1_ecdsa_recover(const void* context, void* key, const void* signature,
                                       const unsigned char* message) {
    burn();
    using Recover = int (*)(const void*, void*, const void*, const unsigned char*);
    static const auto real = reinterpret_cast<Recover>(dlsym(RTLD_NEXT, "secp256k1_ecdsa_recover"));
    return real(context, key, signature, message);
}
