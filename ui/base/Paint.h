// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPainter>
#include <QRectF>

namespace tw::paint {

/// Radii of the design, in logical pixels.
inline constexpr double kChipRadius = 5;
inline constexpr double kControlRadius = 6;
inline constexpr double kTileRadius = 10;
inline constexpr double kCardRadius = 11;
inline constexpr double kGroupRadius = 14;

QColor faded(QColor color, double opacity);

/// Fills and outlines with the line inside `rect`, so that a 1 px outline lands on whole pixels.
/// An invalid colour leaves that part out.
void roundedBox(QPainter &painter, const QRectF &rect, double radius, const QColor &fill,
                const QColor &outline = QColor(), double width = 1.0);

/// One line of text, cut with an ellipsis at the right.
void line(QPainter &painter, const QRectF &rect, const QString &text, const QColor &color,
          Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter);

} // namespace tw::paint
