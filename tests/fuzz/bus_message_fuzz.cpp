// Bytes of a foreign process on any stream: refused or decoded, never more than that. What decodes
// must encode again to something that decodes to the same, whatever odd form it came in.
#include <cstdlib>

#include "bus/codec.hpp"
#include "bus/event_json.hpp"
#include "bus/tap_report.hpp"
#include "bus/transaction_fold.hpp"

namespace {

using namespace viz::bus;

void require(bool condition) {
    if (!condition) std::abort();
}

template <class T> void try_as(PayloadView bytes) {
    const auto message = decode<T>(bytes);
    if (!message) return;
    const auto canonical = encode(*message);
    const auto again = decode<T>(canonical);
    require(again.has_value());
    require(encode(*again) == canonical);
}

void try_event(PayloadView bytes) {
    Payload copy(bytes.begin(), bytes.end());
    const bool numbered = number_envelope(copy, 77);
    const auto event = decode<Envelope>(copy);
    if (!event) return;
    if (numbered) require(event->seq_id == 77);
    (void)to_json(*event);
    if (const auto hash = hash_of(event->data)) {
        auto record = new_record(*hash, event->chain_id);
        apply(record, *event);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const PayloadView bytes(data + 1, size - 1);
    // The seeds' first bytes: new kinds come last.
    switch (data[0] % 16) {
    case 0:
        try_as<PendingTx>(bytes);
        break;
    case 1:
        try_as<DecodedTx>(bytes);
        break;
    case 2:
        try_as<Head>(bytes);
        break;
    case 3:
        try_as<Reorg>(bytes);
        break;
    case 4:
        try_as<EndpointStatus>(bytes);
        break;
    case 5:
        try_as<AccountNonce>(bytes);
        break;
    case 6:
        try_as<TxPresence>(bytes);
        break;
    case 7:
        try_as<ChainQuery>(bytes);
        break;
    case 8:
        try_as<Feature>(bytes);
        break;
    case 9:
        try_as<Envelope>(bytes);
        break;
    case 10:
        try_as<BodyRefused>(bytes);
        break;
    case 11:
        try_as<TapReport>(bytes);
        break;
    case 12:
        try_event(bytes);
        break;
    case 13:
        try_as<Candidate>(bytes);
        break;
    case 14:
        try_as<Simulated>(bytes);
        break;
    default:
        try_as<Verdict>(bytes);
        break;
    }
    return 0;
}
