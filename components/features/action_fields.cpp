#include "components/features/action_fields.hpp"

#include "components/eth/hex.hpp"
#include "components/eth/u256.hpp"

namespace viz::features {

namespace {

using Kind = bus::ActionField::Kind;

std::string text_of(const eth::Address& address) {
    return eth::to_hex(address.view());
}

class Fields {
  public:
    explicit Fields(std::string type) : action_{.type = std::move(type), .fields = {}} {}

    Fields& text(const char* name, std::string value) {
        return add(name, Kind::text, false, {std::move(value)});
    }
    Fields& address(const char* name, const eth::Address& value) {
        return text(name, text_of(value));
    }
    Fields& address(const char* name, const std::optional<eth::Address>& value) {
        return value ? address(name, *value) : *this;
    }
    Fields& amount(const char* name, const eth::U256& value) {
        return text(name, eth::to_decimal(value));
    }
    Fields& amount(const char* name, const std::optional<eth::U256>& value) {
        return value ? amount(name, *value) : *this;
    }
    Fields& amounts(const char* name, const std::vector<eth::U256>& values) {
        if (values.empty()) return *this;
        std::vector<std::string> texts;
        texts.reserve(values.size());
        for (const auto& value : values) texts.push_back(eth::to_decimal(value));
        return add(name, Kind::text, true, std::move(texts));
    }
    Fields& number(const char* name, std::uint64_t value) {
        return add(name, Kind::number, false, {std::to_string(value)});
    }
    Fields& number(const char* name, const std::optional<std::uint64_t>& value) {
        return value ? number(name, *value) : *this;
    }
    Fields& flag(const char* name, bool value) {
        return value ? add(name, Kind::boolean, false, {"true"}) : *this;
    }
    Fields& addresses(const char* name, const std::vector<eth::Address>& values) {
        if (values.empty()) return *this;
        std::vector<std::string> texts;
        texts.reserve(values.size());
        for (const auto& value : values) texts.push_back(text_of(value));
        return add(name, Kind::text, true, std::move(texts));
    }
    Fields& numbers(const char* name, const std::vector<std::uint32_t>& values) {
        if (values.empty()) return *this;
        std::vector<std::string> texts;
        texts.reserve(values.size());
        for (const auto value : values) texts.push_back(std::to_string(value));
        return add(name, Kind::number, true, std::move(texts));
    }
    bus::Action take() { return std::move(action_); }

  private:
    Fields& add(const char* name, Kind kind, bool is_list, std::vector<std::string> values) {
        action_.fields.push_back(
            {.name = name, .kind = kind, .is_list = is_list, .values = std::move(values)});
        return *this;
    }

