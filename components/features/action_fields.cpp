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
        return Fields("deploy").number("init_code_size", a.init_code_size).take();
    }
    bus::Action operator()(const Blob& a) const {
        return Fields("blob").number("count", a.count).take();
    }
    bus::Action operator()(const Cancel&) const { return Fields("cancel").take(); }
};

} // namespace

bus::Action to_message(const Action& action) {
    return std::visit(ToMessage{}, action);
}

} // namespace viz::features
