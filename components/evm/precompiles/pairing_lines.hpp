// The steps of a Miller loop on a sextic twist y^2 = x^3 + b' over Fp2, in homogeneous coordinates
// (Costello, Lange, Naehrig 2010; Aranha et al. 2011).
#pragma once

#include "components/evm/precompiles/points.hpp"
#include "components/evm/precompiles/tower.hpp"

namespace viz::evm::precompiles {

// A line through points of the twist, before evaluation at P = (x, y) of the curve: the
// coefficients of y and x, and the constant. The twist's type determines their powers of w.
template <class Fp2> struct Line { Fp2 of_y, of_x, constant; };

// The running point of the loop.
template <class Fp> class LoopPoint {
  public:
    using Fp2 = Quadratic<Fp>;

    // `q` must not be infinity.
    explicit LoopPoint(const AffinePoint<Fp2>& q) : x_(q.x), y_(q.y), z_(Fp2::one()) {}

    // Doubles the point; returns the tangent at its old position.
    Line<Fp2> double_step(const Fp2& twist_b) {
        const auto a = (x_ * y_) * half();
        const auto b = y_.squared();
        const auto c = z_.squared();
        const auto e = twist_b * (c.doubled() + c);
        const auto f = e.doubled() + e;
        const auto g = (b + f) * half();
        const auto h = (y_ + z_).squared() - (b + c);
        const auto j = x_.squared();
        const auto e2 = e.squared();
        x_ = a * (b - f);
        y_ = g.squared() - (e2.doubled() + e2);
        z_ = b * h;
        return {-h, j.doubled() + j, e - b};
    }

    // Adds q; returns the line through both points.
    Line<Fp2> add_step(const AffinePoint<Fp2>& q) {
        const auto theta = y_ - q.y * z_;
        const auto lambda = x_ - q.x * z_;
        const auto c = theta.squared();
        const auto d = lambda.squared();
        const auto e = lambda * d;
        const auto f = z_ * c;
        const auto g = x_ * d;
        const auto h = e + f - g.doubled();
        x_ = lambda * h;
        y_ = theta * (g - h) - e * y_;
        z_ = z_ * e;
        return {lambda, -theta, theta * q.x - lambda * q.y};
    }

  private:
    static const Fp& half() {
        static const Fp value = Fp::from_u64(2).inverse();
        return value;
    }

    Fp2 x_, y_, z_;
};

} // namespace viz::evm::precompiles
