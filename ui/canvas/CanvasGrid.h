// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPixmap>

class QPainter;

namespace tw {

/// The dotted ground, painted as one tiled brush. Remembers the tile of the last zoom.
class CanvasGrid
{
public:
    static constexpr double kStep = 24;

    void paint(QPainter &painter, const QRectF &sceneRect, double zoom, double ratio,
               const QColor &ground, const QColor &dot);

private:
    QPixmap m_tile;
    double m_scale = 0;
    double m_step = kStep;
    QRgb m_dot = 0;
    QRgb m_ground = 0;
};

} // namespace tw
