#include "tests/conformance/evm/state_test_case.hpp"

#include <map>
#include <set>

#include "components/eth/hex.hpp"
#include "components/evm/transaction.hpp"
#include "tests/support/json_values.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {

namespace {

using nlohmann::json;

const std::map<std::string, evm::Fork> kForks{
    {"Paris", evm::Fork::paris},   {"Shanghai", evm::Fork::shanghai}, {"Cancun", evm::Fork::cancun},
    {"Prague", evm::Fork::prague}, {"Osaka", evm::Fork::osaka},
};

// The vectors' reasons (without "TransactionException.") and ours.
const std::map<std::string, std::set<std::string>> kReasons{
    {"GASLIMIT_PRICE_PRODUCT_OVERFLOW", {"fee_overflow"}},
    {"GAS_ALLOWANCE_EXCEEDED", {"gas_above_block"}},
    {"GAS_LIMIT_EXCEEDS_MAXIMUM", {"gas_above_cap"}},
    {"INITCODE_SIZE_EXCEEDED", {"initcode_too_large"}},
    {"INSUFFICIENT_ACCOUNT_FUNDS", {"insufficient_funds"}},
    {"INSUFFICIENT_MAX_FEE_PER_BLOB_GAS", {"max_blob_fee_below_blob_base_fee"}},
    {"INSUFFICIENT_MAX_FEE_PER_GAS", {"max_fee_below_base_fee"}},
    {"INTRINSIC_GAS_BELOW_FLOOR_GAS_COST", {"gas_below_intrinsic"}},
    {"INTRINSIC_GAS_TOO_LOW", {"gas_below_intrinsic"}},
    {"NONCE_IS_MAX", {"nonce_max"}},
    {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", {"tip_above_max_fee"}},
    {"SENDER_NOT_EOA", {"sender_not_eoa"}},
    {"TYPE_1_TX_PRE_FORK", {"type_not_active"}},
    {"TYPE_2_TX_PRE_FORK", {"type_not_active"}},
    {"TYPE_3_TX_BLOB_COUNT_EXCEEDED", {"too_many_blobs"}},
    {"TYPE_3_TX_CONTRACT_CREATION", {"create_not_allowed"}},
    {"TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH", {"blob_version_unknown"}},
    {"TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", {"too_many_blobs"}},
    {"TYPE_3_TX_PRE_FORK", {"type_not_active"}},
    {"TYPE_3_TX_ZERO_BLOBS", {"no_blobs"}},
    {"TYPE_4_EMPTY_AUTHORIZATION_LIST", {"no_authorizations"}},
    {"TYPE_4_TX_CONTRACT_CREATION", {"create_not_allowed"}},
    {"TYPE_4_TX_PRE_FORK", {"type_not_active"}},
};

bool reason_fits(std::string expected, std::string_view rejected) {
    while (!expected.empty()) {
        const auto bar = expected.find('|');
        auto one = expected.substr(0, bar);
        expected = bar == std::string::npos ? "" : expected.substr(bar + 1);
        one = one.substr(one.find('.') + 1);
        const auto found = kReasons.find(one);
        if (found != kReasons.end() && found->second.contains(std::string(rejected))) return true;
    }
    return false;
}

MemoryState read_state(const json& pre) {
    MemoryState state;
    for (const auto& [name, account] : pre.items()) {
        auto& to = state.accounts[address(json(name))];
        to.balance = word(account["balance"]);
        to.nonce = number(account["nonce"]);
        to.code_hash = state.add_code(bytes(account["code"]));
        for (const auto& [key, value] : account["storage"].items())
            if (const auto v = word(value); !eth::is_zero(v)) to.storage[word(json(key))] = v;
    }
    state.block_hashes = [](std::uint64_t n) {
        const auto text = std::to_string(n);
        return eth::keccak256_of(text);
    };
    return state;
}

evm::BlockEnvironment read_block(const json& env) {
    evm::BlockEnvironment block;
    block.chain_id = eth::ChainId(1);
    block.number = number(env["currentNumber"]);
    block.timestamp = number(env["currentTimestamp"]);
    block.coinbase = address(env["currentCoinbase"]);
    block.gas_limit = number(env["currentGasLimit"]);
    if (env.contains("currentBaseFee")) block.base_fee = word(env["currentBaseFee"]);
    if (env.contains("currentRandom"))
        block.prev_randao.bytes = eth::to_be(word(env["currentRandom"]));
    if (env.contains("currentExcessBlobGas"))
        block.excess_blob_gas = number(env["currentExcessBlobGas"]);
    return block;
}

eth::TxType type_of(const json& tx, const json& variant) {
    const auto encoded = variant["txbytes"].get<std::string>();
    if (encoded.starts_with("0x01")) return eth::TxType::access_list;
    if (encoded.starts_with("0x02")) return eth::TxType::dynamic_fee;
    if (encoded.starts_with("0x03")) return eth::TxType::blob;
    if (encoded.starts_with("0x04")) return eth::TxType::set_code;
    (void)tx;
    return eth::TxType::legacy;
}

void read_lists(const json& from, std::size_t data_index, eth::Transaction& tx) {
    if (from.contains("accessLists") && from["accessLists"].size() > data_index &&
        !from["accessLists"][data_index].is_null())
        for (const auto& entry : from["accessLists"][data_index]) {
            auto& to = tx.access_list.emplace_back();
            to.address = address(entry["address"]);
            for (const auto& key : entry["storageKeys"]) to.storage_keys.push_back(hash(key));
        }
    if (from.contains("blobVersionedHashes"))
        for (const auto& h : from["blobVersionedHashes"])
            tx.blob_versioned_hashes.push_back(hash(h));
    if (from.contains("authorizationList"))
        for (const auto& entry : from["authorizationList"]) {
            auto& to = tx.authorization_list.emplace_back();
            to.chain_id = word(entry["chainId"]);
            to.address = address(entry["address"]);
            to.nonce = number(entry["nonce"]);
            const auto parity = word(entry.contains("yParity") ? entry["yParity"] : entry["v"]);
            to.y_parity = static_cast<std::uint8_t>(parity.low_u64());
            to.r = word(entry["r"]);
            to.s = word(entry["s"]);
        }
}

eth::Transaction read_transaction(const json& from, const json& variant) {
    const auto& indexes = variant["indexes"];
    const auto data_index = indexes["data"].get<std::size_t>();
    eth::Transaction tx;
    tx.type = type_of(from, variant);
    tx.nonce = number(from["nonce"]);
    tx.gas_limit = eth::Gas(number(from["gasLimit"][indexes["gas"].get<std::size_t>()]));
    tx.value = word(from["value"][indexes["value"].get<std::size_t>()]);
    tx.data = bytes(from["data"][data_index]);
    if (const auto to = from["to"].get<std::string>(); !to.empty()) tx.to = address(from["to"]);
    if (from.contains("gasPrice")) {
        tx.max_fee_per_gas = tx.max_priority_fee_per_gas = word(from["gasPrice"]);
    } else {
        tx.max_fee_per_gas = word(from["maxFeePerGas"]);
        tx.max_priority_fee_per_gas = word(from["maxPriorityFeePerGas"]);
    }
    if (from.contains("maxFeePerBlobGas")) tx.max_fee_per_blob_gas = word(from["maxFeePerBlobGas"]);
    read_lists(from, data_index, tx);
    return tx;
}

eth::Hash logs_hash(const std::vector<evm::Log>& logs) {
    eth::RlpWriter out;
    const auto all = out.open_list();
    for (const auto& log : logs) {
        const auto one = out.open_list();
        out.string(log.address.view());
        const auto topics = out.open_list();
        for (const auto& topic : log.topics) out.string(topic.view());
        out.close_list(topics);
        out.string(log.data);
        out.close_list(one);
    }
    out.close_list(all);
    return eth::keccak256(out.bytes());
}

std::string judge(const json& test, const json& variant, evm::Fork fork, std::string& unsupported) {
    auto state = read_state(test["pre"]);
    const auto block = read_block(test["env"]);
    const auto tx = read_transaction(test["transaction"], variant);
    evm::CodeCache codes(1U << 22);
    evm::Overlay overlay(state, codes);
    const auto& rules = evm::rules_of(fork);
    evm::TransactionExecutor executor(overlay, rules, block);
    const auto result = executor.execute(tx, address(test["transaction"]["sender"]));
    for (const auto& a : result.unsupported) unsupported += " " + eth::to_hex(a.view());
    if (!unsupported.empty())
        return result.status == evm::Status::unsupported_precompile ? ""
                                                                    : "went on past a precompile";
    if (variant.contains("expectException")) {
        const auto expected = variant["expectException"].get<std::string>();
        if (!result.invalid) return "executed, expected " + expected;
        if (!reason_fits(expected, to_string(*result.invalid)))
            return "rejected as " + std::string(to_string(*result.invalid)) + ", expected " +
                   expected;
    } else if (result.invalid) {
        return "rejected as " + std::string(to_string(*result.invalid));
    }
    if (logs_hash(result.logs) != hash(variant["logs"])) return "logs differ";
    state.apply(overlay);
    if (state.root() != hash(variant["hash"]))
        return "state root differs; gas used " + std::to_string(result.gas_used) + ", " +
               std::string(to_string(result.status));
    return "";
}

} // namespace

std::vector<StateTestVerdict> run_state_tests(const std::string& text, const std::string& file) {
    std::vector<StateTestVerdict> verdicts;
    const auto tests = json::parse(text);
    for (const auto& [name, test] : tests.items())
        for (const auto& [fork_name, variants] : test["post"].items()) {
            const auto fork = kForks.find(fork_name);
            if (fork == kForks.end()) continue;
            for (const auto& variant : variants) {
                auto& verdict = verdicts.emplace_back();
                for (const auto& part : {file, name, fork_name, variant["indexes"].dump()})
                    verdict.name.append(part).append(" ");
                try {
                    verdict.why = judge(test, variant, fork->second, verdict.unsupported);
                } catch (const std::exception& e) {
                    verdict.why = e.what();
                }
                verdict.passed = verdict.why.empty();
            }
        }
    return verdicts;
}

} // namespace viz::test
