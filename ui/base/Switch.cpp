// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Switch.h"

#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

Switch::Switch(QWidget *parent) : QAbstractButton(parent)
{
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Switch::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    const QRectF track(2, (height() - 20) / 2.0, 34, 20);
    QColor fill = theme.color(isChecked() ? Token::AccentFill : Token::Control);
    if (!isEnabled())
        fill = theme.color(Token::BorderStrong);
    paint::roundedBox(painter, track, 10, fill);
    const double left = isChecked() ? track.right() - 17 : track.left() + 3;
    paint::roundedBox(painter, QRectF(left, track.top() + 3, 14, 14), 7, Qt::white);
    if (hasFocus())
        paint::roundedBox(painter, track.adjusted(-2, -2, 2, 2), 12, QColor(),
                          theme.color(Token::Accent), 1.5);
}

} // namespace tw
