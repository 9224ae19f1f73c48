// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/runner/Output.h"

#include <string>

namespace tw::runner {

/// Shows the answer of a desk action: lists as tables, one thing as lines with its payloads below.
void showDesk(Output &out, const std::string &action, const Value &answer);

} // namespace tw::runner
