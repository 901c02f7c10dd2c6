// Transactions from any bytes: refused, or in consensus form exactly what they encode to.
#include <algorithm>
#include <cstdlib>

#include "components/eth/rlp.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/eth/transaction_validity.hpp"

namespace {

using namespace viz::eth;

void require(bool condition) {
    if (!condition) std::abort();
}

// Type 3 with its blobs: 0x03 || [[fields], …].
bool is_pooled(BytesView bytes) {
    RlpReader outer(bytes.subspan(1));
    auto list = outer.next_list();
    return bytes[0] == 3 && list && list->next_list();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SenderRecoverer recoverer;
    const BytesView bytes(data, size);
    const auto tx = decode_transaction(bytes);
    if (!tx) {
        require(to_string(tx.error()) != "unknown");
        return 0;
    }
    const auto encoded = encode_transaction(*tx);
    if (!is_pooled(bytes))
        require(std::equal(bytes.begin(), bytes.end(), encoded.begin(), encoded.end()));
    const auto again = decode_transaction(encoded);
    require(again && *again == *tx);
    (void)recoverer.sender(*tx);
    for (const auto& authorization : tx->authorization_list)
        (void)recoverer.authority(authorization);
    for (const auto fork : {Fork::frontier, Fork::cancun, Fork::osaka})
        (void)check_validity(*tx, fork);
    return 0;
}
