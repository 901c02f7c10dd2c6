#include "components/sim/parity.hpp"

#include <array>

#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"

namespace viz::sim {

namespace {

using namespace json;

constexpr eth::JsonLimits kLimits{.bytes = 32u << 20, .depth = 16, .values = 1'000'000};

bool same_log(const evm::Log& ours, const Json& theirs) {
    const auto address = text_in(member(theirs, "address"));
    if (!address || eth::address_from_hex(*address) != ours.address ||
        bytes_in(member(theirs, "data")) != ours.data)
        return false;
    const auto topics = array_in(member(theirs, "topics"));
    if (!topics || topics->size() != ours.topics.size()) return false;
    std::size_t i = 0;
    for (const auto topic : *topics)
        if (hash_in(topic) != ours.topics[i++]) return false;
    return true;
}

// Empty where they are the same.
std::string difference(const evm::TransactionResult& ours, const Json& receipt) {
    const auto differs = [&](const char* what, std::uint64_t mine, const char* key) {
        const auto theirs = u64_in(member(receipt, key));
        if (theirs == mine) return std::string();
        return std::string(what) + ": " + std::to_string(mine) + " here, " +
               (theirs ? std::to_string(*theirs) : "nothing") + " in the receipt";
    };
    if (auto status = differs("status", ours.succeeded() ? 1 : 0, "status"); !status.empty())
        return status;
    if (auto gas = differs("gas_used", ours.gas_used, "gasUsed"); !gas.empty()) return gas;
    const auto logs = array_in(member(receipt, "logs"));
    if (!logs || logs->size() != ours.logs.size()) return "logs";
    std::size_t i = 0;
    for (const auto log : *logs)
        if (!same_log(ours.logs[i++], log)) return "logs";
    return "";
}

// The receipts of the block's transactions, in order; empty where the reply is not that.
std::vector<Json> receipts_in(const eth::JsonDocument& reply, std::size_t count) {
    const auto receipts = array_in(member(reply.root(), "result"));
    if (!receipts || receipts->size() != count) return {};
    return {receipts->begin(), receipts->end()};
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
    const auto reply = eth::JsonDocument::read(
        end == state::AdvanceEnd::another_outcome ? receipts_reply : "null", kLimits);
    const auto receipts = reply ? receipts_in(*reply, block.hashes.size()) : std::vector<Json>();
    std::vector<Parity> found;
    for (std::size_t i = 0; i < block.hashes.size(); ++i) {
        if (!simulated.contains(block.hashes[i])) continue;
        Parity parity{.hash = block.hashes[i], .result = ParityResult::unchecked, .differs = {}};
        if (all_match) {
            parity.result = ParityResult::match;
        } else if (i < receipts.size() && i < executed.results.size() && receipts[i].is_object()) {
            parity.differs = difference(executed.results[i], receipts[i]);
            parity.result = parity.differs.empty() ? ParityResult::match : ParityResult::mismatch;
        }
        found.push_back(std::move(parity));
    }
    return found;
}

} // namespace viz::sim
