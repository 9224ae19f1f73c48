// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

namespace tw {

/// What expressions are tried on while a step is edited. From the last run if there was one
/// (`run` may be null), else a made event of the first type that the flow's trigger asks for; null
/// without a trigger.

/// The message that the selected step got.
DocumentPtr stepSample(const FlowModel &model, const RunModel *run);
/// The event that began it.
DocumentPtr triggerSample(const FlowModel &model, const RunModel *run);

} // namespace tw
