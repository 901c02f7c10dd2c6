#include "components/sim/parity.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/json_reader.hpp"

namespace viz::sim {

namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool same_log(const evm::Log& ours, const json& theirs) {
    if (!theirs.is_object() || eth::address_from_hex(text_of(theirs, "address")) != ours.address ||
        eth::bytes_from_hex(text_of(theirs, "data")) != ours.data)
        return false;
    const auto topics = theirs.find("topics");
    if (topics == theirs.end() || !topics->is_array() || topics->size() != ours.topics.size())
        return false;
    for (std::size_t i = 0; i < ours.topics.size(); ++i)
        if (!(*topics)[i].is_string() ||
            eth::hash_from_hex((*topics)[i].get<std::string>()) != ours.topics[i])
            return false;
    return true;
}

// Empty where they are the same.
std::string difference(const evm::TransactionResult& ours, const json& receipt) {
    const auto differs = [&](const char* what, std::uint64_t mine, const char* key) {
        const auto theirs = eth::u64_from_hex(text_of(receipt, key));
        if (theirs == mine) return std::string();
        return std::string(what) + ": " + std::to_string(mine) + " here, " +
               (theirs ? std::to_string(*theirs) : "nothing") + " in the receipt";
    };
    if (auto status = differs("status", ours.succeeded() ? 1 : 0, "status"); !status.empty())
        return status;
    if (auto gas = differs("gas_used", ours.gas_used, "gasUsed"); !gas.empty()) return gas;
    const auto logs = receipt.find("logs");
    if (logs == receipt.end() || !logs->is_array() || logs->size() != ours.logs.size())
        return "logs";
    for (std::size_t i = 0; i < ours.logs.size(); ++i)
        if (!same_log(ours.logs[i], (*logs)[i])) return "logs";
    return "";
}

// Null where the reply is not that of the block.
json receipts_of(std::string_view reply, std::size_t count) {
    if (eth::exceeds(reply, {.bytes = 32u << 20, .depth = 16, .values = 1'000'000})) return {};
    const auto message = json::parse(reply, nullptr, false);
    if (!message.is_object() || !message.contains("result")) return {};
    const auto& receipts = message["result"];
    return receipts.is_array() && receipts.size() == count ? receipts : json();
}

} // namespace

std::string_view to_string(ParityResult result) {
    constexpr std::array<std::string_view, kParityResults> kTexts{"match", "mismatch", "unchecked"};
    return kTexts[static_cast<std::size_t>(result)];
}

void RecentSimulations::add(const eth::Hash& hash) {
    if (!known_.insert(hash).second) return;
    oldest_first_.push_back(hash);
    if (oldest_first_.size() <= kMost) return;
    known_.erase(oldest_first_.front());
    oldest_first_.pop_front();
}

std::string receipts_request(const eth::Hash& block) {
    return R"({"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[")" +
           eth::to_hex(block.view()) + R"("]})";
}

std::vector<Parity> parity_of(const state::NodeBlock& block, state::AdvanceEnd end,
                              const evm::BlockResult& executed, const RecentSimulations& simulated,
                              std::string_view receipts_reply) {
    const bool all_match = end == state::AdvanceEnd::advanced;
    const auto receipts = end == state::AdvanceEnd::another_outcome
                              ? receipts_of(receipts_reply, block.hashes.size())
                              : json();
    std::vector<Parity> found;
    for (std::size_t i = 0; i < block.hashes.size(); ++i) {
        if (!simulated.contains(block.hashes[i])) continue;
        Parity parity{.hash = block.hashes[i], .result = ParityResult::unchecked, .differs = {}};
        if (all_match) {
            parity.result = ParityResult::match;
        } else if (receipts.is_array() && i < executed.results.size() && receipts[i].is_object()) {
            parity.differs = difference(executed.results[i], receipts[i]);
            parity.result = parity.differs.empty() ? ParityResult::match : ParityResult::mismatch;
        }
        found.push_back(std::move(parity));
    }
    return found;
}

} // namespace viz::sim
