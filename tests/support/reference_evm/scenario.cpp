#include "tests/support/reference_evm/scenario.hpp"

#include <algorithm>
#include <array>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "tests/support/reference_evm/program.hpp"

namespace viz::test::reference {

namespace {

using evm::Fork;

const Word kFunds = Word(1) << 100;

eth::Bytes delegation_to(const eth::Address& target) {
    eth::Bytes code(23);
    code[0] = 0xef;
    code[1] = 0x01;
    std::copy(target.bytes.begin(), target.bytes.end(), code.begin() + 3);
    return code;
}

// Actors 0 to 3 are contracts, 4 is the sender, 5 another holder, 6 and 7 delegate (EIP-7702) to a
// contract and to a precompiled one; 8 does not exist.
Scenario scene(Choices& choices) {
    Scenario scenario;
    scenario.fork = static_cast<Fork>(choices.below(5));
    scenario.sender = actor(4);
    auto& block = scenario.block;
    block.chain_id = eth::ChainId(1);
    block.number = 1000;
    block.timestamp = 1'700'000'000;
    block.coinbase = actor(20);
    block.gas_limit = 100'000'000;
    block.base_fee = eth::Wei(7);
    block.prev_randao = block_hash_of(77);
    block.excess_blob_gas = choices.one_in(2) ? 0 : 60'000'000;
    auto& accounts = scenario.accounts;
    accounts[actor(4)].balance = kFunds;
    accounts[actor(5)].balance = 5;
    accounts[actor(6)] = {.balance = 1, .nonce = 1, .code = delegation_to(actor(1)), .storage = {}};
    eth::Address identity;
    identity.bytes[19] = 4;
    accounts[actor(7)] = {.balance = 0, .nonce = 1, .code = delegation_to(identity), .storage = {}};
    for (unsigned i = 0; i < 4; ++i) {
        auto& contract = accounts[actor(i)];
        contract.nonce = 1;
        contract.balance = i == 3 ? 0 : 100 * i + 50;
        for (unsigned key = 0; key < 3; ++key)
            if (choices.one_in(2)) contract.storage[key] = 1 + choices.below(2);
    }
    return scenario;
}

std::uint64_t gas_limit(Choices& choices) {
    constexpr std::array<std::uint64_t, 6> kBases{100'000, 150'000,   300'000,
                                                  600'000, 1'000'000, 8'000'000};
    return kBases[choices.below(kBases.size())] + choices.below(65536);
}

eth::Transaction transaction(Choices& choices, const Scenario& scenario) {
    eth::Transaction tx;
    tx.type = eth::TxType::dynamic_fee;
    tx.chain_id = scenario.block.chain_id;
    tx.max_fee_per_gas = eth::Wei(10);
    tx.max_priority_fee_per_gas = eth::Wei(2);
    tx.gas_limit = eth::Gas(gas_limit(choices));
    tx.value = choices.one_in(3) ? eth::Wei(choices.below(300)) : eth::Wei();
    if (choices.one_in(8)) {
        tx.data = Program(choices, scenario.fork).make(6);
    } else {
        tx.to = actor(choices.one_in(6) ? static_cast<unsigned>(choices.below(kActors + 1)) : 0);
        tx.data.resize(choices.below(100));
        for (auto& byte : tx.data) byte = choices.byte();
    }
    if (choices.one_in(4)) {
        eth::Hash key;
        key.bytes[31] = static_cast<std::uint8_t>(choices.below(4));
        const auto whose = static_cast<unsigned>(choices.below(kActors));
        tx.access_list.push_back({actor(whose), {key}});
    }
    if (tx.to && scenario.fork >= Fork::cancun && choices.one_in(4)) {
        tx.type = eth::TxType::blob;
        tx.max_fee_per_blob_gas = eth::Wei(1) + eth::Wei(~std::uint64_t{0});
        tx.blob_versioned_hashes.push_back(block_hash_of(5));
        tx.blob_versioned_hashes[0].bytes[0] = 1;
    }
    return tx;
}

} // namespace

eth::Hash block_hash_of(std::uint64_t number) {
    return eth::keccak256(bytes_of(number));
}

MemoryState state_of(const Scenario& scenario) {
    MemoryState state;
    state.block_hashes = block_hash_of;
    for (const auto& [address, account] : scenario.accounts) {
        auto& to = state.accounts[address];
        to.balance = u256_of(account.balance);
        to.nonce = account.nonce;
        to.code_hash = state.add_code(account.code);
        for (const auto& [key, value] : account.storage) to.storage[u256_of(key)] = u256_of(value);
    }
    return state;
}

Scenario scenario_of(eth::BytesView bytes) {
    Choices choices(bytes);
    auto scenario = scene(choices);
    const auto count = 1 + choices.below(3);
    for (std::uint64_t i = 0; i < count; ++i)
        scenario.transactions.push_back(transaction(choices, scenario));
    constexpr std::array<unsigned, 4> kGroups{30, 8, 6, 5};
    // The one that is called last, as what it gets of the bytes has no end.
    for (const unsigned i : {1U, 2U, 3U, 0U})
        scenario.accounts[actor(i)].code = Program(choices, scenario.fork).make(kGroups[i]);
    return scenario;
}

Scenario raw_scenario_of(eth::BytesView bytes) {
    Choices choices(bytes);
    auto scenario = scene(choices);
    scenario.transactions.push_back(transaction(choices, scenario));
    scenario.transactions[0].to = actor(0);
    for (unsigned i = 1; i < 4; ++i)
        scenario.accounts[actor(i)].code = Program(choices, scenario.fork).make(3);
    const auto rest = choices.rest();
    scenario.accounts[actor(0)].code.assign(rest.begin(), rest.end());
    return scenario;
}

std::string to_string(const Scenario& scenario) {
    std::string text = "fork " + std::string(to_string(scenario.fork)) + "\n";
    for (const auto& [address, account] : scenario.accounts) {
        text += "account " + eth::to_hex(address.view()) + " balance " + account.balance.str() +
                " nonce " + std::to_string(account.nonce) + " code " + eth::to_hex(account.code) +
                "\n";
        for (const auto& [key, value] : account.storage)
            text += "  slot " + key.str() + " = " + value.str() + "\n";
    }
    for (const auto& tx : scenario.transactions)
        text += "transaction to " + (tx.to ? eth::to_hex(tx.to->view()) : "nobody") + " gas " +
                std::to_string(tx.gas_limit.value) + " value " + eth::to_decimal(tx.value) +
                " data " + eth::to_hex(tx.data) + "\n";
    return text;
}

} // namespace viz::test::reference
