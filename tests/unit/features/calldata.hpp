// Calldata as contracts' interfaces would encode it, and what it decodes to.
#pragma once

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "components/eth/abi.hpp"
#include "components/eth/hex.hpp"
#include "components/features/actions.hpp"

namespace viz::features {

using eth::AbiValue;

inline const eth::Address kSender =
    *eth::address_from_hex("0x1111111111111111111111111111111111111111");
inline const eth::Address kToken =
    *eth::address_from_hex("0x2222222222222222222222222222222222222222");
inline const eth::Address kWeth =
    *eth::address_from_hex("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2");
inline const eth::Address kUniversal =
    *eth::address_from_hex("0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad");
inline const eth::Address kRouter02 =
    *eth::address_from_hex("0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45");
inline const eth::Address kItself =
    *eth::address_from_hex("0x0000000000000000000000000000000000000002");

inline const eth::Address kOther =
    *eth::address_from_hex("0x3333333333333333333333333333333333333333");
inline const eth::Address kThird =
    *eth::address_from_hex("0x4444444444444444444444444444444444444444");
inline const eth::Address kZero{};

inline AbiValue number(const eth::U256& value) {
    return {.word = value, .bytes = {}, .members = {}};
}
inline AbiValue address(const eth::Address& value) {
    return number(eth::from_be(value.view()));
}
inline AbiValue raw(eth::Bytes bytes) {
    return {.word = {}, .bytes = std::move(bytes), .members = {}};
}
inline AbiValue list(std::vector<AbiValue> members) {
    return {.word = {}, .bytes = {}, .members = std::move(members)};
}

inline eth::Bytes encoded(std::string_view types, std::vector<AbiValue> values) {
    const auto type = eth::parse_abi_type(types);
    return *eth::encode_abi(*type, list(std::move(values)));
}

inline eth::Bytes call_data(std::string_view text, std::vector<AbiValue> values) {
    const auto signature = eth::parse_abi_signature(text);
    auto data = *eth::encode_abi(signature->parameters, list(std::move(values)));
    data.insert(data.begin(), signature->selector.bytes.begin(), signature->selector.bytes.end());
    return data;
}

inline std::vector<Action> actions_of(const eth::Address& to, const eth::Bytes& data,
                                      const eth::U256& value = {}) {
    static const auto registry = ProtocolRegistry::built_in();
    return decode_actions(
        {.chain_id = eth::ChainId{1}, .from = kSender, .to = to, .value = value, .data = data},
        registry);
}

inline eth::Address at(const char* hex) {
    return *eth::address_from_hex(hex);
}

// The only action, of that type.
template <class T> T only(const std::vector<Action>& actions) {
    EXPECT_EQ(actions.size(), 1U);
    if (actions.size() != 1 || !std::holds_alternative<T>(actions[0])) {
        ADD_FAILURE() << "another action, or none";
        return {};
    }
    return std::get<T>(actions[0]);
}

inline AbiValue numbers(std::initializer_list<std::uint64_t> values) {
    std::vector<AbiValue> members;
    for (const auto value : values) members.push_back(number(value));
    return list(std::move(members));
}

} // namespace viz::features
