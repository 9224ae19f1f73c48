// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Paint.h"

#include <QFontMetricsF>
#include <QPen>

namespace tw::paint {

QColor faded(QColor color, double opacity)
{
    color.setAlphaF(static_cast<float>(color.alphaF() * opacity));
    return color;
}

void roundedBox(QPainter &painter, const QRectF &rect, double radius, const QColor &fill,
                const QColor &outline, double width)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::NoBrush);
    QRectF box = rect;
    if (outline.isValid()) {
        painter.setPen(QPen(outline, width));
        box.adjust(width / 2, width / 2, -width / 2, -width / 2);
        radius = std::max(0.0, radius - width / 2);
    }
    if (fill.isValid())
        painter.setBrush(fill);
    painter.drawRoundedRect(box, radius, radius);
    painter.restore();
}

void line(QPainter &painter, const QRectF &rect, const QString &text, const QColor &color,
          Qt::Alignment alignment)
{
    const QFontMetricsF metrics(painter.font());
    QString shown = text;
    if (metrics.horizontalAdvance(text) > rect.width() + 0.5)
        shown = metrics.elidedText(text, Qt::ElideRight, rect.width());
    painter.setPen(color);
    painter.drawText(rect, static_cast<int>(alignment) | Qt::TextSingleLine | Qt::TextDontClip,
                     shown);
}

} // namespace tw::paint
