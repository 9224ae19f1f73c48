// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CardPainter.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"
#include "ui/base/TileWidget.h"
#include "ui/canvas/CardGeometry.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

namespace tw {

namespace geo = card_geometry;
using fonts::Size;

namespace {

constexpr double kBadge = 18;
constexpr double kHalo = 6;

double textLeft(const CardView &card)
{
    return geo::tile(card).right() + 10;
}

/// Words stop before the widest exit label.
double textWidth(const CardView &card)
{
    double right = geo::kWidth - 14;
    if (card.exits.size() > 1) {
        const QFontMetricsF metrics(fonts::sans(Size::Meta, QFont::Medium));
        double widest = 0;
        for (const ExitView &exit : card.exits)
            widest = std::max(widest, metrics.horizontalAdvance(exit.label));
        right = geo::kWidth - 14 - std::min(widest, 64.0) - 4;
    }
    return right - textLeft(card);
}

void paintShadow(QPainter &painter, const CardView &card, bool dark)
{
    painter.setPen(Qt::NoPen);
    for (int i = 3; i >= 1; --i) {
        painter.setBrush(QColor(16, 24, 40, dark ? 26 : 9));
        painter.drawPath(geo::outline(card, 0.6 - 0.6 * i).translated(0, i));
    }
}

} // namespace

Detail detailAt(double zoom)
{
    return zoom < 0.25 ? Detail::Block : zoom < 0.5 ? Detail::Title : Detail::Full;
}

bool edgeLabelsAt(double zoom)
{
    return zoom >= 0.4;
}

void CardPainter::paint(QPainter &painter, const CardView &card, const CardLook &look) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (card.state == CardState::NotReached && !look.selected)
        painter.setOpacity(painter.opacity() * 0.6);
    if (look.detail == Detail::Block) {
        paintBlock(painter, card, look);
        painter.restore();
        return;
    }
    paintBody(painter, card, look);
    if (look.detail == Detail::Full) {
        drawTile(painter, geo::tile(card), card.icon, card.kind, card.off);
        paintWords(painter, card);
        paintExitLabels(painter, card);
        paintBars(painter, card);
    } else {
        paintLargeTitle(painter, card);
    }
    paintPorts(painter, card, look);
    paintBadges(painter, card, look);
    painter.restore();
}

QColor CardPainter::outlineColor(const CardView &card, const CardLook &look) const
{
    if (look.selected || look.focused || look.target)
        return m_theme.color(Token::Accent);
    if (!card.off) {
        switch (card.state) {
        case CardState::Running:
            return m_theme.color(Token::Accent);
        case CardState::Failed:
            return m_theme.color(Token::Err);
        case CardState::Problem:
            return m_theme.color(Token::Warn);
        default:
            break;
        }
    }
    return m_theme.color(look.hovered ? Token::Control : Token::BorderStrong);
}

void CardPainter::paintBlock(QPainter &painter, const CardView &card, const CardLook &look) const
{
    QColor fill = m_theme.color(card.off ? Token::BorderStrong : kindToken(card.kind));
    if (card.state == CardState::Failed)
        fill = m_theme.color(Token::Err);
    painter.setBrush(mixed(fill, m_theme.color(Token::Surface), 0.7));
    painter.setPen(Qt::NoPen);
    if (look.selected || look.focused || look.target)
        painter.setPen(QPen(m_theme.color(Token::Accent), 10));
    painter.drawPath(geo::outline(card));
}

