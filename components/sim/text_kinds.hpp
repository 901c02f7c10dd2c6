// The kinds of values in a case's text. Private to components/sim.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <vector>

#include "components/eth/hex.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::sim {

template <class T>
concept FixedSize = requires(const T& t) {
    []<std::size_t N>(const std::array<std::uint8_t, N>&) {}(t.bytes);
};
// A strong type of an unsigned number.
template <class T>
concept Counted = requires(const T& t) {
    { t.value } -> std::convertible_to<std::uint64_t>;
    requires sizeof(T) == sizeof(std::uint64_t);
};
template <class T>
concept IsOptional = std::same_as<T, std::optional<typename T::value_type>>;
template <class T>
concept IsVector = std::same_as<T, std::vector<typename T::value_type>>;

// Of a layout, which reads a constant and fills a variable.
template <class T, class Of>
concept MaybeConst = std::same_as<std::remove_const_t<T>, Of>;

} // namespace viz::sim
