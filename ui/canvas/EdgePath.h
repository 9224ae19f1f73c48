// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainterPath>
#include <QPointF>

namespace tw {

/// The way of a connection between two points in scene coordinates. Happy edges are one cubic that
/// leaves and enters level; from the failure port the way runs down, then right, with round
/// corners. A plain value: make one, ask it, throw it away.
class EdgePath
{
public:
    static EdgePath level(const QPointF &from, const QPointF &to);
    static EdgePath falling(const QPointF &from, const QPointF &to);
    /// A wire that is still being drawn, to the pointer.
    static EdgePath loose(const QPointF &from, const QPointF &to, bool fromFailurePort);

    const QPainterPath &path() const { return m_path; }
    /// Where the count sits: 48 % of the way, 26 % on falling edges.
    QPointF labelPoint() const { return m_path.pointAtPercent(m_labelAt); }
    /// The arrow head, its tip at the rim of the entry port.
    QPainterPath arrow() const;
    bool isNear(const QPointF &point, double distance) const;

private:
    EdgePath(QPainterPath path, double labelAt);

    QPainterPath m_path;
    double m_labelAt;
};

} // namespace tw
