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

const std::string kPush = "(60[0-9a-f]{2}|61[0-9a-f]{4}|62[0-9a-f]{6}|63[0-9a-f]{8})";

std::uint64_t pushed(const std::string& code) {
    return std::stoull(code.substr(2), nullptr, 16);
}

eth::Address address_of(std::uint64_t number) {
    eth::Address address;
    address.bytes[18] = static_cast<std::uint8_t>(number >> 8);
    address.bytes[19] = static_cast<std::uint8_t>(number);
    return address;
}

struct Call {
    std::optional<std::uint64_t> gas_limit; // nothing: all that the transaction has
    eth::Address target;
    std::string stores; // the code after the call
};

// CALLDATACOPY of all, then any of the four calls, with GAS before either.
std::optional<Call> read_call(const std::string& code) {
    static const std::regex form("0x(?:5a)?366000600037(?:5a)?"
                                 "(?:6040610200|60406000|60006000)366000(?:6000)?" +
                                 kPush + "(?:5a|" + kPush + ")f[124a](.*)");
    std::smatch match;
    if (!std::regex_match(code, match, form)) return std::nullopt;
    Call call;
    call.target = address_of(pushed(match[1]));
    if (match[2].matched) call.gas_limit = pushed(match[2]);
    call.stores = match[3];
    return call;
}

// A series of calls with inputs of zeros, each with its gas, whose success goes to a slot.
struct SeriesCall {
    std::size_t input_size{};
    eth::Address target;
    std::uint64_t gas_limit{};
    std::uint64_t slot{};
};
std::vector<SeriesCall> read_series(const std::string& code) {
    static const std::regex whole("0x(?:60006000" + kPush + "60006000" + kPush + kPush + "f1" +
                                  kPush + "55)+");
    static const std::regex one("60006000" + kPush + "60006000" + kPush + kPush + "f1" + kPush +
                                "55");
    std::vector<SeriesCall> calls;
    if (!std::regex_match(code, whole)) return calls;
    for (std::sregex_iterator i(code.begin(), code.end(), one), end; i != end; ++i)
        calls.push_back({static_cast<std::size_t>(pushed((*i)[1])), address_of(pushed((*i)[2])),
                         pushed((*i)[3]), pushed((*i)[4])});
    return calls;
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
std::optional<Storage> expected_stores(const Call& call, const eth::Bytes& input,
                                       const Outcome& o) {
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
    } else if (call.stores == "6000556000516001556020516002553d6003553d600060003e"
                              "60005160045560205160055500") {
        // The output goes over the input.
        auto memory = o.success ? o.output : input;
        memory.resize(64);
        const auto first = eth::from_be(eth::BytesView(memory).first(32));
        const auto second = eth::from_be(eth::BytesView(memory).subspan(32, 32));
        s = {{0, word(o.success)}, {1, first}, {2, second},
             {3, o.output.size()}, {4, first}, {5, second}};
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

// One transaction's end under one fork. False for a contract of another form.
bool check_post(const std::string& name, const nlohmann::json& test, const nlohmann::json& post,
                Fork fork, Counts& counts) {
    const auto& tx = test.at("transaction");
    const auto to = tx.at("to").get<std::string>();
    const auto& before = test.at("pre").at(to);
    const auto after = stored(post.at("state").at(to));
    const auto code = before.at("code").get<std::string>();
    if (const auto series = read_series(code); !series.empty()) {
        Storage expected;
        for (const auto& call : series) {
            const auto& contract = *evm::find_precompile(call.target, fork);
            if (run(contract, eth::Bytes(call.input_size), fork, call.gas_limit).success)
                expected[call.slot] = 1;
            ++counts.checked[eth::to_hex(call.target.view()).substr(38)];
        }
        EXPECT_EQ(expected, after) << name;
        return true;
    }
    const auto call = read_call(code);
    if (!call) return false;
    const auto* contract = evm::find_precompile(call->target, fork);
    if (contract == nullptr) return false;
    const auto data = tx.at("data").at(post.at("indexes").at("data").get<std::size_t>());
    const auto input = eth::bytes_from_hex(data.get<std::string>()).value();
    const auto gas = tx.at("gasLimit").at(post.at("indexes").at("gas").get<std::size_t>());
    const auto available = eth::u64_from_hex(gas.get<std::string>()).value();
    const auto outcome = run(*contract, input, fork, call->gas_limit.value_or(available));
    const auto expected = expected_stores(*call, input, outcome);
    if (!expected) return false;
    // A failure that took all gas may leave the contract too little to store anything.
    const bool ended_there = !outcome.success && !call->gas_limit && after == stored(before);
    if (!ended_there) {
        EXPECT_EQ(*expected, after) << name;
    }
    ++counts.checked[eth::to_hex(call->target.view()).substr(38)];
    return true;
}

void check(const std::string& name, const nlohmann::json& test, Counts& counts) {
    // These transactions end without gas on purpose, and so store nothing.
    if (name.find("exceed_tx_gas_cap") != std::string::npos) return;
    if (!test.at("pre").contains(test.at("transaction").at("to").get<std::string>())) return;
    for (const auto& [fork_name, posts] : test.at("post").items()) {
        const auto fork = fork_named(fork_name);
        if (!fork) continue;
        for (const auto& post : posts)
            if (post.contains("expectException") || !check_post(name, test, post, *fork, counts))
                ++counts.other_forms;
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
    for (const auto* address :
         {"0005", "0009", "000a", "000b", "000c", "000d", "000e", "000f", "0010", "0011", "0100"})
        EXPECT_THAT(counts.checked, testing::Contains(testing::Key(address)));
}

} // namespace
