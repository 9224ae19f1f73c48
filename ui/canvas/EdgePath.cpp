// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/EdgePath.h"

#include "ui/canvas/CardGeometry.h"

#include <QPainterPathStroker>
#include <cmath>

namespace tw {

namespace {

constexpr double kCorner = 16;
constexpr double kArrow = 8;
constexpr double kLevelLabel = 0.48;
constexpr double kFallingLabel = 0.26;
/// Room for a wire that has to turn back to a card at its left.
constexpr double kTurn = 40;

} // namespace

EdgePath::EdgePath(QPainterPath path, double labelAt) : m_path(std::move(path)), m_labelAt(labelAt)
{}

EdgePath EdgePath::level(const QPointF &from, const QPointF &to)
{
    const double ahead = to.x() - from.x();
    const double aside = std::abs(to.y() - from.y());
    // Steep ways stay level for longer, so that they never cut a corner of their cards.
    const double steep = std::min(aside / 2, std::max(ahead, kTurn));
    const double reach = ahead > 0 ? std::max({ahead / 2, steep, 16.0})
                                   : std::min(kTurn * 4, kTurn + std::abs(ahead) / 2);
    QPainterPath path(from);
    path.cubicTo(from + QPointF(reach, 0), to - QPointF(reach, 0), to);
    return {path, kLevelLabel};
}

EdgePath EdgePath::falling(const QPointF &from, const QPointF &to)
{
    QPainterPath path(from);
    const bool simple = to.x() - from.x() >= kCorner && to.y() - from.y() >= kCorner;
    if (simple) {
        path.lineTo(from.x(), to.y() - kCorner);
        path.quadTo(QPointF(from.x(), to.y()), QPointF(from.x() + kCorner, to.y()));
        path.lineTo(to);
        return {path, kFallingLabel};
    }
    // The target stands left or above: fall a little, then come to it from its left.
    const double floor = from.y() + kTurn;
    const double side = std::min(from.x(), to.x() - kTurn);
    path.cubicTo(QPointF(from.x(), floor), QPointF(side, floor),
                 QPointF(side, (floor + to.y()) / 2));
    path.cubicTo(QPointF(side, to.y()), QPointF(side, to.y()), to);
    return {path, kFallingLabel};
}

EdgePath EdgePath::loose(const QPointF &from, const QPointF &to, bool fromFailurePort)
{
    return fromFailurePort ? falling(from, to) : level(from, to);
}

QPainterPath EdgePath::arrow() const
{
    const QPointF end = m_path.pointAtPercent(1);
    const QPointF tip(end.x() - card_geometry::kPortRadius - 0.5, end.y());
    QPainterPath head(tip);
    head.lineTo(tip + QPointF(-kArrow, -kArrow * 0.45));
    head.lineTo(tip + QPointF(-kArrow, kArrow * 0.45));
    head.closeSubpath();
    return head;
}

bool EdgePath::isNear(const QPointF &point, double distance) const
{
    const QRectF reach = m_path.boundingRect().adjusted(-distance, -distance, distance, distance);
    if (!reach.contains(point))
        return false;
    QPainterPathStroker stroker;
    stroker.setWidth(2 * distance);
    return stroker.createStroke(m_path).contains(point);
}

} // namespace tw
