// The official state tests of precompiled contracts, read as vectors: their contracts forward the
// transaction's data to one precompiled contract with some gas and store what came of it (success,
// size and hash of the output, gas used), so that price and result are checked here without an
// interpreter. Tests of another make are left to the interpreter's run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/evm/precompile.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace viz;
using evm::Fork;

struct Call {
    std::optional<std::uint64_t> gas_limit; // nothing: all that the transaction has
    eth::Address target;
    std::string stores; // the code after the call
};

// CALLDATACOPY of all, then any of the four calls, with GAS before either.
std::optional<Call> read_call(const std::string& code) {
    static const std::regex form("0x(?:5a)?366000600037(?:5a)?(?:6040610200|60006000)366000"
                                 "(?:6000)?(60[0-9a-f]{2}|61[0-9a-f]{4})"
                                 "(5a|60[0-9a-f]{2}|61[0-9a-f]{4}|62[0-9a-f]{6}|63[0-9a-f]{8})"
                                 "f[124a](.*)");
    std::smatch match;
    if (!std::regex_match(code, match, form)) return std::nullopt;
    Call call;
    const auto target = std::stoul(match[1].str().substr(2), nullptr, 16);
    call.target.bytes[18] = static_cast<std::uint8_t>(target >> 8);
    call.target.bytes[19] = static_cast<std::uint8_t>(target);
    if (match[2] != "5a") call.gas_limit = std::stoull(match[2].str().substr(2), nullptr, 16);
    call.stores = match[3];
    return call;
}

struct Outcome {
    bool success{};
    std::uint64_t gas_used{};
    eth::Bytes output;
};

Outcome run(const evm::Precompile& contract, const eth::Bytes& input, Fork fork,
            std::uint64_t gas_limit) {
    const auto price = contract.gas(input, fork);
    if (price > gas_limit) return {false, gas_limit, {}};
    Outcome outcome{true, price, {}};
    if (!contract.run(input, fork, outcome.output)) return {false, gas_limit, {}};
    return outcome;
}

eth::U256 word(bool v) {
    return v ? 1 : 0;
}
eth::U256 hash_word(const eth::Bytes& bytes) {
    return eth::from_be(eth::keccak256(bytes).view());
}

using Storage = std::map<std::uint64_t, eth::U256>;

// What the known kinds of contract store; nothing for another kind.
std::optional<Storage> expected_stores(const Call& call, const Outcome& o) {
    Storage s;
    if (call.stores == "6000553d6001553d600060003e3d600020600255" ||
        call.stores == "3d6001556000553d600060003e3d600020600255") {
        s = {{0, word(o.success)}, {1, o.output.size()}, {2, hash_word(o.output)}};
    } else if (call.stores.starts_with("5a906000553d60015561")) {
        s = {{0, word(o.success)}, {1, o.output.size()}, {2, o.gas_used}, {3, hash_word(o.output)}};
    } else if (call.stores == "5a906000553d600155") {
        s = {{0, word(o.success)}, {1, o.output.size()}};
    } else if (call.stores == "600055610200516001556102205160025500") {
        auto memory = o.output;
        memory.resize(64);
        s = {{0, word(o.success)},
             {1, eth::from_be(eth::BytesView(memory).first(32))},
             {2, eth::from_be(eth::BytesView(memory).subspan(32, 32))}};
    } else if (call.stores.starts_with("5a9050900360a")) {
        s = {{0, o.gas_used}};
    } else {
        return std::nullopt;
    }
    std::erase_if(s, [](const auto& item) { return item.second == 0; });
    return s;
}

std::optional<Fork> fork_named(const std::string& name) {
    static const std::map<std::string, Fork> forks = {{"Paris", Fork::paris},
                                                      {"Shanghai", Fork::shanghai},
                                                      {"Cancun", Fork::cancun},
                                                      {"Prague", Fork::prague},
                                                      {"Osaka", Fork::osaka}};
    const auto found = forks.find(name);
    if (found == forks.end()) return std::nullopt;
    return found->second;
}

Storage stored(const nlohmann::json& account) {
    Storage storage;
    for (const auto& [slot, value] : account.at("storage").items())
        storage[eth::u64_from_hex(slot).value()] =
            eth::u256_from_hex(value.get<std::string>()).value();
    return storage;
}

struct Counts {
    std::map<std::string, std::size_t> checked; // by address
    std::size_t other_forms{};
};

void check(const std::string& name, const nlohmann::json& test, Counts& counts) {
    // These transactions end without gas on purpose, and so store nothing.
    if (name.find("exceed_tx_gas_cap") != std::string::npos) return;
    const auto& tx = test.at("transaction");
    const auto to = tx.at("to").get<std::string>();
    if (!test.at("pre").contains(to)) return;
    const auto call = read_call(test.at("pre").at(to).at("code").get<std::string>());
    for (const auto& [fork_name, posts] : test.at("post").items()) {
        const auto fork = fork_named(fork_name);
        if (!fork) continue;
        for (const auto& post : posts) {
            const auto& contract_after = post.at("state").at(to);
            const auto* contract = call ? evm::find_precompile(call->target, *fork) : nullptr;
            if (contract == nullptr || contract->run == nullptr ||
                post.contains("expectException")) {
                ++counts.other_forms;
                continue;
            }
            const auto data = tx.at("data").at(post.at("indexes").at("data").get<std::size_t>());
            const auto input = eth::bytes_from_hex(data.get<std::string>()).value();
            const auto gas = tx.at("gasLimit").at(post.at("indexes").at("gas").get<std::size_t>());
            const auto available = eth::u64_from_hex(gas.get<std::string>()).value();
            const auto outcome = run(*contract, input, *fork, call->gas_limit.value_or(available));
            const auto expected = expected_stores(*call, outcome);
            if (!expected) {
                ++counts.other_forms;
                continue;
            }
            // A failure that took all gas may leave the contract too little to store anything.
            const bool ended_there = !outcome.success && !call->gas_limit &&
                                     stored(contract_after) == stored(test.at("pre").at(to));
            if (!ended_there) {
                EXPECT_EQ(*expected, stored(contract_after)) << name;
            }
            ++counts.checked[eth::to_hex(call->target.view()).substr(38)];
        }
    }
}

TEST(PrecompileCallVectors, PriceAndResultAreThoseOfTheOfficialStateTests) {
    VIZ_NEEDS_CORPUS();
    const test::TempDir unpacked;
    const auto archive = test::corpus_dir() / "eest-state-tests.tar.zst";
    const auto command =
        "zstd -dc '" + archive.string() + "' | tar x -C '" + unpacked.path().string() +
        "' state_tests/prague/eip2537_bls_12_381_precompiles"
        " state_tests/osaka/eip7823_modexp_upper_bounds "
        "state_tests/osaka/eip7883_modexp_gas_increase"
        " state_tests/osaka/eip7951_p256verify_precompiles state_tests/cancun/eip4844_blobs"
        " state_tests/istanbul/eip152_blake2";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    Counts counts;
    for (const auto& file : test::files_below(unpacked.path())) {
        const auto tests = nlohmann::json::parse(test::read_text(file));
        for (const auto& [name, one] : tests.items()) check(name, one, counts);
    }
    for (const auto& [address, count] : counts.checked)
        std::cout << "checked calls of 0x" << address << ": " << count << "\n";
    std::cout << "tests of another form: " << counts.other_forms << "\n";
    EXPECT_THAT(counts.checked, testing::Contains(testing::Key("0009")));
}

} // namespace
