// A block of the corpus's `mainnet` folder with the state it runs on.
#pragma once

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/state/node_block.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {

struct MainnetBlock : state::NodeBlock {
    MemoryState state; // before the block
};

namespace detail {

inline std::uint64_t number(const nlohmann::json& v) {
    return v.is_number() ? v.get<std::uint64_t>() : eth::u64_from_hex(v.get<std::string>()).value();
}
inline eth::Hash hash(const nlohmann::json& v) {
    return eth::hash_from_hex(v.get<std::string>()).value();
}
inline eth::Address address(const std::string& text) {
    return eth::address_from_hex(text).value();
}

inline void read_state(const std::filesystem::path& folder, MemoryState& state) {
    using nlohmann::json;
    const auto codes = json::parse(read_text(folder / "bytecodes.json"));
    for (const auto& [name, code] : codes.items()) {
        auto bytes = eth::bytes_from_hex(code["bytecode"].get<std::string>()).value();
        // Analysed code of the source has padding behind it.
        if (code.contains("state") && code["state"].is_object())
            for (const auto& [kind, analysed] : code["state"].items())
                if (analysed.is_object() && analysed.contains("original_len"))
                    bytes.resize(analysed["original_len"].get<std::size_t>());
        if (code.contains("original_len")) bytes.resize(code["original_len"].get<std::size_t>());
        state.codes.emplace(eth::hash_from_hex(name).value(), std::move(bytes));
    }
    const auto accounts = json::parse(read_text(folder / "pre_state.json"));
    for (const auto& [name, account] : accounts.items()) {
        if (account["basic"].is_null()) continue;
        auto& to = state.accounts[address(name)];
        to.balance = eth::u256_from_hex(account["basic"]["balance"].get<std::string>()).value();
        to.nonce = number(account["basic"]["nonce"]);
        if (account["code_hash"].is_string()) to.code_hash = hash(account["code_hash"]);
        for (const auto& [key, value] : account["storage"].items()) {
            const auto v = eth::u256_from_hex(value.get<std::string>()).value();
            if (!eth::is_zero(v)) to.storage[eth::u256_from_hex(key).value()] = v;
        }
    }
    std::map<std::uint64_t, eth::Hash> hashes;
    if (std::filesystem::exists(folder / "block_hashes.json")) {
        const auto held = json::parse(read_text(folder / "block_hashes.json"));
        for (const auto& [n, h] : held.items())
            hashes[n.starts_with("0x") ? eth::u64_from_hex(n).value() : std::stoull(n)] = hash(h);
    }
    state.block_hashes = [hashes](std::uint64_t n) {
        const auto found = hashes.find(n);
        return found == hashes.end() ? eth::Hash() : found->second;
    };
}

} // namespace detail

inline MainnetBlock read_mainnet_block(const std::filesystem::path& folder) {
    using namespace detail;
    MainnetBlock block;
    read_state(folder, block.state);
    eth::TransactionJsonParser parser;
    const auto parsed =
        state::parse_block(read_text(folder / "block.json"), eth::ChainId(1), parser);
    if (!parsed) throw std::runtime_error("cannot read " + folder.string());
    static_cast<state::NodeBlock&>(block) = *parsed;
    return block;
}

// The folders of the blocks from the merge on, in order.
inline std::vector<std::filesystem::path> merged_mainnet_blocks() {
    std::vector<std::filesystem::path> folders;
    for (const auto& folder : std::filesystem::directory_iterator(corpus_dir() / "mainnet"))
        if (folder.is_directory() && std::stoull(folder.path().filename().string()) >= 15537394)
            folders.push_back(folder.path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

} // namespace viz::test
