// make_log FILE EVENTS [PENDING]: writes a synthetic store for measuring history, replay, restart.
#include <cstdio>
#include <exception>
#include <string>

#include "tests/bench/synthetic_log.hpp"

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: make_log FILE EVENTS [PENDING]\n");
        return 2;
    }
    try {
        viz::bench::write_synthetic_log(argv[1], std::stoull(argv[2]),
                                        argc > 3 ? std::stoull(argv[3]) : 50'000);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "make_log: %s\n", failure.what());
        return 1;
    }
    return 0;
}
