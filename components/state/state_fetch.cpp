#include "components/state/state_fetch.hpp"

#include <algorithm>
#include <map>

#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/trie_root.hpp"

namespace viz::state {

namespace {

using namespace json;

using evm::Missing;

constexpr std::size_t kMaxReason = 160;

std::string json_string(std::string_view text) {
    return '"' + std::string(text) + '"';
}
std::string word_hex(const eth::U256& word) {
    return eth::to_hex(eth::to_be(word));
}

} // namespace

// One reply being read.
struct StateFetch::Reader {
    const StateFetch& fetch;
    HeadState& into;
    FetchReport report;
    std::map<eth::Address, evm::AccountState> parts; // of the plain style
    std::map<eth::Address, int> parts_seen;

    void refuse(std::string_view reason) {
        ++report.refused;
        if (report.reason.empty()) report.reason = reason.substr(0, kMaxReason);
    }

    void read_answer(const Json& answer, std::vector<bool>& answered) {
        const auto id = member(answer, "id");
        std::uint64_t index = 0;
        if (!id || id->get_uint64().get(index) != simdjson::SUCCESS) return;
        if (index >= answered.size() || answered[index]) return;
        answered[index] = true;
        const auto error = member_not_null(answer, "error");
        const auto result = member(answer, "result");
        const auto& asked = fetch.asked_[index];
        if (asked.kind == Kind::touched) return read_touches(asked.style, error, result);
        if (error) return read_error(*error);
        if (!result || !read_result(asked, *result))
            refuse("an answer of another shape than was asked for");
    }

    void count(PrefetchResult result) { ++report.prefetch[static_cast<std::size_t>(result)]; }
    void read_touches(PrefetchStyle style, const std::optional<Json>& error,
                      const std::optional<Json>& result) {
        if (error) return count(read_touched_error(*error));
        auto touched = result ? read_touched(*result, style) : std::nullopt;
        if (!touched) return count(PrefetchResult::malformed);
        count(PrefetchResult::listed);
        report.touched.insert(report.touched.end(), touched->begin(), touched->end());
    }

    void read_error(const Json& error) {
        const auto text = message_in(error);
        if (has_code(error, kMethodNotFound)) report.method_unknown = true;
        // No code is common for it: geth, reth and anvil say "header not found", "unknown block"
        // or "block not found" (EIP-1898 asks for -32001).
        if (text.find("not found") != std::string::npos ||
            text.find("unknown block") != std::string::npos)
            report.block_unknown = true;
        refuse(text);
    }

    bool read_result(const Asked& asked, const Json& result) {
        switch (asked.kind) {
        case Kind::proof:
            return read_proof(asked, result);
        case Kind::balance:
            if (const auto value = word_in(result)) {
                parts[asked.address].balance = *value;
                return add_part(asked.address);
            }
            return false;
        case Kind::nonce:
            if (const auto value = u64_in(result)) {
                parts[asked.address].nonce = *value;
                return add_part(asked.address);
            }
            return false;
        case Kind::account_code:
            if (const auto code = bytes_in(result)) {
                const auto hash = eth::keccak256(*code);
                if (!code->empty()) into.put_code(hash, *code);
                if (fetch.style_ == FetchStyle::proof) return true;
                parts[asked.address].code_hash = hash;
                return add_part(asked.address);
            }
            return false;
        case Kind::code:
            return read_code(asked, result);
        case Kind::slot: {
            const auto value = word_in(result);
            if (!value) return false;
            into.put_slot(asked.address, asked.slots.front(), *value);
            ++report.stored;
            return true;
        }
        case Kind::block: {
            const auto hash = hash_in(member(result, "hash"));
            if (!hash) return false;
            into.put_block_hash(asked.number, *hash);
            ++report.stored;
            return true;
        }
        case Kind::touched: // not state
            return false;
        }
        return false;
    }

    // Balance, nonce and code of the plain style make an account when all three are there.
    bool add_part(const eth::Address& address) {
        if (++parts_seen[address] < 3) return true;
        const auto& account = parts[address];
        store_account(address, account);
        return true;
    }

    void store_account(const eth::Address& address, const evm::AccountState& account) {
        const bool nobody = account.nonce == 0 && account.balance == eth::Wei() &&
                            account.code_hash == evm::kEmptyCodeHash && !account.has_storage;
        into.put_account(address, nobody ? std::nullopt : std::optional(account));
        ++report.stored;
    }

    bool read_proof(const Asked& asked, const Json& result) {
        const auto balance = word_in(member(result, "balance"));
        const auto nonce = u64_in(member(result, "nonce"));
        const auto code_hash = hash_in(member(result, "codeHash"));
        const auto storage = hash_in(member(result, "storageHash"));
        const auto proofs = member(result, "storageProof");
        simdjson::dom::array slots;
        if (!balance || !nonce || !code_hash || !storage || !proofs ||
            proofs->get_array().get(slots) != simdjson::SUCCESS)
            return false;
        std::vector<eth::U256> values;
        for (const auto slot : slots) {
            const auto value = word_in(member(slot, "value"));
            if (values.size() == asked.slots.size() ||
                word_in(member(slot, "key")) != asked.slots[values.size()] || !value)
                return false;
            values.push_back(*value);
        }
        if (values.size() != asked.slots.size()) return false;
        // Of an account that does not exist some nodes say zero hashes.
        const eth::Hash zero;
        store_account(asked.address,
                      {*balance, *nonce, *code_hash == zero ? evm::kEmptyCodeHash : *code_hash,
                       *storage != zero && *storage != eth::empty_trie_root()});
        for (std::size_t i = 0; i < values.size(); ++i)
            into.put_slot(asked.address, asked.slots[i], values[i]);
        report.stored += values.size();
        return true;
    }

