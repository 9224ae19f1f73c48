// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"
#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

namespace tw {

/// What the canvas is to draw for a flow and its last run: pure functions of the two models, so
/// that the canvas knows neither. `run` may be null.
CanvasView canvasView(const FlowModel &flow, const RunModel *run);

/// The flow calls the failure exit "error", the canvas "on_error".
std::string exitOf(const EdgeRef &edge);

/// A place right of `step` that no card covers, on the grid.
CardPosition freePlaceAfter(const FlowModel &flow, const std::string &step);

} // namespace tw
