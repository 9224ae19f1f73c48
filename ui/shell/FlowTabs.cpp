// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/FlowTabs.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QMouseEvent>
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
    setMouseTracking(true);
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
    return {std::min(36 + words + 36, 300), kHeight};
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
        paint::line(painter, rect.adjusted(36, 0, -32, 0), tabText(i),
                    theme.color(front ? Token::Text : Token::Text2));
        const QRectF cross = crossOf(i);
        if (tabData(i).toBool() && i != m_hovered) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(Token::Warn));
            painter.drawEllipse(cross.center(), 4, 4);
        } else {
            if (i == m_cross)
                paint::roundedBox(painter, cross, 4, theme.color(Token::Sunken));
            theme.icons().draw(painter, cross.center() - QPointF(4.5, 4.5), 9,
                               QStringLiteral("x-lg"),
                               theme.color(i == m_cross ? Token::Text : Token::Text3));
        }
        if (front && hasFocus())
            paint::roundedBox(painter, QRectF(rect).adjusted(3, 5, -4, -4), 4, QColor(),
                              theme.color(Token::Accent), 2);
    }
}

QRect FlowTabs::crossOf(int index) const
{
    const QRect rect = tabRect(index);
    return {rect.right() - 30, rect.center().y() - 11, 24, 24};
}

int FlowTabs::crossAt(const QPoint &point) const
{
    const int index = tabAt(point);
    return index >= 0 && crossOf(index).contains(point) ? index : -1;
}

void FlowTabs::hover(int tab, int cross)
{
    if (tab == m_hovered && cross == m_cross)
        return;
    m_hovered = tab;
    m_cross = cross;
    update();
}

void FlowTabs::mousePressEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    const bool middle = event->button() == Qt::MiddleButton;
    m_pressed = middle ? tabAt(at) : event->button() == Qt::LeftButton ? crossAt(at) : -1;
    if (m_pressed < 0)
        QTabBar::mousePressEvent(event);
}

void FlowTabs::mouseReleaseEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    const int pressed = std::exchange(m_pressed, -1);
    if (pressed < 0)
        return QTabBar::mouseReleaseEvent(event);
    const bool middle = event->button() == Qt::MiddleButton;
    if (pressed == (middle ? tabAt(at) : crossAt(at)))
        Q_EMIT tabCloseRequested(pressed);
}

void FlowTabs::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    hover(tabAt(at), crossAt(at));
    QTabBar::mouseMoveEvent(event);
}

void FlowTabs::leaveEvent(QEvent *event)
{
    hover(-1, -1);
    QTabBar::leaveEvent(event);
}

} // namespace tw
