// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/Rule.h"

#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

Rule::Rule(Qt::Orientation orientation, QWidget *parent) : QWidget(parent)
{
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

void Rule::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::current().color(Token::Border));
}

} // namespace tw
