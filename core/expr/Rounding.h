// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tw::expr {

/// To `precision` decimals (negative: tens, hundreds), half to the even neighbour, judged by the
/// number's decimal digits: 1.005 at 2 decimals is 1, 2.5 at 0 is 2.
double roundedHalfEven(double number, int precision);

} // namespace tw::expr
