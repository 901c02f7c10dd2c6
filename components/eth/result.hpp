// Result<T, E>: a value or the reason why there is none. External errors (bad bytes from a node, a
// client, a disk) are returned this way so that they can be counted; bugs remain exceptions and
// asserts.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace viz {

// E is an enum with a stable text (`std::string_view to_string(E)`) that metrics and the API reuse.
template <class E> struct Failure { E reason; };
template <class E> Failure(E) -> Failure<E>;

template <class T, class E> class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Failure<E> failure) : state_(std::in_place_index<1>, failure.reason) {}

    explicit operator bool() const noexcept { return state_.index() == 0; }
    bool has_value() const noexcept { return state_.index() == 0; }

    T& operator*() & {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    const T& operator*() const& {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    T&& operator*() && {
        assert(has_value());
        return std::move(*std::get_if<0>(&state_));
    }
    T* operator->() { return &**this; }
    const T* operator->() const { return &**this; }

    // Requires that there is no value.
    E error() const {
        assert(!has_value());
        return *std::get_if<1>(&state_);
    }

  private:
    std::variant<T, E> state_;
};

} // namespace viz
