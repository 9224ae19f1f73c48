// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/RailButton.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QFocusEvent>
#include <QPainter>

namespace tw {

namespace {
constexpr int kIcon = 18;
} // namespace

RailButton::RailButton(const QString &icon, const QString &label, QWidget *parent)
    : QAbstractButton(parent), m_icon(icon)
{
    setText(label);
    setAccessibleName(label);
    setToolTip(label);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void RailButton::setCount(int count, Tone tone)
{
    m_count = count;
    m_tone = tone;
    setAccessibleDescription(count > 0 ? tr("%n waiting", nullptr, count) : QString());
    update();
}

void RailButton::focusInEvent(QFocusEvent *event)
{
    // The first button gets the focus when a window opens; only a key press earns the ring.
    m_ring = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QAbstractButton::focusInEvent(event);
}

void RailButton::paintEvent(QPaintEvent *)
{
    Theme &theme = Theme::current();
    QPainter painter(this);
    const QRectF box(rect());
    if (isChecked())
        paint::roundedBox(painter, box, 8, theme.color(Token::AccentBg));
    else if (underMouse() && isEnabled())
        paint::roundedBox(painter, box, 8, theme.color(Token::Sunken));
    if (hasFocus() && m_ring)
        paint::roundedBox(painter, box, 8, QColor(), theme.color(Token::Accent), 2);

    const Token token = !isEnabled() ? Token::Control : isChecked() ? Token::Accent : Token::Text2;
    const QColor color = theme.color(token);
    theme.icons().draw(painter, QPointF((width() - kIcon) / 2.0, 8), kIcon, m_icon, color);
    painter.setFont(fonts::sans(fonts::Size::Tiny, isChecked() ? QFont::DemiBold : QFont::Medium));
    paint::line(painter, QRectF(0, 29, width(), 13), text(), color, Qt::AlignCenter);

    if (m_count > 0) {
        const QString shown = m_count > 99 ? QStringLiteral("99+") : QString::number(m_count);
        painter.setFont(fonts::sans(fonts::Size::Tiny, QFont::DemiBold));
        const double wide = std::max(13.0, painter.fontMetrics().horizontalAdvance(shown) + 6.0);
        const QRectF badge(width() - wide - 1, 1, wide, 13);
        paint::roundedBox(painter, badge, 6.5, theme.color(toneToken(m_tone)));
        paint::line(painter, badge, shown, theme.color(Token::Surface), Qt::AlignCenter);
    }
}

} // namespace tw
