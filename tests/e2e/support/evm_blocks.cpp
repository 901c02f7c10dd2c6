// evm_blocks <prague|osaka>: reads a state, blocks of raw transactions and calls as JSON from
// standard input, executes them with components/evm, and writes what became of them as JSON: each
// transaction's receipt, the steps of those that are to be traced, the calls' outputs, the state
// at the end. The other side of tests/e2e/evm.test.mjs.
#include <cstring>
#include <iostream>

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/evm/block.hpp"
#include "components/evm/transaction_run.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {
namespace {

using nlohmann::json;

std::uint64_t number(const json& value) {
    return eth::u64_from_hex(value.get<std::string>()).value();
}
eth::U256 word(const json& value) {
    return eth::u256_from_hex(value.get<std::string>()).value();
}
eth::Bytes bytes(const json& value) {
    return eth::bytes_from_hex(value.get<std::string>()).value();
}
eth::Address address(const json& value) {
    return eth::address_from_hex(value.get<std::string>()).value();
}
eth::Hash hash(const json& value) {
    return eth::hash_from_hex(value.get<std::string>()).value();
}
std::string quantity(const eth::U256& value) {
    const auto hex = eth::to_hex(eth::to_be(value)).substr(2);
    const auto first = hex.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : hex.substr(first));
}

// [pc, gas, depth, height, the top words of the stack]
struct StepWriter {
    static constexpr bool enabled = true;
    static constexpr std::ptrdiff_t kShown = 4;
    json steps = json::array();

    bool step(const evm::Frame& frame, const std::uint8_t* pc, const eth::U256* sp,
              std::int64_t gas, std::uint32_t depth) {
        json row{pc - frame.code->data(), gas, depth};
        const auto height = sp - frame.stack.get();
        row.push_back(height);
        for (std::ptrdiff_t i = 1; i <= std::min(height, kShown); ++i)
            row.push_back(quantity(sp[-i]));
        steps.push_back(std::move(row));
        return true;
    }
};

class Chain {
  public:
    Chain(const json& input, evm::Fork fork) : rules_(evm::rules_of(fork)) {
        for (const auto& account : input["accounts"]) {
            auto& to = state_.accounts[address(account["address"])];
            to.balance = word(account["balance"]);
            to.nonce = number(account["nonce"]);
            to.code_hash = state_.add_code(bytes(account["code"]));
            for (const auto& [key, value] : account["storage"].items())
                to.storage[word(json(key))] = word(value);
        }
        state_.block_hashes = [hashes = input["block_hashes"]](std::uint64_t n) {
            return hash(hashes.at(n));
        };
    }

    json run_block(const json& block) {
        const auto environment = read_environment(block);
        evm::TransactionExecutor executor(overlay_, rules_, environment);
        evm::begin_block(executor, rules_,
                         {.environment = environment,
                          .parent_hash = hash(block["parent_hash"]),
                          .parent_beacon_root = hash(block["parent_beacon_root"])});
        json results = json::array();
        for (const auto& item : block["transactions"]) {
            const auto tx = eth::decode_transaction(bytes(item["raw"]));
            const auto sender = recoverer_.sender(*tx);
            StepWriter writer;
            const auto result = item["trace"].get<bool>()
                                    ? executor.execute(*tx, *sender, {}, writer)
                                    : executor.execute(*tx, *sender);
            results.push_back(receipt(result, std::move(writer.steps)));
        }
        return results;
    }

    // As a node answers eth_call: on the state there is, which stays as it is.
    json run_call(const json& call) {
        const auto environment = read_environment(call["environment"]);
        evm::TransactionExecutor executor(overlay_, rules_, environment);
        eth::Transaction tx;
        tx.gas_limit = eth::Gas(number(call["gas"]));
        tx.to = address(call["to"]);
        tx.data = bytes(call["data"]);
        tx.value = word(call["value"]);
        tx.nonce = overlay_.account(overlay_.load(address(call["from"]))).now.nonce;
        const auto before = overlay_.checkpoint();
        const auto result =
            executor.execute(tx, address(call["from"]),
                             {.nonce = false, .funds = true, .fees = false, .eoa = false});
        overlay_.rollback(before);
        return {{"status", result.invalid ? to_string(*result.invalid) : to_string(result.status)},
                {"output", eth::to_hex(result.output)}};
    }

    json state() {
        auto after = state_;
        after.apply(overlay_);
        json all = json::object();
        for (const auto& [at, account] : after.accounts) {
            json storage = json::object();
            for (const auto& [key, value] : account.storage)
                storage[quantity(key)] = quantity(value);
            all[eth::to_hex(at.view())] = {{"balance", quantity(account.balance)},
                                           {"nonce", quantity(account.nonce)},
                                           {"code_hash", eth::to_hex(account.code_hash.view())},
                                           {"storage", std::move(storage)}};
        }
        return all;
    }

  private:
    static evm::BlockEnvironment read_environment(const json& from) {
        return {.chain_id = eth::ChainId(number(from["chain_id"])),
                .number = number(from["number"]),
                .timestamp = number(from["timestamp"]),
                .coinbase = address(from["coinbase"]),
                .gas_limit = number(from["gas_limit"]),
                .base_fee = word(from["base_fee"]),
                .prev_randao = hash(from["prev_randao"]),
                .excess_blob_gas = number(from["excess_blob_gas"])};
    }

    static json receipt(const evm::TransactionResult& result, json steps) {
        if (result.invalid) return {{"invalid", to_string(*result.invalid)}};
        json logs = json::array();
        for (const auto& log : result.logs) {
            json topics = json::array();
            for (const auto& topic : log.topics) topics.push_back(eth::to_hex(topic.view()));
            logs.push_back({{"address", eth::to_hex(log.address.view())},
                            {"topics", std::move(topics)},
                            {"data", eth::to_hex(log.data)}});
        }
        return {{"status", to_string(result.status)},
                {"gas_used", result.gas_used},
                {"created", result.created ? json(eth::to_hex(result.created->view())) : json()},
                {"logs", std::move(logs)},
                {"steps", std::move(steps)}};
    }

    const evm::Rules& rules_;
    MemoryState state_;
    evm::CodeCache codes_;
    evm::Overlay overlay_{state_, codes_};
    eth::SenderRecoverer recoverer_;
};

json run(evm::Fork fork) {
    const auto input = json::parse(std::cin);
    Chain chain(input, fork);
    json output{{"blocks", json::array()}, {"calls", json::array()}};
    for (const auto& block : input["blocks"]) output["blocks"].push_back(chain.run_block(block));
    output["state"] = chain.state();
    for (const auto& call : input["calls"]) output["calls"].push_back(chain.run_call(call));
    return output;
}

} // namespace
} // namespace viz::test

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: evm_blocks <prague|osaka>\n";
        return 2;
    }
    const bool osaka = std::strcmp(arguments[1], "osaka") == 0;
    try {
        std::cout << viz::test::run(osaka ? viz::evm::Fork::osaka : viz::evm::Fork::prague) << '\n';
    } catch (const std::exception& error) {
        std::cerr << "evm_blocks: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
