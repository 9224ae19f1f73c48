// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"
#include "ui/models/FlowModel.h"

#include <vector>

namespace tw {

/// What the selected step's mapping can fill, as the steps behind it tell: nested fields with their
/// whole names, required ones first. Empty when they do not tell.
std::vector<TargetField> targetFields(const FlowModel &model);

} // namespace tw