void CardPainter::paintBody(QPainter &painter, const CardView &card, const CardLook &look) const
{
    const bool marked = look.selected || look.focused;
    if (marked) {
        const QColor halo = m_theme.color(Token::Accent);
        painter.setPen(Qt::NoPen);
        painter.setBrush(paint::faded(halo, 0.14));
        painter.drawPath(geo::outline(card, -kHalo));
        painter.setBrush(paint::faded(halo, 0.22));
        painter.drawPath(geo::outline(card, -kHalo / 2));
    } else if (!card.off) {
        paintShadow(painter, card, m_theme.colors().isDark());
    }
    if (look.focused) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.color(Token::Accent), 1.5));
        painter.drawPath(geo::outline(card, -4));
    }
    const bool strong =
        marked || look.target ||
        (!card.off && (card.state == CardState::Running || card.state == CardState::Failed ||
                       card.state == CardState::Problem));
    const double width = look.selected || look.focused || look.target ? 2 : strong ? 1.8 : 1.2;
    QPen pen(outlineColor(card, look), width);
    if (card.off || look.target)
        pen.setDashPattern({3.5, 3});
    painter.setPen(pen);
    painter.setBrush(card.off
                         ? mixed(m_theme.color(Token::Surface), m_theme.color(Token::Canvas), 0.45)
                         : m_theme.color(Token::Surface));
    painter.drawPath(geo::outline(card, strong ? 0.5 : 0.2));
}

void CardPainter::paintWords(QPainter &painter, const CardView &card) const
{
    const double left = textLeft(card);
    const double width = textWidth(card);
    const auto color = [&](Token token) { return m_theme.color(card.off ? Token::Text3 : token); };
    QFont kind = fonts::sans(Size::Kind, QFont::DemiBold);
    kind.setCapitalization(QFont::AllUppercase);
    painter.setFont(kind);
    paint::line(painter, {left, 13, width, 14}, card.kindLabel.toUpper(),
                color(kindToken(card.kind)));
    painter.setFont(fonts::sans(Size::Body, QFont::DemiBold));
    paint::line(painter, {left, 27, width, 18}, card.title, color(Token::Text));
    painter.setFont(fonts::sans(Size::Meta));
    paint::line(painter, {left, 44, width, 16}, card.subtitle, color(Token::Text2));
    if (!card.footer.isEmpty()) {
        painter.setFont(fonts::sans(Size::Meta));
        paint::line(painter, geo::footer(card), card.footer, m_theme.color(Token::Text2));
    }
}

void CardPainter::paintLargeTitle(QPainter &painter, const CardView &card) const
{
    // Far away the title takes the room that the other lines leave.
    const double middle = geo::size(card).height() / 2;
    drawTile(painter, {geo::tile(card).left(), middle - 22, 44, 44}, card.icon, card.kind,
             card.off);
    QFont font = fonts::sans(Size::Panel, QFont::DemiBold);
    font.setPixelSize(18);
    painter.setFont(font);
    const double left = geo::tile(card).left() + 54;
    painter.setPen(m_theme.color(card.off ? Token::Text3 : Token::Text));
    painter.drawText(QRectF(left, 4, geo::kWidth - left - 12, 2 * middle - 8),
                     Qt::AlignVCenter | Qt::TextWordWrap, card.title);
}

void CardPainter::paintExitLabels(QPainter &painter, const CardView &card) const
{
    if (card.exits.size() < 2)
        return;
    painter.setFont(fonts::sans(Size::Meta, QFont::Medium));
    for (int i = 0; i < card.exits.size(); ++i) {
        const QPointF port = geo::exit(card, i);
        paint::line(painter, {port.x() - 80, port.y() - 8, 70, 16}, card.exits[i].label,
                    m_theme.color(card.off ? Token::Text3 : Token::Text2),
                    Qt::AlignRight | Qt::AlignVCenter);
    }
}

void CardPainter::paintBars(QPainter &painter, const CardView &card) const
{
    const auto bar = [&](const QRectF &track, const QColor &fill, double share) {
        paint::roundedBox(painter, track, track.height() / 2, m_theme.color(Token::Border));
        QRectF part = track;
        part.setWidth(std::max(track.height(), track.width() * std::clamp(share, 0.0, 1.0)));
        if (share > 0)
            paint::roundedBox(painter, part, track.height() / 2, fill);
    };
    if (card.mappable > 0) {
        const QRectF track = geo::coverageBar(card);
        bar(track, m_theme.color(card.off ? Token::Control : kindToken(card.kind)),
            double(card.mapped) / card.mappable);
        painter.setFont(fonts::sans(Size::Meta, QFont::Medium));
        paint::line(
            painter,
            {track.right() + 4, track.center().y() - 8, geo::kWidth - 18 - track.right(), 16},
            QCoreApplication::translate("tw::CardPainter", "%1 of %2 fields")
                .arg(card.mapped)
                .arg(card.mappable),
            m_theme.color(Token::Text2), Qt::AlignRight | Qt::AlignVCenter);
    }
    if (card.state == CardState::Running && card.progress >= 0) {
        const double inset = card.isTrigger ? 24 : 14;
        bar({inset, geo::size(card).height() - 8, geo::kWidth - 14 - inset, 3},
            m_theme.color(Token::Accent), card.progress);
    }
}

