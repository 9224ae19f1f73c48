// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/KeyHint.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

KeyHint::KeyHint(const QString &keys, QWidget *parent) : QWidget(parent), m_keys(keys)
{
    setFont(fonts::sans(fonts::Size::Second));
    setFixedSize(sizeHint());
    setAccessibleName(keys);
}

QSize KeyHint::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_keys) + 16, 20};
}

void KeyHint::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::current();
    paint::roundedBox(painter, rect(), paint::kChipRadius, theme.color(Token::Raised),
                      theme.color(Token::Border));
    painter.setPen(theme.color(Token::Text2));
    painter.drawText(rect(), Qt::AlignCenter, m_keys);
}

} // namespace tw
