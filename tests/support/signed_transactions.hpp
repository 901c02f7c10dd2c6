// A signed transaction of every kind. Bytes and hashes: signed by viem 2.57 with anvil's first
// development key; JSON: anvil's eth_getTransactionByHash (type 3, which anvil takes with its blobs
// only: composed in the same form).
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "components/eth/hex.hpp"

namespace viz::test {

struct SignedTransaction {
    std::string_view name;
    std::string_view raw; // consensus form
    std::string_view hash;
    std::string_view json;

    eth::Bytes bytes() const { return *eth::bytes_from_hex(raw); }
    eth::Hash hash_bytes() const { return *eth::hash_from_hex(hash); }
};

inline constexpr eth::ChainId kDevChain{31337};
inline constexpr std::string_view kDevSender = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
// Who signed the authorization in `set_code`.
inline constexpr std::string_view kDevAuthority = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

// clang-format off
inline constexpr std::array<SignedTransaction, 7> kSigned{{
    {"legacy_unprotected",
     "0xf86b8084773594008252089470997970c51812dc3a010c7d01b50e0d17dc79c8880de0b6b3a7640000801b"
     "a0618c0f2757d5831ff98c1c3f0d9bce13666bab289ba4e37a3c8381d3205e5d1ba060b02b86669ff9dccc6a"
     "68fb3a3baccb32389f0d0d963889cb06a0bc23b9f2fe",
     "0x49dabd9cf3a78266607a62129f03313354cb484583d93594a5db0ca44e5b917d",
     R"({"type":"0x0","nonce":"0x0","gasPrice":"0x77359400","gas":"0x5208","to":"0x70997970c)"
     R"(51812dc3a010c7d01b50e0d17dc79c8","value":"0xde0b6b3a7640000","input":"0x","r":"0x618)"
     R"(c0f2757d5831ff98c1c3f0d9bce13666bab289ba4e37a3c8381d3205e5d1b","s":"0x60b02b86669ff9)"
     R"(dccc6a68fb3a3baccb32389f0d0d963889cb06a0bc23b9f2fe","v":"0x1b","hash":"0x49dabd9cf3a)"
     R"(78266607a62129f03313354cb484583d93594a5db0ca44e5b917d","blockHash":null,"blockNumber)"
     R"(":null,"transactionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"})"},
    {"legacy_protected",
     "0xf8650184773594008252089470997970c51812dc3a010c7d01b50e0d17dc79c8808082f4f6a06001f451c2"
     "d65bd3b1fc8acfefc136d35be54ce8a9666a09282d865e9245b506a0647e2ef2281ef8bc892d25d0ae548607"
     "802f01f0cbd0bdd442829add2b97efeb",
     "0xaf17be3381477f6dffbdabb0db44c754f3f16db1f57d7f532f5e83440ebd1139",
     R"({"type":"0x0","chainId":"0x7a69","nonce":"0x1","gasPrice":"0x77359400","gas":"0x5208)"
     R"(","to":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8","value":"0x0","input":"0x","r":")"
     R"(0x6001f451c2d65bd3b1fc8acfefc136d35be54ce8a9666a09282d865e9245b506","s":"0x647e2ef22)"
     R"(81ef8bc892d25d0ae548607802f01f0cbd0bdd442829add2b97efeb","v":"0xf4f6","hash":"0xaf17)"
     R"(be3381477f6dffbdabb0db44c754f3f16db1f57d7f532f5e83440ebd1139","blockHash":null,"bloc)"
     R"(kNumber":null,"transactionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb9)"
     R"(2266"})"},
    {"legacy_create",
     "0xf85f028477359400830186a080808d6001600c60003960016000f30082f4f6a0857a8a988dfb898cd4d7f8"
     "e6761c8c9bae72f226a70ac817c503b03a1014b6bca056057b74ce9ab36cc381c8268745714c3ac6c02980eb"
     "81cd0529a2bf75e57050",
     "0x7d8e3879766b8fb1e906a065b95af8a5d960b9f526004e8cf6225dcec3971c9b",
     R"({"type":"0x0","chainId":"0x7a69","nonce":"0x2","gasPrice":"0x77359400","gas":"0x186a)"
     R"(0","to":null,"value":"0x0","input":"0x6001600c60003960016000f300","r":"0x857a8a988df)"
     R"(b898cd4d7f8e6761c8c9bae72f226a70ac817c503b03a1014b6bc","s":"0x56057b74ce9ab36cc381c8)"
     R"(268745714c3ac6c02980eb81cd0529a2bf75e57050","v":"0xf4f6","hash":"0x7d8e3879766b8fb1e)"
     R"(906a065b95af8a5d960b9f526004e8cf6225dcec3971c9b","blockHash":null,"blockNumber":null)"
     R"(,"transactionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"})"},
    {"access_list",
     "0x01f8de827a6903847735940082ea609470997970c51812dc3a010c7d01b50e0d17dc79c80184a9059cbbf8"
     "72f8599470997970c51812dc3a010c7d01b50e0d17dc79c8f842a00000000000000000000000000000000000"
     "000000000000000000000000000001a000000000000000000000000000000000000000000000000000000000"
     "0000ff00d694f39fd6e51aad88f6f4ce6ab8827279cfffb92266c080a0a7a8c4d7b7d31ee91e8fe0b2591907"
     "a2e5adb0676568a5a04d0c05e2eabd69c2a01c266960d22182bc00b3d45a2d5f0970aa46fdbc4e6fe5611626"
     "4def729da6df",
     "0x3e8af8dcfc161250b7c11b4d17f53daacd767eb9a8e2b353277b31dbc9ccdd04",
     R"({"type":"0x1","chainId":"0x7a69","nonce":"0x3","gasPrice":"0x77359400","gas":"0xea60)"
     R"(","to":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8","value":"0x1","accessList":[{"ad)"
     R"(dress":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8","storageKeys":["0x00000000000000)"
     R"(00000000000000000000000000000000000000000000000001","0x00000000000000000000000000000)"
     R"(0000000000000000000000000000000ff00"]},{"address":"0xf39fd6e51aad88f6f4ce6ab8827279c)"
     R"(fffb92266","storageKeys":[]}],"input":"0xa9059cbb","r":"0xa7a8c4d7b7d31ee91e8fe0b259)"
     R"(1907a2e5adb0676568a5a04d0c05e2eabd69c2","s":"0x1c266960d22182bc00b3d45a2d5f0970aa46f)"
     R"(dbc4e6fe56116264def729da6df","yParity":"0x0","v":"0x0","hash":"0x3e8af8dcfc161250b7c)"
     R"(11b4d17f53daacd767eb9a8e2b353277b31dbc9ccdd04","blockHash":null,"blockNumber":null,")"
     R"(transactionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"})"},
    {"dynamic_fee",
     "0x02f86c827a6904843b9aca0084b2d05e0082ea609470997970c51812dc3a010c7d01b50e0d17dc79c80700"
     "c001a0793bfe41cf84282c7ef6a84eda6ba6665bc71ef6575d62f62f230c2eaf952ec0a06b429e95dd589ec3"
     "6b7342a86978560b3c99a3869fce4a57d5d989e200b79325",
     "0xc5d7e4fd878dde7acee1c9c17259943ec5a1b275a0fce3abb7b76d5feb6e7dd6",
     R"({"type":"0x2","chainId":"0x7a69","nonce":"0x4","gas":"0xea60","maxFeePerGas":"0xb2d0)"
     R"(5e00","maxPriorityFeePerGas":"0x3b9aca00","to":"0x70997970c51812dc3a010c7d01b50e0d17)"
     R"(dc79c8","value":"0x7","accessList":[],"input":"0x00","r":"0x793bfe41cf84282c7ef6a84e)"
     R"(da6ba6665bc71ef6575d62f62f230c2eaf952ec0","s":"0x6b429e95dd589ec36b7342a86978560b3c9)"
     R"(9a3869fce4a57d5d989e200b79325","yParity":"0x1","v":"0x1","hash":"0xc5d7e4fd878dde7ac)"
     R"(ee1c9c17259943ec5a1b275a0fce3abb7b76d5feb6e7dd6","blockHash":null,"blockNumber":null)"
     R"(,"transactionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","gasPri)"
     R"(ce":"0x77359400"})"},
    {"blob",
     "0x03f8b1827a69060184b2d05e008252089470997970c51812dc3a010c7d01b50e0d17dc79c88080c0843b9a"
     "ca00f842a001abababababababababababababababababababababababababababababababa001cdcdcdcdcd"
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd01a0eb6c3c3ccb6e36ed01cd3a6b9a456a61"
     "faab9e892c59cfe57d7df1dca0642fe5a0754f044c9786319e080632613b5fdef00b0c8f1dd3f9d0abd44dfd"
     "cefaab22ae",
     "0x684cb75aeb9b9baf8eb209edeb6839407e3a08b94e62b71a461cdb5c7d69b3a4",
     R"({"type":"0x3","chainId":"0x7a69","nonce":"0x6","gas":"0x5208","maxFeePerGas":"0xb2d0)"
     R"(5e00","maxPriorityFeePerGas":"0x1","to":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8")"
     R"(,"value":"0x0","accessList":[],"input":"0x","r":"0xeb6c3c3ccb6e36ed01cd3a6b9a456a61f)"
     R"(aab9e892c59cfe57d7df1dca0642fe5","s":"0x754f044c9786319e080632613b5fdef00b0c8f1dd3f9)"
     R"(d0abd44dfdcefaab22ae","yParity":"0x1","v":"0x1","hash":"0x684cb75aeb9b9baf8eb209edeb)"
     R"(6839407e3a08b94e62b71a461cdb5c7d69b3a4","blockHash":null,"blockNumber":null,"transac)"
     R"(tionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","gasPrice":"0x3b)"
     R"(9aca01","maxFeePerBlobGas":"0x3b9aca00","blobVersionedHashes":["0x01abababababababab)"
     R"(ababababababababababababababababababababababab","0x01cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdc)"
     R"(dcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"]})"},
    {"set_code",
     "0x04f8c7827a69050184b2d05e00830186a09470997970c51812dc3a010c7d01b50e0d17dc79c88080c0f85c"
     "f85a8094f39fd6e51aad88f6f4ce6ab8827279cfffb922660501a0180e933f602dd51e040f07f6cddb7b72d3"
     "0b337e9f1a323ea839ca7ddbf7dab8a051993d8782bd9e81a178f82956953fb7c5b97ba85d6f3e14228e0de8"
     "730e123301a0011fd0ee678a60e3de645ed8f9adbb1185aa561b5626ef42d349fd5ab9f59b64a075b9ed6d40"
     "72720e483b1b7564677c7745545192096ab3a2954a8709ee1cd51c",
     "0xf835a48e6ca79d1c2b887d78cafe65dc415ab2a8cddf0efc6f6fe20b197923b7",
     R"({"type":"0x4","chainId":"0x7a69","nonce":"0x5","gas":"0x186a0","maxFeePerGas":"0xb2d)"
     R"(05e00","maxPriorityFeePerGas":"0x1","to":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8)"
     R"(","value":"0x0","accessList":[],"authorizationList":[{"chainId":"0x0","address":"0xf)"
     R"(39fd6e51aad88f6f4ce6ab8827279cfffb92266","nonce":"0x5","yParity":"0x1","r":"0x180e93)"
     R"(3f602dd51e040f07f6cddb7b72d30b337e9f1a323ea839ca7ddbf7dab8","s":"0x51993d8782bd9e81a)"
     R"(178f82956953fb7c5b97ba85d6f3e14228e0de8730e1233"}],"input":"0x","r":"0x11fd0ee678a60)"
     R"(e3de645ed8f9adbb1185aa561b5626ef42d349fd5ab9f59b64","s":"0x75b9ed6d4072720e483b1b756)"
     R"(4677c7745545192096ab3a2954a8709ee1cd51c","yParity":"0x1","v":"0x1","hash":"0xf835a48)"
     R"(e6ca79d1c2b887d78cafe65dc415ab2a8cddf0efc6f6fe20b197923b7","blockHash":null,"blockNu)"
     R"(mber":null,"transactionIndex":null,"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb9226)"
     R"(6","gasPrice":"0x3b9aca01"})"},
}};
// clang-format on

// The one of that name; throws std::out_of_range.
inline const SignedTransaction& signed_transaction(std::string_view name) {
    for (const auto& tx : kSigned)
        if (tx.name == name) return tx;
    throw std::out_of_range(std::string(name));
}

} // namespace viz::test