    bool read_code(const Asked& asked, const Json& result) {
        const auto code = bytes_in(result);
        std::optional<evm::AccountState> account;
        if (!code || into.account(asked.address, account) == evm::Answer::not_here || !account ||
            !into.put_code(account->code_hash, *code))
            return false;
        ++report.stored;
        return true;
    }
};

StateFetch::StateFetch(const BlockRef& block, std::span<const Missing> missing, FetchStyle style,
                       std::span<const TouchedQuestion> questions)
    : block_(R"({"blockHash":")" + eth::to_hex(block.hash.view()) + R"("})"), style_(style) {
    struct Wanted {
        bool account{};
        std::vector<eth::U256> slots;
    };
    std::map<eth::Address, Wanted> wanted;
    request_ = "[";
    for (const auto& what : missing) {
        switch (what.kind) {
        case Missing::Kind::account:
            wanted[what.address].account = true;
            break;
        case Missing::Kind::storage:
            wanted[what.address].slots.push_back(what.slot);
            break;
        case Missing::Kind::code:
            ask({.kind = Kind::code, .address = what.address}, "eth_getCode",
                json_string(eth::to_hex(what.address.view())));
            break;
        case Missing::Kind::block_hash:
            ask({.kind = Kind::block, .number = what.slot.low_u64()}, "eth_getBlockByNumber",
                json_string(eth::quantity_hex(what.slot.low_u64())) + ",false");
            break;
        }
    }
    for (const auto& [address, what] : wanted) ask_account(address, what.slots, what.account);
    for (const auto& each : questions)
        ask({.kind = Kind::touched, .style = each.style}, each.method, each.parameters);
    request_ += ']';
}

void StateFetch::ask_account(const eth::Address& address, const std::vector<eth::U256>& slots,
                             bool whole_account) {
    const auto name = json_string(eth::to_hex(address.view()));
    if (style_ == FetchStyle::proof) {
        std::string keys;
        for (const auto& slot : slots)
            keys += (keys.empty() ? "" : ",") + json_string(word_hex(slot));
        ask({.kind = Kind::proof, .address = address, .slots = slots}, "eth_getProof",
            name + ",[" + keys + "]");
    } else if (whole_account) {
        ask({.kind = Kind::balance, .address = address}, "eth_getBalance", name);
        ask({.kind = Kind::nonce, .address = address}, "eth_getTransactionCount", name);
    }
    // Who looks at an account most often runs its code next: asked at once, it saves a round.
    if (whole_account) ask({.kind = Kind::account_code, .address = address}, "eth_getCode", name);
    if (style_ == FetchStyle::proof) return;
    for (const auto& slot : slots)
        ask({.kind = Kind::slot, .address = address, .slots = {slot}}, "eth_getStorageAt",
            name + "," + json_string(word_hex(slot)));
}

void StateFetch::ask(Asked asked, const std::string& method, const std::string& parameters) {
    if (!asked_.empty()) request_ += ',';
    request_ += R"({"jsonrpc":"2.0","id":)" + std::to_string(asked_.size()) + R"(,"method":")" +
                method + R"(","params":[)" + parameters;
    if (asked.kind != Kind::block && asked.kind != Kind::touched) request_ += "," + block_;
    request_ += "]}";
    asked_.push_back(std::move(asked));
}

FetchReport StateFetch::store(std::string_view reply, HeadState& into) const {
    Reader reader{*this, into, {}, {}, {}};
    std::vector<bool> answered(asked_.size());
    const auto document = eth::JsonDocument::read(reply);
    simdjson::dom::array answers;
    if (!document) {
        reader.report.reason = document.error() == eth::JsonFault::not_json
                                   ? "the reply is not JSON"
                                   : "the reply is " + std::string(to_string(document.error()));
    } else if (document->root().get_array().get(answers) != simdjson::SUCCESS) {
        // Some nodes refuse a batch as a whole by a single error.
        if (const auto error = member(document->root(), "error"))
            reader.read_error(*error);
        else
            reader.report.reason = "the reply is not a batch";
        reader.report.refused = 0;
    } else {
        reader.report.is_batch = true;
        for (const auto answer : answers) reader.read_answer(answer, answered);
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        if (answered[i]) continue;
        if (asked_[i].kind == Kind::touched)
            reader.count(PrefetchResult::unanswered);
        else
            reader.refuse("no answer to a request");
    }
    return reader.report;
}

} // namespace viz::state
