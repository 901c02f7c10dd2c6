#include "components/evm/precompiles/contracts.hpp"

#include "components/eth/signature.hpp"
#include "components/evm/precompiles/bytes.hpp"

namespace viz::evm::precompiles {

namespace {

// Immutable and created once: creating a context costs more than a recovery.
const eth::SenderRecoverer& recoverer() {
    static const eth::SenderRecoverer instance;
    return instance;
}

} // namespace

std::uint64_t ecrecover_gas(BytesView /*input*/, Fork /*fork*/) {
    return 3000;
}

bool ecrecover_run(BytesView input, Fork /*fork*/, Bytes& output) {
    const auto words = read_padded<128>(input, 0);
    const BytesView view(words);
    // v is a whole word and must be 27 or 28.
    if (!all_zero(view.subspan(32, 31)) || (words[63] != 27 && words[63] != 28)) return true;
    eth::Hash message;
    std::copy(words.begin(), words.begin() + 32, message.bytes.begin());
    eth::Signature signature;
    signature.y_parity = static_cast<std::uint8_t>(words[63] - 27);
    signature.r = eth::from_be(view.subspan(64, 32));
    signature.s = eth::from_be(view.subspan(96, 32));
    const auto signer = recoverer().recover(message, signature, eth::SenderRecoverer::SRule::any);
    if (!signer) return true;
    output.resize(12);
    append(output, signer->view());
    return true;
}

} // namespace viz::evm::precompiles
