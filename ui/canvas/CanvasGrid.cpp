// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasGrid.h"

#include <QPainter>
#include <cmath>

namespace tw {

void CanvasGrid::paint(QPainter &painter, const QRectF &sceneRect, double zoom, double ratio,
                       const QColor &ground, const QColor &dot)
{
    const double scale = zoom * ratio;
    if (m_tile.isNull() || scale != m_scale || dot.rgb() != m_dot || ground.rgb() != m_ground) {
        m_scale = scale;
        m_dot = dot.rgb();
        m_ground = ground.rgb();
        m_step = kStep;
        // Far away every second dot goes, so that the ground never turns grey.
        while (m_step * zoom < 14)
            m_step *= 2;
        const int side = std::max(1, int(std::lround(m_step * scale)));
        m_tile = QPixmap(side, side);
        m_tile.fill(ground);
        QPainter tile(&m_tile);
        tile.setRenderHint(QPainter::Antialiasing);
        tile.setPen(Qt::NoPen);
        tile.setBrush(dot);
        const double radius = std::clamp(0.95 * scale, 0.7 * ratio, 1.6 * ratio);
        const double middle = std::ceil(radius);
        tile.drawEllipse(QPointF(middle, middle), radius, radius);
    }
    QBrush brush(m_tile);
    const double fit = m_step / m_tile.width();
    brush.setTransform(QTransform::fromScale(fit, fit));
    painter.fillRect(sceneRect, brush);
}

} // namespace tw
