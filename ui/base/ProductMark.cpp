// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/ProductMark.h"

#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

ProductMark::ProductMark(int height, QWidget *parent) : QWidget(parent), m_height(height)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(QStringLiteral("Tidewire"));
}

void ProductMark::paintEvent(QPaintEvent *)
{
    Theme &theme = Theme::current();
    QPainter painter(this);
    painter.drawPixmap(0, (height() - m_height) / 2,
                       theme.icons().mark(m_height, theme.colors(), devicePixelRatioF()));
}

} // namespace tw
