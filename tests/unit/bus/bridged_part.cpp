// A part of a service, to be killed: takes `tx` and makes a feature of each, over ipc. The
// feature's chain is the transaction's nonce. Ends with the test that started it.
#include <csignal>
#include <cstdlib>

#include <sys/prctl.h>
#include <unistd.h>

#include "bus/reactor.hpp"
#include "tests/unit/bus/bridged_process.hpp"

int main(int count, char** values) {
    using namespace viz::bus;
    constexpr unsigned kLongestLifeSecs = 300;
    if (count != 4) return EXIT_FAILURE; // incarnation, endpoint of tx, endpoint of feature
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(kLongestLifeSecs);
    Process process(std::strtoull(values[1], nullptr, 10));
    TxIn in(process.bus.receiver(Stream::tx));
    FeatureOut out(process.bus.sender(Stream::feature, "features"));
    process.exports(Stream::feature, {values[3]}, {"search"});
    process.imports(Stream::tx, {values[2]}, {"features"});
    Reactor reactor;
    reactor.on(in, [&](const DecodedTx& tx) {
        out.send(Feature{.hash = tx.hash, .chain_id = ChainId{tx.nonce}});
    });
    reactor.run({});
}
