// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/FlowTabs.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

FlowTabs::FlowTabs(QWidget *parent) : QTabBar(parent)
{
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(true);
    setFont(fonts::sans(fonts::Size::Body, QFont::DemiBold));
    setFixedHeight(kHeight);
    setAccessibleName(tr("Open flows"));
}

void FlowTabs::setDirty(int index, bool dirty)
{
    if (tabData(index).toBool() == dirty)
        return;
    setTabData(index, dirty);
    setTabToolTip(index, dirty ? tr("%1, not saved").arg(tabText(index)) : tabText(index));
    update();
}

QSize FlowTabs::tabSizeHint(int index) const
{
    const int words = fontMetrics().horizontalAdvance(tabText(index));
    return {std::min(36 + words + 30, 300), kHeight};
}

void FlowTabs::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    Theme &theme = Theme::current();
    for (int i = 0; i < count(); ++i) {
        const QRect rect = tabRect(i);
        const bool front = i == currentIndex();
        if (front) {
            painter.fillRect(rect, theme.color(Token::Surface));
            painter.fillRect(QRect(rect.left(), 0, rect.width(), 2), theme.color(Token::Accent));
        }
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()),
                         theme.color(Token::Border));
        theme.icons().draw(painter, QPointF(rect.left() + 14, rect.center().y() - 6), 13,
                           QStringLiteral("diagram-2"),
                           theme.color(front ? Token::Accent : Token::Text2));
        painter.setFont(fonts::sans(fonts::Size::Body, front ? QFont::DemiBold : QFont::Normal));
        paint::line(painter, rect.adjusted(36, 0, -26, 0), tabText(i),
                    theme.color(front ? Token::Text : Token::Text2));
        if (tabData(i).toBool()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(Token::Warn));
            painter.drawEllipse(QPointF(rect.right() - 17, rect.center().y() + 0.5), 4, 4);
        }
        if (front && hasFocus())
            paint::roundedBox(painter, QRectF(rect).adjusted(3, 5, -4, -4), 4, QColor(),
                              theme.color(Token::Accent), 2);
    }
}

} // namespace tw
