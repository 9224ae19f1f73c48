// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

namespace tw {

enum class Direction { Left, Right, Up, Down };

/// Where the keyboard goes from a card. Pure functions of the view; empty when there is no way.
namespace canvas_navigation {

/// The nearest card that lies more in this direction than beside it.
QString nextCard(const CanvasView &view, const QString &from, Direction direction);
/// Along the edges: Right the first happy exit, Down the failure exit, Left and Up back.
QString alongEdge(const CanvasView &view, const QString &from, Direction direction);
/// Reading order: along the flow, failures last. What assistive tools and the outline list.
QList<QString> readingOrder(const CanvasView &view);

/// Why a wire may not end there, in words; empty when it may.
QString refusal(const CanvasView &view, const EdgeRef &edge);

} // namespace canvas_navigation
} // namespace tw
