// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/TileWidget.h"

#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

void drawTile(QPainter &painter, const QRectF &rect, const QString &icon, StepKind kind, bool off)
{
    Theme &theme = Theme::current();
    const QColor fill = off ? theme.color(Token::Sunken) : theme.colors().tile(kind);
    const QColor color = theme.color(off ? Token::Control : kindToken(kind));
    paint::roundedBox(painter, rect, rect.width() >= 32 ? 9 : paint::kControlRadius, fill);
    const int side = rect.width() >= 32 ? 18 : int(rect.width() * 0.6);
    theme.icons().draw(painter, rect.center() - QPointF(side / 2.0, side / 2.0), side, icon, color);
}

TileWidget::TileWidget(const QString &icon, StepKind kind, int side, QWidget *parent)
    : QWidget(parent), m_icon(icon), m_kind(kind), m_side(side)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void TileWidget::setTile(const QString &icon, StepKind kind)
{
    m_icon = icon;
    m_kind = kind;
    update();
}

void TileWidget::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    drawTile(painter, QRectF(0, (height() - m_side) / 2.0, m_side, m_side), m_icon, m_kind);
}

} // namespace tw