void CardPainter::paintPorts(QPainter &painter, const CardView &card, const CardLook &look) const
{
    const auto ring = [&](const QPointF &centre, const QColor &line, const QColor &fill) {
        painter.setPen(QPen(line, 1.6));
        painter.setBrush(fill);
        painter.drawEllipse(centre, geo::kPortRadius - 0.3, geo::kPortRadius - 0.3);
    };
    const QColor edge = m_theme.color(Token::Edge);
    const QColor hollow = m_theme.color(Token::Surface);
    if (geo::hasEntry(card)) {
        const QColor accent = m_theme.color(Token::Accent);
        ring(geo::entry(), look.target ? accent : edge, look.target ? accent : hollow);
    }
    for (int i = 0; i < card.exits.size(); ++i)
        ring(geo::exit(card, i), look.hovered ? m_theme.color(Token::Accent) : edge, hollow);
    if (card.hasFailureExit) {
        const QColor err = m_theme.color(Token::Err);
        ring(geo::failurePort(card), err,
             card.failureConnected ? mixed(err, hollow, 0.18) : hollow);
    }
}

void CardPainter::paintBadge(QPainter &painter, const QPointF &centre, const QColor &fill,
                             const QString &icon) const
{
    painter.setPen(QPen(m_theme.color(Token::Surface), 1.4));
    painter.setBrush(fill);
    painter.drawEllipse(centre, kBadge / 2 + 0.7, kBadge / 2 + 0.7);
    const int side = 12;
    m_theme.icons().draw(painter, centre - QPointF(side / 2.0, side / 2.0), side, icon,
                         m_theme.color(Token::Surface));
}

void CardPainter::paintRing(QPainter &painter, const QPointF &centre, int turn) const
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(Token::Canvas));
    painter.drawEllipse(centre, kBadge / 2 + 1, kBadge / 2 + 1);
    QPen pen(m_theme.color(Token::Accent), 2.4);
    pen.setCapStyle(Qt::RoundCap);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    const double radius = kBadge / 2 - 2.4;
    painter.drawArc(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius),
                    (20 - turn) * 16, 280 * 16);
}

void CardPainter::paintBadges(QPainter &painter, const CardView &card, const CardLook &look) const
{
    int next = 0;
    const auto badge = [&](Token token, const QString &icon) {
        paintBadge(painter, geo::badge(card, next++), m_theme.color(token), icon);
    };
    if (!card.off) {
        switch (card.state) {
        case CardState::Running:
            paintRing(painter, geo::badge(card, next++), look.turn);
            break;
        case CardState::Done:
            badge(Token::Ok, QStringLiteral("check-lg"));
            break;
        case CardState::Failed:
            badge(Token::Err, QStringLiteral("x-lg"));
            break;
        case CardState::Waiting:
            badge(Token::Warn, QStringLiteral("hourglass-split"));
            break;
        case CardState::Problem:
            badge(Token::Warn, QStringLiteral("exclamation-lg"));
            break;
        case CardState::Idle:
        case CardState::NotReached:
            break;
        }
    }
    if (card.pinned)
        badge(Token::KindTrigger, QStringLiteral("pin-angle-fill"));
    if (card.breakpoint)
        paintBadge(painter, {card.isTrigger ? 20.0 : 7.0, 2}, m_theme.color(Token::Err),
                   QStringLiteral("record-fill"));
}

} // namespace tw
