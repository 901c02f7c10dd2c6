#include "tests/conformance/search/contracts.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/keccak.hpp"
#include "tests/support/paths.hpp"

namespace viz::test {

namespace {

std::string push_address(const eth::Address& address) {
    return "73" + eth::to_hex(address.view()).substr(2);
}

// uniswapV3MintCallback and uniswapV3SwapCallback have their amounts in the same two words:
// token.transfer(caller, amount) for each that is above zero.
std::string pay_callback(const eth::Address& token0, const eth::Address& token1) {
    std::string code;
    std::string offset = "04";
    for (const auto& token : {token0, token1}) {
        const std::string pay = "7fa9059cbb" + std::string(56, '0') + // PUSH32 transfer's selector
                                "600052"                              // MSTORE 0
                                "33600452"                            // CALLER, MSTORE 4
                                "80602452"                            // DUP1 (amount), MSTORE 36
                                "60206000604460006000" +
                                push_address(token) + "5af150"; // CALL, POP
        code += "60" + offset + "35";                           // CALLDATALOAD
        code += "806000121560";                                 // DUP1, 0 <s amount, ISZERO, PUSH1
        const auto after = code.size() / 2 + 2 + pay.size() / 2;
        const std::array<std::uint8_t, 1> target{static_cast<std::uint8_t>(after)};
        code += eth::to_hex(target).substr(2) + "57" + pay + "5b"; // JUMPI, JUMPDEST
        offset = "24";
    }
    return code + "00";
}

std::string why(const evm::TransactionResult& result) {
    return std::string(result.invalid ? to_string(*result.invalid) : to_string(result.status));
}

} // namespace

eth::Bytes creation_code(const std::string& artifact) {
    const auto path =
        test::source_dir().string() + "/tools/devnet/node_modules/@uniswap/" + artifact + ".json";
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + " is missing: tools/setup.sh all installs it");
    auto code = nlohmann::json::parse(file).at("bytecode").get<std::string>();
    if (!code.starts_with("0x")) code.insert(0, "0x");
    return eth::bytes_from_hex(code).value();
}

eth::Bytes calldata(const std::string& signature, const std::vector<U256>& words) {
    const auto hash = eth::keccak256_of(signature);
    eth::Bytes data(hash.bytes.begin(), hash.bytes.begin() + 4);
    for (const auto& word : words) {
        const auto bytes = eth::to_be(word);
        data.insert(data.end(), bytes.begin(), bytes.end());
    }
    return data;
}

U256 word_of(const eth::Address& address) {
    return eth::from_be(address.bytes);
}

U256 word_of(std::int32_t value) {
    const U256 size(static_cast<std::uint64_t>(value < 0 ? -std::int64_t{value} : value));
    return value < 0 ? eth::negate(size) : size;
}

Contracts::Contracts()
    : state_(below_, codes_),
      executor_(state_, evm::rules_at(block_.chain_id, block_.timestamp), block_) {
    token0 = evm::create_address(trader, 0);
    token1 = evm::create_address(trader, 1);
    if (token1 < token0) std::swap(token0, token1);
    const auto code = eth::bytes_from_hex("0x" + pay_callback(token0, token1)).value();
    below_.accounts[trader].code_hash = below_.add_code(code);
    for (int i = 0; i < 2; ++i) deploy("v2-periphery/build/ERC20", {U256(1) << 200});
}

evm::TransactionResult Contracts::send(const std::optional<eth::Address>& to, eth::Bytes data) {
    eth::Transaction tx;
    tx.nonce = state_.account(state_.load(trader)).now.nonce;
    tx.gas_limit = eth::Gas(25'000'000);
    tx.to = to;
    tx.data = std::move(data);
    executor_.block_gas_left = block_.gas_limit;
    return executor_.execute(tx, trader, {.funds = false, .fees = false, .eoa = false});
}

eth::Address Contracts::deploy(const std::string& artifact, const std::vector<U256>& arguments) {
    auto code = creation_code(artifact);
    for (const auto& word : arguments) {
        const auto bytes = eth::to_be(word);
        code.insert(code.end(), bytes.begin(), bytes.end());
    }
    const auto result = send(std::nullopt, std::move(code));
    if (!result.succeeded() || !result.created)
        throw std::runtime_error("cannot deploy " + artifact + ": " + why(result));
    return *result.created;
}

evm::TransactionResult Contracts::call(const eth::Address& to, const std::string& signature,
                                       const std::vector<U256>& words) {
    return send(to, calldata(signature, words));
}

evm::TransactionResult Contracts::must(const eth::Address& to, const std::string& signature,
                                       const std::vector<U256>& words) {
    auto result = call(to, signature, words);
    if (!result.succeeded()) throw std::runtime_error(signature + " failed: " + why(result));
    return result;
}

U256 Contracts::storage(const eth::Address& of, const U256& slot) {
    return state_.slot(state_.slot(state_.load(of), slot)).now;
}

eth::Address output_address(const evm::TransactionResult& result) {
    eth::Address address;
    std::copy_n(result.output.begin() + 12, 20, address.bytes.begin());
    return address;
}

U256 output_word(const evm::TransactionResult& result, std::size_t index) {
    return eth::load_be(result.output.data() + 32 * index);
}

} // namespace viz::test
