// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Shape.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::test {

Shape shape(Shape::Type type, std::string unit = {});
Shape group(std::vector<Shape::Field> fields);
Shape listOfShape(Shape item);
Shape choices(std::vector<std::string> words);
Shape textUpTo(int length);
Shape::Field need(std::string name, Shape of);     ///< Always there.
Shape::Field optional(std::string name, Shape of); ///< Sometimes there.

/// An event around a charge with amounts, times, lines and metadata, as a payment system sends it.
Shape chargeEvent();

} // namespace tw::test
