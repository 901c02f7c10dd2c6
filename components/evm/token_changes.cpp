#include "components/evm/token_changes.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "components/eth/abi.hpp"
#include "components/eth/abi_type.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::evm {

namespace {

using eth::U256;

struct Topics {
    eth::Hash transfer = eth::keccak256_of("Transfer(address,address,uint256)");
    eth::Hash single = eth::keccak256_of("TransferSingle(address,address,address,uint256,uint256)");
    eth::Hash batch =
        eth::keccak256_of("TransferBatch(address,address,address,uint256[],uint256[])");
    eth::Hash deposit = eth::keccak256_of("Deposit(address,uint256)");
    eth::Hash withdrawal = eth::keccak256_of("Withdrawal(address,uint256)");
};
const Topics& topics() {
    static const Topics all;
    return all;
}

// An indexed address; the upper twelve bytes are ignored, as in the EVM.
eth::Address address_in(const eth::Hash& topic) {
    eth::Address address;
    std::copy_n(topic.bytes.begin() + 12, 20, address.bytes.begin());
    return address;
}

class Ledger {
  public:
    Ledger(std::optional<eth::Address> wrapped_native, std::size_t limit)
        : wrapped_native_(wrapped_native), left_(limit) {}

    void read(const Log& log) {
        if (log.topics.empty()) return;
        const auto& topic = log.topics[0];
        if (topic == topics().transfer)
            read_transfer(log);
        else if (topic == topics().single)
            read_single(log);
        else if (topic == topics().batch)
            read_batch(log);
        else if (wrapped_native_ && log.address == *wrapped_native_)
            read_wrap(log);
    }

    std::vector<TokenChange> changes;

  private:
    void read_transfer(const Log& log) {
        const eth::AbiReader data(log.data);
        if (log.topics.size() == 4)
            move(log, 1, eth::load_be(log.topics[3].bytes.data()), U256(1));
        else if (const auto amount = data.word(0); amount && log.topics.size() == 3)
            move(log, 1, std::nullopt, *amount);
    }
    void read_single(const Log& log) {
        const eth::AbiReader data(log.data);
        const auto id = data.word(0);
        const auto amount = data.word(1);
        if (id && amount && log.topics.size() == 4) move(log, 2, *id, *amount);
    }
    void read_batch(const Log& log) {
        const eth::AbiReader data(log.data);
        const auto ids = data.array(0, 1, left_);
        const auto amounts = data.array(1, 1, left_);
        if (!ids || !amounts || ids->length != amounts->length || log.topics.size() != 4) return;
        for (std::size_t i = 0; i < ids->length; ++i) {
            const auto id = ids->elements.word(i);
            const auto amount = amounts->elements.word(i);
            if (id && amount) move(log, 2, *id, *amount);
        }
    }
    void read_wrap(const Log& log) {
        const auto amount = eth::AbiReader(log.data).word(0);
        if (!amount || log.topics.size() != 2 || !take_one()) return;
        const auto holder = address_in(log.topics[1]);
        if (log.topics[0] == topics().deposit)
            add(entry(log.address, holder, std::nullopt).received, *amount);
        if (log.topics[0] == topics().withdrawal)
            add(entry(log.address, holder, std::nullopt).sent, *amount);
    }

    // `from` and `to` are the topics at `first` and `first` + 1.
    void move(const Log& log, std::size_t first, const std::optional<U256>& id,
              const U256& amount) {
        if (!take_one()) return;
        const auto from = address_in(log.topics[first]);
        const auto to = address_in(log.topics[first + 1]);
        if (!from.is_zero()) add(entry(log.address, from, id).sent, amount);
        if (!to.is_zero()) add(entry(log.address, to, id).received, amount);
    }
    bool take_one() {
        if (left_ == 0) return false;
        --left_;
        return true;
    }
    static void add(U256& total, const U256& amount) {
        total = eth::checked_add(total, amount).value_or(U256() - U256(1));
    }
    TokenChange& entry(const eth::Address& token, const eth::Address& holder,
                       const std::optional<U256>& id) {
        const auto [found, made] = index_.try_emplace(
            {token, holder, id.has_value(), id.value_or(U256())}, changes.size());
        if (made) changes.push_back({token, holder, id, {}, {}});
        return changes[found->second];
    }

    std::optional<eth::Address> wrapped_native_;
    std::size_t left_;
    std::map<std::tuple<eth::Address, eth::Address, bool, U256>, std::size_t> index_;
};

} // namespace

std::vector<TokenChange> token_changes(std::span<const Log> logs,
                                       const std::optional<eth::Address>& wrapped_native,
                                       std::size_t limit) {
    Ledger ledger(wrapped_native, limit);
    for (const auto& log : logs) ledger.read(log);
    return std::move(ledger.changes);
}

} // namespace viz::evm
