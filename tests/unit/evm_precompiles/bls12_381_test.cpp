#include <gtest/gtest.h>

#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using evm::Fork;
using test::call;
using test::price;
using test::word;

// A coordinate of 96 digits as 128.
std::string padded(const std::string& digits) {
    return std::string(128 - digits.size(), '0') + digits;
}

const std::string kPrime = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                           "1eabfffeb153ffffb9feffffffffaaab";
const std::string kOrder = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
const std::string kOrderLess1 = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000";
// The generators of EIP-2537.
const std::string kG1X = padded("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                                "6c55e83ff97a1aeffb3af00adb22c6bb");
const std::string kG1 = kG1X + padded("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c"
                                      "04b3edd03cc744a2888ae40caa232946c5e7e1");
const std::string kG2X = padded("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
                                "0bac0326a805bbefd48056c8c121bdb8") +
                         padded("13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                                "334cf11213945d57e5ac7d055d042b7e");
const std::string kG2 = kG2X +
                        padded("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
                               "923ac9cc3baca289e193548608b82801") +
                        padded("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
                               "3f370d275cec1da1aaa9075ff05f79be");
const std::string kG1Infinity(256, '0');
const std::string kG2Infinity(512, '0');
// On their curves and not in the subgroups: fail-mul_G1_bls.json and fail-mul_G2_bls.json of
// EIP-2537.
const std::string kG1Outside =
    padded("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
           "0123456789abcdef0123456789abcdef") +
    padded("193fb7cedb32b2c3adc06ec11a96bc0d661869316f5e4a577a9f7c179593987b"
           "eb4fb2ee424dbb2f5dd891e228b46c4a");
const std::string kG2Outside =
    padded("197bfd0342bbc8bee2beced2f173e1a87be576379b343e93232d6cef98d84b1d"
           "696e5612ff283ce2cfdccb2cfb65fa0c") +
    padded("184e811f55e6f9d84d77d2f79102fd7ea7422f4759df5bf7f6331d550245e3f1"
           "bcf6a30e3b29110d85e0ca16f9f6ae7a") +
    padded("0f10e1eb3c1e53d2ad9cf2d398b2dc22c5842fab0a74b174f691a7e914975da3"
           "564d835cd7d2982815b8ac57f507348f") +
    padded("0767d1c453890f1b9110fda82f5815c27281aba3f026ee868e4176a0654feea4"
           "1a96575e0c4d58a14dbfbcc05b5010b1");

// The contracts of one group.
struct Group {
    std::uint16_t add, sum;
    std::string generator, infinity, outside;
};
const Group kGroups[] = {{0x0b, 0x0c, kG1, kG1Infinity, kG1Outside},
                         {0x0d, 0x0e, kG2, kG2Infinity, kG2Outside}};

TEST(Bls12, AddsPoints) {
    for (const auto& g : kGroups) {
        EXPECT_EQ(call(g.add, g.generator + g.infinity), g.generator);
        EXPECT_EQ(call(g.add, g.infinity + g.infinity), g.infinity);
        EXPECT_EQ(call(g.add, g.generator + g.generator), call(g.sum, g.generator + word(2)));
        const auto negative = call(g.sum, g.generator + kOrderLess1);
        EXPECT_EQ(call(g.add, g.generator + negative), g.infinity);
        // No subgroup check.
        EXPECT_EQ(call(g.add, g.outside + g.infinity), g.outside);
    }
    // add_G1_bls.json of EIP-2537: 2 G1.
    EXPECT_EQ(call(0x0b, kG1 + kG1),
              padded("0572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62a"
                     "e28f75bb8f1c7c42c39a8c5529bf0f4e") +
                  padded("166a9d8cabc673a322fda673779d8e3822ba3ecb8670e461f73bb9021d5fd76a"
                         "4c56d9d4cd16bd1bba86881979749d28"));
}

TEST(Bls12, SumsMultiples) {
    for (const auto& g : kGroups) {
        EXPECT_EQ(call(g.sum, g.generator + word(1)), g.generator);
        EXPECT_EQ(call(g.sum, g.generator + word(0)), g.infinity);
        EXPECT_EQ(call(g.sum, g.infinity + kOrderLess1), g.infinity);
        EXPECT_EQ(call(g.sum, g.generator + kOrder), g.infinity);
        // A scalar need not be below the order.
        EXPECT_EQ(call(g.sum, g.generator + "73eda753299d7d483339d80809a1d805"
                                            "53bda402fffe5bfeffffffff00000003"),
                  call(g.sum, g.generator + word(2)));
        std::string many;
        for (std::uint64_t i = 1; i <= 40; ++i) many += g.generator + word(i);
        EXPECT_EQ(call(g.sum, many), call(g.sum, g.generator + word(820)));
        EXPECT_EQ(call(g.sum, many + g.generator + kOrderLess1),
                  call(g.sum, g.generator + word(819)));
    }
}

TEST(Bls12, ChecksPairings) {
    EXPECT_EQ(call(0x0f, kG1 + kG2), word(0));
    EXPECT_EQ(call(0x0f, kG1Infinity + kG2), word(1));
    EXPECT_EQ(call(0x0f, kG1 + kG2Infinity), word(1));
    const auto minus_g1 = call(0x0c, kG1 + kOrderLess1);
    EXPECT_EQ(call(0x0f, kG1 + kG2 + minus_g1 + kG2), word(1));
    const auto five_g1 = call(0x0c, kG1 + word(5));
    const auto five_g2 = call(0x0e, kG2 + word(5));
    EXPECT_EQ(call(0x0f, five_g1 + kG2 + minus_g1 + five_g2), word(1));
    EXPECT_EQ(call(0x0f, five_g1 + kG2 + minus_g1 + kG2), word(0));
}

// map_fp_to_G1_bls.json and map_fp2_to_G2_bls.json of EIP-2537.
TEST(Bls12, MapsFieldElements) {
    EXPECT_EQ(call(0x10, padded("156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341f011e25e3969c55a"
                                "d9e9b9ce2eb833c81a908e5fa4ac5f03")),
              padded("184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c3052ea81d1834e19"
                     "2c426074b02ed3dca4e7676ce4ce48ba") +
                  padded("04407b8d35af4dacc809927071fc0405218f1401a6d15af775810e4e460064bc"
                         "c9468beeba82fdc751be70476c888bf3"));
    EXPECT_EQ(call(0x10, padded("147e1ed29f06e4c5079b9d14fc89d2820d32419b990c1c7bb7dbea2a36a04512"
                                "4b31ffbde7c99329c05c559af1c6cc82")),
              padded("009769f3ab59bfd551d53a5f846b9984c59b97d6842b20a2c565baa167945e3d"
                     "026a3755b6345df8ec7e6acb6868ae6d") +
                  padded("1532c00cf61aa3d0ce3e5aa20c3b531a2abd2c770a790a2613818303c6b830ff"
                         "c0ecf6c357af3317b9575c567f11cd2c"));
    EXPECT_EQ(call(0x11, padded("07355d25caf6e7f2f0cb2812ca0e513bd026ed09dda65b177500fa31714e09ea"
                                "0ded3a078b526bed3307f804d4b93b04") +
                             padded("02829ce3c021339ccb5caf3e187f6370e1e2a311dec9b75363117063ab"
                                    "2015603ff52c3d3b98f19c2f65575e99e8b78c")),
              padded("00e7f4568a82b4b7dc1f14c6aaa055edf51502319c723c4dc2688c7fe5944c21"
                     "3f510328082396515734b6612c4e7bb7") +
                  padded("126b855e9e69b1f691f816e48ac6977664d24d99f8724868a184186469ddfd46"
                         "17367e94527d4b74fc86413483afb35b") +
                  padded("0caead0fd7b6176c01436833c79d305c78be307da5f6af6c133c47311def6ff1"
                         "e0babf57a0fb5539fce7ee12407b0a42") +
                  padded("1498aadcf7ae2b345243e281ae076df6de84455d766ab6fcdaad71fab60abb2e"
                         "8b980a440043cd305db09d283c895e3d"));
}

// Zero is where simplified SWU divides by zero; both results lie in the subgroup all the same.
TEST(Bls12, MapsZeroIntoTheSubgroup) {
    const auto g1 = call(0x10, padded(""));
    const auto g2 = call(0x11, padded("") + padded(""));
    EXPECT_EQ(call(0x0c, g1 + kOrder), kG1Infinity);
    EXPECT_EQ(call(0x0e, g2 + kOrder), kG2Infinity);
    EXPECT_NE(g1, kG1Infinity);
    EXPECT_NE(g2, kG2Infinity);
}

TEST(Bls12, RefusesSizesThatAreNotTheContracts) {
    const auto half = kG1.substr(0, 128);
    const std::pair<std::uint16_t, std::string> good[] = {
        {0x0b, kG1 + kG1}, {0x0c, kG1 + word(1)}, {0x0d, kG2 + kG2},   {0x0e, kG2 + word(1)},
        {0x0f, kG1 + kG2}, {0x10, half},          {0x11, half + half},
    };
    for (const auto& [number, input] : good) {
        EXPECT_NE(call(number, input), "failed") << number;
        EXPECT_EQ(call(number, ""), "failed") << number;
        EXPECT_EQ(call(number, input.substr(2)), "failed") << number;
        EXPECT_EQ(call(number, input + "00"), "failed") << number;
    }
}

// Every coordinate of every operand in turn: p, p + 1, a padding that is not zero; and a point that
// is not on the curve.
TEST(Bls12, RefusesCoordinatesThatAreNotCanonical) {
    const std::pair<std::uint16_t, std::string> good[] = {
        {0x0b, kG1 + kG1},
        {0x0b, kG1Infinity + kG1Infinity},
        {0x0c, kG1 + word(1)},
        {0x0d, kG2 + kG2},
        {0x0d, kG2Infinity + kG2Infinity},
        {0x0e, kG2 + word(1)},
        {0x0f, kG1 + kG2},
        {0x0f, kG1Infinity + kG2Infinity},
        {0x10, padded("")},
        {0x11, padded("") + padded("")},
    };
    auto prime_and_1 = kPrime;
    prime_and_1.back() = 'c';
    for (const auto& [number, input] : good) {
        ASSERT_NE(call(number, input), "failed");
        for (std::size_t at = 0; at + 128 <= input.size(); at += 128) {
            for (const auto& bad : {padded(kPrime), padded(prime_and_1), std::string(128, 'f'),
                                    "1" + input.substr(at + 1, 127)}) {
                auto changed = input;
                changed.replace(at, 128, bad);
                EXPECT_EQ(call(number, changed), "failed") << number << " at " << at;
            }
            if (number == 0x10 || number == 0x11) continue;
            auto off_curve = input;
            off_curve[at + 127] = off_curve[at + 127] == '7' ? '6' : '7';
            EXPECT_EQ(call(number, off_curve), "failed") << number << " at " << at;
        }
    }
}

TEST(Bls12, RefusesPointsOutsideTheSubgroups) {
    EXPECT_EQ(call(0x0c, kG1Outside + word(2)), "failed");
    EXPECT_EQ(call(0x0c, kG1Outside + word(0)), "failed");
    EXPECT_EQ(call(0x0c, kG1 + word(1) + kG1Outside + word(1)), "failed");
    EXPECT_EQ(call(0x0e, kG2Outside + word(2)), "failed");
    EXPECT_EQ(call(0x0e, kG2Outside + word(0)), "failed");
    EXPECT_EQ(call(0x0f, kG1Outside + kG2), "failed");
    EXPECT_EQ(call(0x0f, kG1 + kG2Outside), "failed");
    EXPECT_EQ(call(0x0f, kG1Infinity + kG2Outside), "failed");
}

TEST(Bls12, IsPricedByEip2537) {
    EXPECT_EQ(price(0x0b, {}), 375);
    EXPECT_EQ(price(0x0d, {}), 600);
    EXPECT_EQ(price(0x10, {}), 5500);
    EXPECT_EQ(price(0x11, {}), 23800);
    EXPECT_EQ(price(0x0f, eth::Bytes(384)), 70300);
    EXPECT_EQ(price(0x0f, eth::Bytes(3 * 384)), 37700 + 3 * 32600);
    struct Sum {
        std::size_t terms;
        std::uint64_t g1, g2;
    };
    for (const auto& s :
         {Sum{0, 0, 0}, Sum{1, 12000, 22500}, Sum{2, 22776, 45000}, Sum{3, 30528, 62302},
          Sum{128, 797184, 1509120}, Sum{129, 803412, 1520910}, Sum{1000, 6228000, 11790000}}) {
        EXPECT_EQ(price(0x0c, eth::Bytes(160 * s.terms)), s.g1) << s.terms;
        EXPECT_EQ(price(0x0e, eth::Bytes(288 * s.terms)), s.g2) << s.terms;
    }
}

// Two proofs for one commitment on the ceremony's setup, as clients carry them in their tests.
const std::string kKzgHash = "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b";
const std::string kKzgZ = "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306";
const std::string kKzgY = "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1";
const std::string kKzgCommitment = "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481b"
                                   "c22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952b7";
const std::string kKzgProof = "873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a"
                              "98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a";
const std::string kKzgOtherY = "1522a4a7f34e1ea350ae07c29c96c7e79655aa926122e95fe69fcbd932ca49e9";
const std::string kKzgOtherProof = "a62ad71d14c5719385c0686f1871430475bf3a00f0aa3f7b"
                                   "8dd99a9abc2160744faf0070725e00b60ad9a026a15b1a8c";

TEST(PointEvaluation, SaysTheSizeOfTheFieldForAProof) {
    EXPECT_EQ(call(0x0a, kKzgHash + kKzgZ + kKzgY + kKzgCommitment + kKzgProof, Fork::cancun),
              word(4096) + kOrder);
    EXPECT_EQ(call(0x0a, kKzgHash + kOrderLess1 + kKzgOtherY + kKzgCommitment + kKzgOtherProof),
              word(4096) + kOrder);
    EXPECT_EQ(call(0x0a, kKzgHash + kOrderLess1 + kKzgOtherY + kKzgCommitment + kKzgProof),
              "failed");
    EXPECT_EQ(price(0x0a, {}, Fork::cancun), 50000);
}

// A constant polynomial: its commitment is y G1 and its proof infinity.
TEST(PointEvaluation, TakesInfinityAsACommitmentAndAProof) {
    const auto infinity = "c0" + std::string(94, '0');
    const std::string hash = "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";
    EXPECT_EQ(call(0x0a, hash + word(7) + word(0) + infinity + infinity), word(4096) + kOrder);
    EXPECT_EQ(call(0x0a, hash + word(7) + word(1) + infinity + infinity), "failed");
    const auto other_infinity = "e0" + std::string(94, '0');
    const auto impure_infinity = "c0" + std::string(93, '0') + "1";
    EXPECT_EQ(call(0x0a, hash + word(7) + word(0) + infinity + other_infinity), "failed");
    EXPECT_EQ(call(0x0a, hash + word(7) + word(0) + infinity + impure_infinity), "failed");
    EXPECT_EQ(call(0x0a, hash + kOrder + word(0) + infinity + infinity), "failed");
    EXPECT_EQ(call(0x0a, hash + word(7) + kOrder + infinity + infinity), "failed");
}

TEST(PointEvaluation, RefusesWhatIsNotAProof) {
    const auto good = kKzgHash + kKzgZ + kKzgY + kKzgCommitment + kKzgProof;
    EXPECT_EQ(call(0x0a, ""), "failed");
    EXPECT_EQ(call(0x0a, good.substr(2)), "failed");
    EXPECT_EQ(call(0x0a, good + "00"), "failed");
    EXPECT_EQ(call(0x0a, "02" + good.substr(2)), "failed");
    // A digit of each part in turn.
    for (const std::size_t at : {5U, 100U, 150U, 200U, 192U, 300U, 288U, 383U}) {
        auto changed = good;
        changed[at] = changed[at] == '1' ? '2' : '1';
        EXPECT_EQ(call(0x0a, changed), "failed") << at;
    }
    // The proof's other root; the proof without the flag of compression.
    EXPECT_EQ(call(0x0a, good.substr(0, 288) + "a7" + kKzgProof.substr(2)), "failed");
    EXPECT_EQ(call(0x0a, good.substr(0, 288) + "07" + kKzgProof.substr(2)), "failed");
}

} // namespace
