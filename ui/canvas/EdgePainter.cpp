// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/EdgePainter.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"
#include "ui/canvas/EdgePath.h"

#include <QPainter>

namespace tw {

namespace {

constexpr double kPill = 18;

QFont labelFont()
{
    return fonts::sans(fonts::Size::Meta, QFont::DemiBold);
}

} // namespace

QColor EdgePainter::color(const EdgeView &edge, const EdgeLook &look) const
{
    if (look.selected || look.dropTarget)
        return m_theme.color(Token::Accent);
    if (edge.failure)
        return m_theme.color(Token::Err);
    switch (edge.state) {
    case EdgeState::Moving:
        return m_theme.color(Token::Accent);
    case EdgeState::Done:
        return mixed(m_theme.color(Token::Ok), m_theme.color(Token::Edge), 0.5);
    case EdgeState::Idle:
        break;
    }
    return look.hovered ? m_theme.color(Token::Text2) : m_theme.color(Token::Edge);
}

void EdgePainter::paint(QPainter &painter, const EdgeView &edge, const EdgePath &way,
                        const EdgeLook &look) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(painter.opacity() * look.opacity);
    const QColor line = color(edge, look);
    if (look.dropTarget) {
        painter.setPen(QPen(paint::faded(line, 0.25), 9, Qt::SolidLine, Qt::RoundCap));
        painter.drawPath(way.path());
    }
    const bool strong = edge.state == EdgeState::Moving || look.selected || look.hovered;
    QPen pen(line, strong ? 2.2 : 1.8);
    if (edge.failure) {
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern({4.2, 2.6});
    }
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(way.path());
    painter.setPen(Qt::NoPen);
    painter.setBrush(line);
    painter.drawPath(way.arrow());
    if (look.labels && !edge.label.isEmpty())
        paintLabel(painter, edge, way);
    painter.restore();
}

QRectF EdgePainter::labelRect(const EdgeView &edge, const EdgePath &way) const
{
    if (edge.label.isEmpty())
        return {};
    const double text = fonts::figuresWidth(labelFont(), edge.label);
    const double width = std::max(kPill, text + 12);
    const QPointF centre = way.labelPoint();
    return {centre.x() - width / 2, centre.y() - kPill / 2, width, kPill};
}

void EdgePainter::paintLabel(QPainter &painter, const EdgeView &edge, const EdgePath &way) const
{
    QColor fill = m_theme.color(Token::Surface);
    QColor outline = m_theme.color(Token::Border);
    QColor text = m_theme.color(Token::Text2);
    if (edge.failure) {
        fill = m_theme.color(Token::ErrBg);
        text = m_theme.color(Token::Err);
        outline = mixed(text, fill, 0.45);
    } else if (edge.state == EdgeState::Moving) {
        fill = m_theme.color(Token::AccentBg);
        text = m_theme.color(Token::Accent);
        outline = mixed(text, fill, 0.3);
    }
    const QRectF pill = labelRect(edge, way);
    paint::roundedBox(painter, pill, kPill / 2, fill, outline);
    painter.setFont(labelFont());
    painter.setPen(text);
    fonts::drawFigures(painter, pill, Qt::AlignHCenter, edge.label);
}

} // namespace tw
