// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/store/Journal.h"

#include <string>
#include <vector>

namespace tw::ops {

/// What the step of a kept version of a flow says that it takes; empty where nobody knows: no
/// registry, a version that is not kept, a step that does not tell. On the store's thread.
std::vector<Shape> takenBy(Journal &journal, const Registry *registry, std::int64_t run,
                           const std::string &step);
/// What the steps behind it take: what an answer of a review becomes.
std::vector<Shape> takenBehind(Journal &journal, const Registry *registry, std::int64_t run,
                               const std::string &step);

} // namespace tw::ops
