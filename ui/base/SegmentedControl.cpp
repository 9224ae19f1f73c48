// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/SegmentedControl.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QPainter>

namespace tw {

namespace {
constexpr int kPadding = 12;
constexpr int kHeight = 30;
} // namespace

SegmentedControl::SegmentedControl(QStringList labels, QWidget *parent)
    : QWidget(parent), m_labels(std::move(labels))
{
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFont(fonts::sans(fonts::Size::Body, QFont::Medium));
    setAccessibleDescription(currentText());
}

void SegmentedControl::setLabels(const QStringList &labels)
{
    m_labels = labels;
    m_current = std::clamp(m_current, 0, std::max(0, count() - 1));
    updateGeometry();
    update();
}

void SegmentedControl::setStretched(bool stretched)
{
    m_stretched = stretched;
    updateGeometry();
    update();
}

void SegmentedControl::setCurrentIndex(int index)
{
    if (index < 0 || index >= count() || index == m_current)
        return;
    m_current = index;
    setAccessibleDescription(currentText());
    update();
    Q_EMIT currentChanged(index);
}

QSize SegmentedControl::sizeHint() const
{
    const QFontMetrics metrics(fonts::sans(fonts::Size::Body, QFont::DemiBold));
    int total = 0;
    int widest = 0;
    for (const QString &label : m_labels) {
        const int width = metrics.horizontalAdvance(label) + 2 * kPadding;
        total += width;
        widest = std::max(widest, width);
    }
    return {m_stretched ? widest * count() : total, kHeight};
}

QList<QRect> SegmentedControl::segments() const
{
    QList<QRect> rects;
    if (m_labels.isEmpty())
        return rects;
    const QFontMetrics metrics(fonts::sans(fonts::Size::Body, QFont::DemiBold));
    const bool even = m_stretched || width() < sizeHint().width();
    const int spare = even ? 0 : (width() - sizeHint().width()) / count();
    int x = 0;
    for (int i = 0; i < count(); ++i) {
        int wide = metrics.horizontalAdvance(m_labels[i]) + 2 * kPadding + spare;
        if (even)
            wide = width() * (i + 1) / count() - x;
        else if (i == count() - 1)
            wide = width() - x;
        rects.append({x, 0, wide, height()});
        x += wide;
    }
    return rects;
}

int SegmentedControl::segmentAt(const QPoint &position) const
{
    const QList<QRect> rects = segments();
    for (int i = 0; i < rects.size(); ++i) {
        if (rects[i].contains(position))
            return i;
    }
    return -1;
}

void SegmentedControl::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    paint::roundedBox(painter, QRectF(rect()), paint::kControlRadius, theme.color(Token::Sunken),
                      theme.color(Token::Border));
    const QList<QRect> rects = segments();
    for (int i = 0; i < rects.size(); ++i) {
        const bool chosen = i == m_current;
        if (chosen)
            paint::roundedBox(painter, QRectF(rects[i]), paint::kControlRadius,
                              theme.color(Token::Surface),
                              theme.color(isEnabled() ? Token::Control : Token::Border));
        Token token = chosen || i == m_hovered ? Token::Text : Token::Text2;
        if (!isEnabled())
            token = Token::Control;
        painter.setFont(fonts::sans(fonts::Size::Body, chosen ? QFont::DemiBold : QFont::Medium));
        paint::line(painter, QRectF(rects[i]).adjusted(4, 0, -4, 0), m_labels[i],
                    theme.color(token), Qt::AlignCenter);
    }
    if (hasFocus() && m_current < rects.size())
        paint::roundedBox(painter, QRectF(rects[m_current]), paint::kControlRadius, QColor(),
                          theme.color(Token::Accent), 2);
}

void SegmentedControl::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        setCurrentIndex(segmentAt(event->position().toPoint()));
}

void SegmentedControl::mouseMoveEvent(QMouseEvent *event)
{
    m_hovered = segmentAt(event->position().toPoint());
    update();
}

void SegmentedControl::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

void SegmentedControl::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return setCurrentIndex(m_current - 1);
    case Qt::Key_Right:
        return setCurrentIndex(m_current + 1);
    case Qt::Key_Home:
        return setCurrentIndex(0);
    case Qt::Key_End:
        return setCurrentIndex(count() - 1);
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace tw
