// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/ChipFlow.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace tw {

namespace {
constexpr int kHeight = 24;
constexpr int kGap = 4;
constexpr int kCross = 20;
} // namespace

ChipFlow::ChipFlow(QWidget *parent) : QWidget(parent)
{
    setFont(fonts::mono());
    setFocusPolicy(Qt::TabFocus);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ChipFlow::setItems(const QStringList &items)
{
    m_items = items;
    m_current = 0;
    setVisible(!items.isEmpty());
    setFixedHeight(heightForWidth(std::max(width(), 200)));
    setAccessibleDescription(items.join(QStringLiteral(", ")));
    update();
}

QList<QRect> ChipFlow::places(int width) const
{
    QList<QRect> rects;
    int x = 0;
    int y = 0;
    for (const QString &item : m_items) {
        const int wide = std::min(width, fontMetrics().horizontalAdvance(item) + 10 + kCross);
        if (x > 0 && x + wide > width) {
            x = 0;
            y += kHeight + kGap;
        }
        rects << QRect(x, y, wide, kHeight);
        x += wide + kGap;
    }
    return rects;
}

int ChipFlow::heightForWidth(int width) const
{
    const QList<QRect> rects = places(width);
    return rects.isEmpty() ? 0 : rects.back().bottom() + 1;
}

QSize ChipFlow::sizeHint() const
{
    return {200, heightForWidth(200)};
}

void ChipFlow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    setFixedHeight(heightForWidth(width()));
}

void ChipFlow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    Theme &theme = Theme::current();
    const QList<QRect> rects = places(width());
    for (qsizetype i = 0; i < rects.size(); ++i) {
        const bool current = hasFocus() && i == m_current;
        paint::roundedBox(painter, rects[i], paint::kChipRadius, theme.color(Token::AccentBg),
                          current ? theme.color(Token::Accent) : QColor());
        const QRect words = rects[i].adjusted(7, 0, -kCross, 0);
        painter.setPen(theme.color(Token::Text));
        painter.drawText(words, Qt::AlignVCenter,
                         fontMetrics().elidedText(m_items[i], Qt::ElideMiddle, words.width()));
        theme.icons().draw(painter, QPointF(rects[i].right() - 16, rects[i].top() + 6), 12,
                           QStringLiteral("x-lg"), theme.color(Token::Text2));
    }
}

void ChipFlow::mousePressEvent(QMouseEvent *event)
{
    const QList<QRect> rects = places(width());
    for (qsizetype i = 0; i < rects.size(); ++i) {
        if (!rects[i].contains(event->position().toPoint()))
            continue;
        m_current = static_cast<int>(i);
        if (event->position().x() > rects[i].right() - kCross)
            Q_EMIT removeRequested(m_current);
        update();
        return;
    }
}

void ChipFlow::keyPressEvent(QKeyEvent *event)
{
    const int last = static_cast<int>(m_items.size()) - 1;
    if (event->key() == Qt::Key_Right)
        m_current = std::min(last, m_current + 1);
    else if (event->key() == Qt::Key_Left)
        m_current = std::max(0, m_current - 1);
    else if ((event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) && last >= 0)
        Q_EMIT removeRequested(m_current);
    else
        return QWidget::keyPressEvent(event);
    update();
}

} // namespace tw
