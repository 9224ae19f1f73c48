// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/SectionHeader.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace tw {

SectionHeader::SectionHeader(const QString &title, QWidget *parent) : QAbstractButton(parent)
{
    setText(title);
    setAccessibleName(title);
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setFont(fonts::sans(fonts::Size::Second, QFont::DemiBold));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize SectionHeader::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()) + 32, 28};
}

void SectionHeader::paintEvent(QPaintEvent *)
{
    Theme &theme = Theme::current();
    QPainter painter(this);
    theme.icons().draw(painter, QPointF(2, (height() - 9) / 2.0), 9,
                       isChecked() ? QStringLiteral("chevron-down")
                                   : QStringLiteral("chevron-right"),
                       theme.color(Token::Text3));
    painter.setFont(font());
    paint::line(painter, QRectF(18, 0, width() - 20, height()), text(),
                theme.color(underMouse() ? Token::Text : Token::Text2));
    if (hasFocus())
        paint::roundedBox(painter, QRectF(rect()).adjusted(0, 2, 0, -2), 4, QColor(),
                          theme.color(Token::Accent), 1.5);
}

void SectionHeader::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Left)
        return setChecked(false);
    if (event->key() == Qt::Key_Right)
        return setChecked(true);
    QAbstractButton::keyPressEvent(event);
}

} // namespace tw
