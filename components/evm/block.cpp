#include "components/evm/block.hpp"

#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"
#include "components/eth/trie_root.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::evm {

namespace {

constexpr std::uint64_t kWeiPerGwei = 1'000'000'000;

// EIP-4788
constexpr eth::Address kBeaconRoots{{{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
                                      0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}}};
// EIP-2935
constexpr eth::Address kHistory{{{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb,
                                  0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}}};
// EIP-7002
constexpr eth::Address kWithdrawalRequests{
    {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e, 0xb5, 0x5e, 0x80,
      0xd1, 0x9a, 0xd8, 0x35, 0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}}};
// EIP-7251
constexpr eth::Address kConsolidationRequests{
    {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48, 0x86, 0x42, 0xfb,
      0x57, 0x9f, 0x8b, 0x00, 0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}}};

void add_to_bloom(Bloom& bloom, eth::BytesView item) {
    const auto hash = eth::keccak256(item);
    for (std::size_t i = 0; i < 6; i += 2) {
        const auto bit = (static_cast<std::size_t>(hash.bytes[i]) << 8 | hash.bytes[i + 1]) % 2048;
        bloom.bytes[255 - bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
    }
}

void end_block(TransactionExecutor& executor, const Rules& rules, BlockResult& result) {
    if (!rules.request_contracts) return;
    for (const auto& contract : {kWithdrawalRequests, kConsolidationRequests}) {
        auto outcome = executor.system_call(contract, {});
        result.requests.push_back(outcome ? std::move(outcome->output) : eth::Bytes());
    }
}

void add_receipt(const eth::Transaction& tx, TransactionResult&& done, BlockResult& result,
                 std::vector<eth::Bytes>& encoded) {
    result.gas_used += done.gas_used;
    result.blob_gas_used += kGasPerBlob * tx.blob_versioned_hashes.size();
    const auto& receipt =
        result.receipts.emplace_back(Receipt{.type = tx.type,
                                             .succeeded = done.status == Status::success,
                                             .cumulative_gas = result.gas_used,
                                             .bloom = bloom_of(done.logs)});
    for (std::size_t i = 0; i < receipt.bloom.bytes.size(); ++i)
        result.bloom.bytes[i] |= receipt.bloom.bytes[i];
    encoded.push_back(encode_receipt(receipt, done.logs));
    result.results.push_back(std::move(done));
}

} // namespace

Bloom bloom_of(const std::vector<Log>& logs) {
    Bloom bloom;
    for (const auto& log : logs) {
        add_to_bloom(bloom, log.address.view());
        for (const auto& topic : log.topics) add_to_bloom(bloom, topic.view());
    }
    return bloom;
}

eth::Bytes encode_receipt(const Receipt& receipt, const std::vector<Log>& logs) {
    eth::RlpWriter out;
    if (receipt.type != eth::TxType::legacy) out.byte(static_cast<std::uint8_t>(receipt.type));
    const auto whole = out.open_list();
    out.integer(U256(receipt.succeeded ? 1 : 0));
    out.integer(U256(receipt.cumulative_gas));
    out.string(receipt.bloom.view());
    const auto list = out.open_list();
    for (const auto& log : logs) {
        const auto one = out.open_list();
        out.string(log.address.view());
        const auto topics = out.open_list();
        for (const auto& topic : log.topics) out.string(topic.view());
        out.close_list(topics);
        out.string(log.data);
        out.close_list(one);
    }
    out.close_list(list);
    out.close_list(whole);
    return out.take();
}

void begin_block(TransactionExecutor& executor, const Rules& rules, const BlockInput& block) {
    if (rules.beacon_root_contract)
        executor.system_call(kBeaconRoots, block.parent_beacon_root.view());
    if (rules.history_contract) executor.system_call(kHistory, block.parent_hash.view());
}

void pay_withdrawals(Overlay& state, std::span<const Withdrawal> withdrawals) {
    state.begin_transaction();
    for (const auto& withdrawal : withdrawals)
        state.add_balance(state.load(withdrawal.address),
                          U256(withdrawal.amount_gwei) * U256(kWeiPerGwei));
    state.end_transaction();
}

BlockResult execute_block(Overlay& state, const Rules& rules, const BlockInput& block,
                          bool collect_sets, RunGuard* guard) {
    BlockResult result;
    TransactionExecutor executor(state, rules, block.environment);
    executor.collect_sets = collect_sets;
    executor.machine().guard = guard;
    begin_block(executor, rules, block);
    std::vector<eth::Bytes> encoded;
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
        const auto& tx = block.transactions[i];
        if (executor.machine().interrupted()) {
            result.stopped_at = i;
            return result;
        }
        auto done = executor.execute(tx, block.senders[i]);
        const auto blobs = result.blob_gas_used / kGasPerBlob + tx.blob_versioned_hashes.size();
        if (!done.invalid && blobs > rules.blob.max) done.invalid = Invalid::too_many_blobs;
        if (done.invalid || is_abort(done.status)) {
            result.stopped_at = i;
            result.results.push_back(std::move(done));
            return result;
        }
        add_receipt(tx, std::move(done), result, encoded);
    }
    pay_withdrawals(state, block.withdrawals);
    end_block(executor, rules, result);
    result.receipts_root = eth::ordered_trie_root(encoded);
    return result;
}

} // namespace viz::evm
