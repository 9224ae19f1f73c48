// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Chip.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace tw {

namespace {
constexpr int kIcon = 12;
constexpr int kGap = 6;
} // namespace

Chip::Chip(const QString &text, Tone tone, const QString &icon, Shape shape, QWidget *parent)
    : QWidget(parent), m_icon(icon), m_tone(tone), m_shape(shape)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFont(
        fonts::sans(shape == Shape::Tag ? fonts::Size::Meta : fonts::Size::Second, QFont::Medium));
    setText(text);
}

void Chip::setText(const QString &text)
{
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

void Chip::setTone(Tone tone)
{
    m_tone = tone;
    update();
}

void Chip::setIconName(const QString &icon)
{
    m_icon = icon;
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const int padding = m_shape == Shape::Tag ? 7 : 10;
    int width = 2 * padding + fontMetrics().horizontalAdvance(m_text);
    if (!m_icon.isEmpty())
        width += kIcon + (m_text.isEmpty() ? 0 : kGap);
    return {width, m_shape == Shape::Tag ? 18 : 22};
}

void Chip::paintEvent(QPaintEvent *)
{
    Theme &theme = Theme::current();
    QPainter painter(this);
    const QColor color = theme.color(toneToken(m_tone));
    const double radius = m_shape == Shape::Tag ? paint::kChipRadius : height() / 2.0;
    paint::roundedBox(painter, QRectF(rect()), radius, theme.colors().tint(m_tone));
    double x = m_shape == Shape::Tag ? 7 : 10;
    if (!m_icon.isEmpty()) {
        theme.icons().draw(painter, QPointF(x, (height() - kIcon) / 2.0), kIcon, m_icon, color);
        x += kIcon + kGap;
    }
    painter.setFont(font());
    paint::line(painter, QRectF(x, 0, width() - x, height()), m_text, color);
}

} // namespace tw