    bus::Action action_;
};

struct ToMessage {
    bus::Action operator()(const Swap& a) const {
        return Fields("swap")
            .text("protocol", a.protocol)
            .text("kind", a.kind == SwapKind::exact_in ? "exact_in" : "exact_out")
            .addresses("path", a.path)
            .addresses("pools", a.pools)
            .numbers("fees", a.fees)
            .amount("amount", a.amount)
            .amount("limit", a.limit)
            .flag("amount_is_balance", a.amount_is_balance)
            .flag("native_in", a.native_in)
            .address("recipient", a.recipient)
            .number("deadline", a.deadline)
            .take();
    }
    bus::Action operator()(const Transfer& a) const {
        return Fields("transfer")
            .address("token", a.token)
            .address("from", a.from)
            .address("to", a.to)
            .amount("amount", a.amount)
            .take();
    }
    bus::Action operator()(const Approval& a) const {
        return Fields("approval")
            .address("token", a.token)
            .address("spender", a.spender)
            .amount("amount", a.amount)
            .take();
    }
    bus::Action operator()(const Permit& a) const {
        return Fields("permit")
            .address("token", a.token)
            .address("spender", a.spender)
            .amount("amount", a.amount)
            .amount("deadline", a.deadline)
            .take();
    }
    bus::Action operator()(const Deploy& a) const {
        return Fields("deploy")
            .number("init_code_size", a.init_code_size)
            .address("factory", a.factory)
            .address("implementation", a.implementation)
            .take();
    }
    bus::Action operator()(const Blob& a) const {
        return Fields("blob").number("count", a.count).take();
    }
    bus::Action operator()(const Cancel&) const { return Fields("cancel").take(); }
    bus::Action operator()(const Liquidity& a) const {
        constexpr const char* kKinds[] = {"add", "remove", "collect"};
        return Fields("liquidity")
            .text("protocol", a.protocol)
            .text("kind", kKinds[static_cast<std::size_t>(a.kind)])
            .addresses("tokens", a.tokens)
            .addresses("pools", a.pools)
            .amounts("amounts", a.amounts)
            .amount("liquidity", a.liquidity)
            .amount("position", a.position)
            .address("recipient", a.recipient)
            .number("deadline", a.deadline)
            .take();
    }
    bus::Action operator()(const Lend& a) const {
        constexpr const char* kKinds[] = {"supply", "withdraw", "borrow", "repay"};
        return Fields("lend")
            .text("protocol", a.protocol)
            .text("kind", kKinds[static_cast<std::size_t>(a.kind)])
            .address("asset", a.asset)
            .address("market", a.market)
            .amount("amount", a.amount)
            .flag("in_shares", a.in_shares)
            .address("account", a.account)
            .take();
    }
    bus::Action operator()(const Liquidation& a) const {
        return Fields("liquidation")
            .text("protocol", a.protocol)
            .addresses("borrowers", a.borrowers)
            .address("collateral", a.collateral)
            .address("debt", a.debt)
            .amount("amount", a.amount)
            .take();
    }
    bus::Action operator()(const NftTrade& a) const {
        return Fields("nft_trade")
            .text("protocol", a.protocol)
            .address("collection", a.collection)
            .amount("token_id", a.token_id)
            .amount("count", a.count)
            .address("maker", a.maker)
            .flag("maker_sells", a.maker_sells)
            .address("currency", a.currency)
            .amount("price", a.price)
            .take();
    }
    bus::Action operator()(const Bridge& a) const {
        return Fields("bridge")
            .text("protocol", a.protocol)
            .address("token", a.token)
            .amount("amount", a.amount)
            .number("destination", a.destination)
            .address("recipient", a.recipient)
            .take();
    }
    bus::Action operator()(const Stake& a) const {
        constexpr const char* kKinds[] = {"stake", "unstake", "claim", "delegate", "undelegate"};
        return Fields("stake")
            .text("protocol", a.protocol)
            .text("kind", kKinds[static_cast<std::size_t>(a.kind)])
            .address("token", a.token)
            .amount("amount", a.amount)
            .address("operator", a.operator_)
            .take();
    }
    bus::Action operator()(const UserOp& a) const {
        return Fields("user_op")
            .address("account", a.account)
            .amount("nonce", a.nonce)
            .flag("deploys", a.deploys)
            .take();
    }
    bus::Action operator()(const Delegation& a) const {
        return Fields("delegation")
            .address("code", a.code)
            .amount("chain_id", a.chain_id)
            .number("nonce", a.nonce)
            .take();
    }
    bus::Action operator()(const Wrap& a) const {
        return Fields("wrap")
            .text("kind", a.unwraps ? "unwrap" : "wrap")
            .address("token", a.token)
            .amount("amount", a.amount)
            .take();
    }
    bus::Action operator()(const Name& a) const {
        constexpr const char* kKinds[] = {"commit", "register", "renew"};
        Fields fields("name");
        fields.text("protocol", a.protocol).text("kind", kKinds[static_cast<std::size_t>(a.kind)]);
        if (!a.name.empty()) fields.text("name", a.name);
        return fields.address("owner", a.owner)
            .number("duration_s", a.duration_s)
            .amount("paid", a.paid)
            .take();
    }
    bus::Action operator()(const OrderCancel& a) const {
        return Fields("order_cancel").text("protocol", a.protocol).number("count", a.count).take();
    }
    bus::Action operator()(const Cut&) const { return Fields("cut").take(); }
};

} // namespace

bus::Action to_message(const Action& action) {
    return std::visit(ToMessage{}, action);
}

} // namespace viz::features
