#include "tests/support/fake_chain.hpp"

#include <array>
#include <cstdio>

#include "components/eth/hex.hpp"

namespace viz::test {

namespace {

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

std::string text_at(const nlohmann::json& params, std::size_t i) {
    return i < params.size() && params[i].is_string() ? params[i].get<std::string>() : "";
}

} // namespace

std::string FakeChain::Block::header_fields() const {
    return R"("number":")" + eth::quantity_hex(at.number) + R"(","hash":")" + at.hash +
           R"(","parentHash":")" + at.parent + R"(","timestamp":")" + eth::quantity_hex(timestamp) +
           R"(","gasUsed":"0x5208","gasLimit":"0x1c9c380","baseFeePerGas":"0x7")";
}

std::string FakeChain::Block::full() const {
    std::string out = "{" + header_fields() + R"(,"transactions":[)";
    for (std::size_t i = 0; i < transactions.size(); ++i)
        out += (i == 0 ? "" : ",") + transactions[i];
    return out + "]}";
}

FakeChain::FakeChain(std::uint64_t salt) : salt_(salt) {
    add({.at = {0, new_hash(0), "0x" + std::string(64, '0')},
         .timestamp = 1'700'000'000,
         .transactions = {}});
}

std::string FakeChain::new_hash(std::uint64_t number) {
    std::array<char, 67> text{};
    std::snprintf(text.data(), text.size(), "0x%016llx%016llx%032llx",
                  static_cast<unsigned long long>(number), static_cast<unsigned long long>(++made_),
                  0xb10c00000ull + salt_);
    return text.data();
}

void FakeChain::add(Block block) {
    by_hash_[block.at.hash] = block;
    canonical_.push_back(std::move(block));
}

std::pair<FakeBlock, std::string> FakeChain::mine(const std::vector<std::string>& transactions) {
    const auto& parent = canonical_.back();
    Block block{.at = {parent.at.number + 1, new_hash(parent.at.number + 1), parent.at.hash},
                .timestamp = parent.timestamp + 1,
                .transactions = transactions};
    const std::pair made{block.at, "{" + block.header_fields() + "}"};
    add(std::move(block));
    return made;
}

std::string FakeChain::pool_json() const {
    std::string out = R"({"pending":{)";
    bool first_sender = true;
    for (const auto& [sender, entries] : pool_) {
        out += (first_sender ? "\"" : ",\"") + sender + "\":{";
        first_sender = false;
        bool first = true;
        for (const auto& [nonce, transaction] : entries) {
            out += (first ? "\"" : ",\"") + std::to_string(nonce) + "\":" + transaction;
            first = false;
        }
        out += "}";
    }
    return out + R"(},"queued":{}})";
}

std::string FakeChain::block_json(const std::string& tag) const {
    if (tag == "latest") return canonical_.back().full();
    if (tag == "pending") {
        auto block = canonical_.back();
        block.transactions.clear();
        for (const auto& [sender, entries] : pool_)
            for (const auto& [nonce, transaction] : entries)
                block.transactions.push_back(transaction);
        return block.full();
    }
    const auto number = eth::u64_from_hex(tag);
    const bool known = number && *number < canonical_.size();
    return known ? canonical_[static_cast<std::size_t>(*number)].full() : "null";
}

std::optional<std::string> FakeChain::result(const std::string& method,
                                             const nlohmann::json& params) {
    const auto first = text_at(params, 0);
    if (method == "txpool_content") return pool_json();
    if (method == "eth_getTransactionByHash") {
        const auto found = transactions_.find(first);
        return found == transactions_.end() ? "null" : found->second;
    }
    if (method == "eth_getTransactionCount") return quoted(eth::quantity_hex(nonces_[first]));
    if (method == "eth_getBlockByHash") {
        const auto found = by_hash_.find(first);
        return found == by_hash_.end() ? "null" : found->second.full();
    }
    if (method == "eth_getBlockByNumber") return block_json(first);
    return std::nullopt;
}

} // namespace viz::test
