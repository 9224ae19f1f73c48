// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CardGeometry.h"

#include "ui/base/Paint.h"

#include <QLineF>
#include <cmath>

namespace tw::card_geometry {

namespace {

constexpr double kLow = 72;
constexpr double kMiddle = 84;
constexpr double kHigh = 100;
constexpr double kFailureX = 22;
constexpr double kTile = 38;
/// Rows of a third exit and beyond.
constexpr double kExitStep = 26;

} // namespace

QSizeF size(const CardView &card)
{
    const auto exits = card.exits.size();
    if (exits > 3)
        return {kWidth, kHigh + kExitStep * double(exits - 3)};
    if (exits == 3)
        return {kWidth, kHigh};
    return {kWidth, exits == 2 || card.mappable > 0 ? kMiddle : kLow};
}

QRectF rect(const CardView &card)
{
    return {QPointF(), size(card)};
}

QPainterPath outline(const CardView &card, double inset)
{
    const QRectF box = rect(card).adjusted(inset, inset, -inset, -inset);
    const double radius = std::max(0.0, paint::kCardRadius - inset);
    QPainterPath path;
    if (!card.isTrigger) {
        path.addRoundedRect(box, radius, radius);
        return path;
    }
    const double left = box.height() / 2;
    path.moveTo(box.left() + left, box.top());
    path.lineTo(box.right() - radius, box.top());
    path.arcTo(QRectF(box.right() - 2 * radius, box.top(), 2 * radius, 2 * radius), 90, -90);
    path.lineTo(box.right(), box.bottom() - radius);
    path.arcTo(QRectF(box.right() - 2 * radius, box.bottom() - 2 * radius, 2 * radius, 2 * radius),
               0, -90);
    path.lineTo(box.left() + left, box.bottom());
    path.arcTo(QRectF(box.left(), box.top(), 2 * left, 2 * left), 270, -180);
    path.closeSubpath();
    return path;
}

QRectF paintedRect(const CardView &card)
{
    return rect(card).adjusted(-12, -14, 12, 24);
}

bool hasEntry(const CardView &card)
{
    return !card.isTrigger;
}

QPointF entry()
{
    return {0, kEntryY};
}

QPointF exit(const CardView &card, int index)
{
    const auto exits = card.exits.size();
    if (exits <= 1)
        return {kWidth, kEntryY};
    if (exits == 2)
        return {kWidth, index == 0 ? 30.0 : 66.0};
    return {kWidth, 30.0 + kExitStep * index};
}

QPointF failurePort(const CardView &card)
{
    return {kFailureX, size(card).height()};
}

QPointF port(const CardView &card, const QString &exitId)
{
    if (exitId == failureExit())
        return failurePort(card);
    for (int i = 0; i < card.exits.size(); ++i) {
        if (card.exits[i].id == exitId)
            return exit(card, i);
    }
    return {kWidth, kEntryY};
}

QRectF tile(const CardView &card)
{
    return {card.isTrigger ? 16.0 : 14.0, (kLow - kTile) / 2, kTile, kTile};
}

QRectF coverageBar(const CardView &card)
{
    return {14, size(card).height() - 14, 81, 4};
}

QRectF footer(const CardView &card)
{
    const double left = card.hasFailureExit ? 34 : 4;
    return {left, size(card).height() + 5, kWidth - left, 16};
}

QPointF badge(const CardView &, int index)
{
    return {kWidth - 7 - 24.0 * index, 2};
}

std::optional<QString> exitAt(const CardView &card, const QPointF &point)
{
    std::optional<QString> nearest;
    double best = kPortReach;
    const auto offer = [&](const QString &id) {
        const double distance = QLineF(port(card, id), point).length();
        if (distance <= best) {
            best = distance;
            nearest = id;
        }
    };
    for (const ExitView &exit : card.exits)
        offer(exit.id);
    if (card.hasFailureExit)
        offer(failureExit());
    return nearest;
}

bool entryAt(const CardView &card, const QPointF &point)
{
    return hasEntry(card) && QLineF(entry(), point).length() <= kPortReach;
}

QPoint snapped(const QPointF &position)
{
    return {int(std::lround(position.x() / kGrid)) * kGrid,
            int(std::lround(position.y() / kGrid)) * kGrid};
}

} // namespace tw::card_geometry
