// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

#include <QPainterPath>
#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <optional>

namespace tw {

/// Where everything on a card is, in the card's own coordinates (top left is 0,0). Pure functions
/// of the view; painters, tools and tests all ask here.
namespace card_geometry {

inline constexpr int kGrid = 8;
inline constexpr double kWidth = 198;
inline constexpr double kEntryY = 36;
inline constexpr double kPortRadius = 5;
inline constexpr double kPortReach = 16;

QSizeF size(const CardView &card);
QRectF rect(const CardView &card);
/// Rounded rectangle; a trigger's left side is fully round.
QPainterPath outline(const CardView &card, double inset = 0);
/// Everything that is ever drawn: halo, badges, footer.
QRectF paintedRect(const CardView &card);

bool hasEntry(const CardView &card);
QPointF entry();
QPointF exit(const CardView &card, int index);
QPointF failurePort(const CardView &card);
/// The port with this exit id, or the middle of the right side for an id that is gone.
QPointF port(const CardView &card, const QString &exitId);

QRectF tile(const CardView &card);
QRectF coverageBar(const CardView &card);
QRectF footer(const CardView &card);
/// Centre of badge number `index`, counted from the right corner.
QPointF badge(const CardView &card, int index);

/// The exit id whose port is within reach of `point`, nearest first.
std::optional<QString> exitAt(const CardView &card, const QPointF &point);
bool entryAt(const CardView &card, const QPointF &point);

QPoint snapped(const QPointF &position);

} // namespace card_geometry
} // namespace tw
