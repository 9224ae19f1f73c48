// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/CommandBox.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

double drawKeyHint(QPainter &painter, const QRectF &rect, const QString &keys)
{
    const Theme &theme = Theme::current();
    painter.setFont(fonts::sans(fonts::Size::Meta, QFont::Medium));
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(keys) + 18;
    const QRectF box(rect.right() - width, rect.center().y() - 9, width, 18);
    paint::roundedBox(painter, box, paint::kChipRadius, theme.color(Token::Surface),
                      theme.color(Token::Border));
    paint::line(painter, box, keys, theme.color(Token::Text2), Qt::AlignCenter);
    return width;
}

CommandBox::CommandBox(const QString &prompt, const QString &keys, QWidget *parent)
    : QAbstractButton(parent), m_keys(keys)
{
    setText(prompt);
    setAccessibleName(prompt);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::IBeamCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void CommandBox::paintEvent(QPaintEvent *)
{
    Theme &theme = Theme::current();
    QPainter painter(this);
    const QRectF box(rect());
    const Token outline = hasFocus()     ? Token::Accent
                          : underMouse() ? Token::BorderStrong
                                         : Token::Border;
    paint::roundedBox(painter, box, paint::kControlRadius, theme.color(Token::Sunken),
                      theme.color(outline), hasFocus() ? 2 : 1);
    theme.icons().draw(painter, QPointF(11, (height() - 13) / 2.0), 13, QStringLiteral("search"),
                       theme.color(Token::Text2));
    const double hint = drawKeyHint(painter, box.adjusted(0, 0, -8, 0), m_keys);
    painter.setFont(fonts::sans(fonts::Size::Body));
    paint::line(painter, box.adjusted(32, 0, -16 - hint, 0), text(), theme.color(Token::Text3));
}

} // namespace tw
