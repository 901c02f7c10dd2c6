// What a fake node knows of its chain, and its answers from that: plain, without sockets. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace viz::test {

struct FakeBlock {
    std::uint64_t number{};
    std::string hash;
    std::string parent;
};

class FakeChain {
  public:
    // `salt` makes the hashes of its blocks differ from those of other chains.
    explicit FakeChain(std::uint64_t salt);

    void know_transaction(const std::string& hash, const std::string& json) {
        transactions_[hash] = json;
    }
    void add_to_pool(const std::string& sender, std::uint64_t nonce, const std::string& json) {
        pool_[sender][nonce] = json;
    }
    void clear_pool() { pool_.clear(); }
    void set_nonce(const std::string& address, std::uint64_t nonce) { nonces_[address] = nonce; }

    // A block on the newest one, with these transactions (JSON). Answers its header (JSON) too.
    std::pair<FakeBlock, std::string> mine(const std::vector<std::string>& transactions);
    // Blocks that are taken back are still answered by their hash.
    void take_back(std::size_t depth) { canonical_.resize(canonical_.size() - depth); }
    const FakeBlock& newest() const { return canonical_.back().at; }
    const FakeBlock& first() const { return canonical_.front().at; }

    // The result (JSON) of a method that is about the chain; nothing of any other.
    std::optional<std::string> result(const std::string& method, const nlohmann::json& params);

  private:
    struct Block {
        FakeBlock at;
        std::uint64_t timestamp{};
        std::vector<std::string> transactions;

        std::string header_fields() const;
        std::string full() const;
    };
    std::string new_hash(std::uint64_t number);
    void add(Block block);
    std::string pool_json() const;
    std::string block_json(const std::string& tag) const;

    std::uint64_t salt_;
    std::uint64_t made_{};
    std::map<std::string, std::string> transactions_;
    std::map<std::string, std::map<std::uint64_t, std::string>> pool_; // by sender and nonce
    std::map<std::string, std::uint64_t> nonces_;
    std::vector<Block> canonical_;
    std::map<std::string, Block> by_hash_;
};

} // namespace viz::test
