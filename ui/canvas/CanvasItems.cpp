// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasItems.h"

#include "ui/base/Theme.h"
#include "ui/canvas/CardGeometry.h"

#include <QPainter>
#include <QPainterPathStroker>

namespace tw {

namespace {
/// A line is 2 px; nobody should have to hit it exactly.
constexpr double kEdgeReach = 12;
} // namespace

CardItem::CardItem(Theme &theme, CardView view) : m_painter(theme), m_view(std::move(view))
{
    setFlag(ItemIsSelectable);
    setAcceptHoverEvents(true);
    setCacheMode(DeviceCoordinateCache);
    setPos(m_view.position);
    setToolTip(m_view.problem);
}

void CardItem::setView(const CardView &view)
{
    const bool moved = view.position != m_view.position;
    CardView placed = view;
    placed.position = m_view.position;
    const bool redraw = placed != m_view;
    if (redraw)
        prepareGeometryChange();
    m_view = view;
    if (moved || pos() != QPointF(view.position))
        setPos(view.position);
    if (redraw) {
        setToolTip(view.problem);
        update();
    }
}

void CardItem::setLook(const CardLook &look)
{
    m_look = look;
    update();
}

QPointF CardItem::portPoint(const QString &exitId) const
{
    return pos() + card_geometry::port(m_view, exitId);
}

QPointF CardItem::entryPoint() const
{
    return pos() + card_geometry::entry();
}

QRectF CardItem::boundingRect() const
{
    return card_geometry::paintedRect(m_view);
}

QPainterPath CardItem::shape() const
{
    return card_geometry::outline(m_view);
}

void CardItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    CardLook look = m_look;
    look.selected = isSelected();
    m_painter.paint(*painter, m_view, look);
}

QVariant CardItem::itemChange(GraphicsItemChange change, const QVariant &value)
{
    if (change == ItemSelectedHasChanged)
        setZValue(isSelected() ? 1 : 0);
    return QGraphicsItem::itemChange(change, value);
}

void CardItem::hoverEnterEvent(QGraphicsSceneHoverEvent *)
{
    m_look.hovered = true;
    update();
}

void CardItem::hoverLeaveEvent(QGraphicsSceneHoverEvent *)
{
    m_look.hovered = false;
    update();
}

EdgeItem::EdgeItem(Theme &theme, EdgeView view)
    : m_painter(theme), m_view(std::move(view)), m_way(EdgePath::level({}, {}))
{
    setFlag(ItemIsSelectable);
    setAcceptHoverEvents(true);
    setZValue(-10);
    setToolTip(m_view.lastRecord);
}

void EdgeItem::setView(const EdgeView &view)
{
    if (view == m_view)
        return;
    m_view = view;
    setToolTip(view.lastRecord);
    measure();
    update();
}

void EdgeItem::setEnds(const QPointF &from, const QPointF &to)
{
    if (m_routed && from == m_from && to == m_to)
        return;
    m_routed = true;
    m_from = from;
    m_to = to;
    m_way =
        m_view.ref.exit == failureExit() ? EdgePath::falling(from, to) : EdgePath::level(from, to);
    measure();
}

void EdgeItem::setLook(const EdgeLook &look)
{
    m_look = look;
    update();
}

void EdgeItem::measure()
{
    prepareGeometryChange();
    m_bounds = m_way.path()
                   .boundingRect()
                   .united(m_painter.labelRect(m_view, m_way))
                   .adjusted(-8, -8, 8, 8);
}

QPainterPath EdgeItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(kEdgeReach);
    QPainterPath shape = stroker.createStroke(m_way.path());
    shape.addRect(m_painter.labelRect(m_view, m_way));
    return shape;
}

void EdgeItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    EdgeLook look = m_look;
    look.selected = isSelected();
    m_painter.paint(*painter, m_view, m_way, look);
}

QVariant EdgeItem::itemChange(GraphicsItemChange change, const QVariant &value)
{
    if (change == ItemSelectedHasChanged)
        setZValue(isSelected() ? -9 : -10);
    return QGraphicsItem::itemChange(change, value);
}

void EdgeItem::hoverEnterEvent(QGraphicsSceneHoverEvent *)
{
    m_look.hovered = true;
    update();
}

void EdgeItem::hoverLeaveEvent(QGraphicsSceneHoverEvent *)
{
    m_look.hovered = false;
    update();
}

WireItem::WireItem(Theme &theme) : m_theme(theme), m_way(EdgePath::level({}, {}))
{
    setZValue(5);
    setVisible(false);
}

void WireItem::draw(const QPointF &from, const QPointF &to, bool failure, bool allowed)
{
    prepareGeometryChange();
    m_way = EdgePath::loose(from, to, failure);
    m_failure = failure;
    m_allowed = allowed;
    setVisible(true);
    update();
}

QRectF WireItem::boundingRect() const
{
    return m_way.path().boundingRect().adjusted(-6, -6, 6, 6);
}

void WireItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const Token token = !m_allowed ? Token::Control : m_failure ? Token::Err : Token::Accent;
    QPen pen(m_theme.color(token), 2.2);
    if (m_failure || !m_allowed)
        pen.setDashPattern({4, 2.4});
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(pen);
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(m_way.path());
    painter->setBrush(m_theme.color(token));
    painter->setPen(Qt::NoPen);
    painter->drawEllipse(m_way.path().pointAtPercent(1), 4, 4);
}

} // namespace tw
