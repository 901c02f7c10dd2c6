#include "components/state/touched.hpp"

#include <algorithm>
#include <unordered_set>

#include "components/eth/json_fields.hpp"

namespace viz::state {

namespace {

using namespace json;

using evm::Missing;

constexpr std::size_t kMostCalls = 16;
constexpr std::size_t kMostCalldata = 256u << 10;

// QUANTITY of JSON-RPC: no leading zeros.
std::string quantity(const eth::U256& v) {
    auto digits = eth::to_hex(eth::to_be(v)).substr(2);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return "0x" + digits;
}

struct Bounds {
    std::size_t accounts{};
    std::size_t slots{};
};
constexpr Bounds kOfCall{256, 1'024};
constexpr Bounds kOfBlock{4'096, 16'384};

// Collects what one answer names, within its bounds.
class Touched {
  public:
    explicit Touched(const Bounds& bounds) : bounds_(bounds) {}

    bool add_account(std::string_view name) {
        const auto address = eth::address_from_hex(name);
        if (!address) return false;
        address_ = *address;
        full_ = !accounts_.contains(address_) && accounts_.size() == bounds_.accounts;
        if (!full_ && accounts_.insert(address_).second)
            all.push_back({.kind = Missing::Kind::account, .address = address_});
        return true;
    }
    // Of the account added last.
    bool add_slot(std::string_view name) {
        const auto slot = eth::u256_from_hex(name);
        if (!slot) return false;
        if (!full_ && slots_.size() < bounds_.slots && slots_.insert({address_, *slot}).second)
            all.push_back({.kind = Missing::Kind::storage, .address = address_, .slot = *slot});
        return true;
    }

    std::vector<Missing> all;

  private:
    Bounds bounds_;
    eth::Address address_;
    bool full_{};
    std::unordered_set<eth::Address> accounts_;
    std::unordered_set<SlotKey, SlotKeyHash> slots_;
};

// {"0x<address>": {"balance": …, "storage": {"0x<slot>": "0x<value>", …}}, …}
bool read_prestate(const Json& result, Touched& into) {
    simdjson::dom::object accounts;
    if (result.get_object().get(accounts) != simdjson::SUCCESS) return false;
    for (const auto [name, account] : accounts) {
        if (!account.is_object() || !into.add_account(name)) return false;
        const auto storage = member_not_null(account, "storage");
        if (!storage) continue;
        simdjson::dom::object slots;
        if (storage->get_object().get(slots) != simdjson::SUCCESS) return false;
        for (const auto slot : slots)
            if (!into.add_slot(slot.key)) return false;
    }
    return true;
}

// [{"txHash": …, "result": as above}, …], with an error in the place of a result that there is not.
bool read_block_prestate(const Json& result, Touched& into) {
    simdjson::dom::array each_transaction;
    if (result.get_array().get(each_transaction) != simdjson::SUCCESS) return false;
    for (const auto each : each_transaction) {
        if (!each.is_object()) return false;
        const auto prestate = member(each, "result");
        if (prestate && !read_prestate(*prestate, into)) return false;
    }
    return true;
}

// {"accessList": [{"address": "0x…", "storageKeys": ["0x…", …]}, …], "gasUsed": …}
bool read_access_list(const Json& result, Touched& into) {
    const auto list = member(result, "accessList");
    simdjson::dom::array entries;
    if (!list || list->get_array().get(entries) != simdjson::SUCCESS) return false;
    for (const auto entry : entries) {
        const auto address = text_in(member(entry, "address"));
        if (!address || !into.add_account(*address)) return false;
        const auto keys = member_not_null(entry, "storageKeys");
        if (!keys) continue;
        simdjson::dom::array slots;
        if (keys->get_array().get(slots) != simdjson::SUCCESS) return false;
        for (const auto key : slots) {
            const auto slot = text_in(key);
            if (!slot || !into.add_slot(*slot)) return false;
        }
    }
    return true;
}

// Without its fees: nodes would compare them with the block's and the sender's funds, neither of
// which is what this is about.
std::string call_object(const PlannedCall& call) {
    const auto& tx = *call.tx;
    std::string text = R"({"from":")" + eth::to_hex(call.sender.view());
    if (tx.to) text += R"(","to":")" + eth::to_hex(tx.to->view());
    return text + R"(","gas":")" + eth::quantity_hex(tx.gas_limit.value) + R"(","value":")" +
           quantity(tx.value) + R"(","data":")" + eth::to_hex(tx.data) + R"("})";
}

// Code is fetched with its account: it need not come twice.
constexpr const char* kTracer =
    R"({"tracer":"prestateTracer","tracerConfig":{"disableCode":true}})";

} // namespace

std::vector<TouchedQuestion> questions_about(std::span<const PlannedCall> calls,
                                             PrefetchStyle style, const eth::Hash& block) {
    const bool trace = style == PrefetchStyle::prestate;
    const auto rest = R"(,{"blockHash":")" + eth::to_hex(block.view()) + R"("})" +
                      (trace ? std::string(",") + kTracer : "");
    std::vector<TouchedQuestion> all;
    std::size_t calldata = 0;
    for (const auto& call : calls) {
        if (call.tx->to && call.tx->data.empty()) continue;
        calldata += call.tx->data.size();
        if (all.size() == kMostCalls || calldata > kMostCalldata) break;
        all.push_back(
            {style, trace ? "debug_traceCall" : "eth_createAccessList", call_object(call) + rest});
    }
    return all;
}

TouchedQuestion question_about(const eth::Hash& block) {
    return {PrefetchStyle::block_prestate, "debug_traceBlockByHash",
            '"' + eth::to_hex(block.view()) + "\"," + kTracer};
}

std::optional<std::vector<Missing>> read_touched(const Json& result, PrefetchStyle style) {
    Touched touched(style == PrefetchStyle::block_prestate ? kOfBlock : kOfCall);
    const bool sound = style == PrefetchStyle::prestate      ? read_prestate(result, touched)
                       : style == PrefetchStyle::access_list ? read_access_list(result, touched)
                                                             : read_block_prestate(result, touched);
    return sound ? std::optional(std::move(touched.all)) : std::nullopt;
}

PrefetchResult read_touched_error(const Json& error) {
    // EIP-1474. Providers that sell methods by the tier say it in words, under codes of their own.
    if (has_code(error, kMethodNotFound) || has_code(error, kMethodNotSupported))
        return PrefetchResult::method_unknown;
    constexpr std::array<std::string_view, 4> kWords{"is not available", "not whitelisted",
                                                     "method not", "nsupported method"};
    const auto text = message_in(error);
    return std::ranges::any_of(kWords,
                               [&](auto words) { return text.find(words) != std::string::npos; })
               ? PrefetchResult::method_unknown
               : PrefetchResult::refused;
}

} // namespace viz::state
