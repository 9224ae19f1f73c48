// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CardPainter.h"
#include "ui/canvas/EdgePainter.h"
#include "ui/canvas/EdgePath.h"

#include <QGraphicsItem>

namespace tw {

/// A card in the scene: remembers its view and look, asks CardPainter to draw. Owned by the scene.
class CardItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 1 };
    CardItem(Theme &theme, CardView view);

    int type() const override { return Type; }
    const CardView &view() const { return m_view; }
    void setView(const CardView &view);
    const CardLook &look() const { return m_look; }
    void setLook(const CardLook &look);
    QPointF portPoint(const QString &exitId) const;
    QPointF entryPoint() const;

    QRectF boundingRect() const override;
    QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *) override;

protected:
    QVariant itemChange(GraphicsItemChange change, const QVariant &value) override;
    void hoverEnterEvent(QGraphicsSceneHoverEvent *event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent *event) override;

private:
    CardPainter m_painter;
    CardView m_view;
    CardLook m_look;
};

/// A connection in the scene. Its ends are told to it; it never looks for its cards.
class EdgeItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 2 };
    EdgeItem(Theme &theme, EdgeView view);

    int type() const override { return Type; }
    const EdgeView &view() const { return m_view; }
    void setView(const EdgeView &view);
    void setEnds(const QPointF &from, const QPointF &to);
    const EdgePath &way() const { return m_way; }
    const EdgeLook &look() const { return m_look; }
    void setLook(const EdgeLook &look);

    QRectF boundingRect() const override { return m_bounds; }
    QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *) override;

protected:
    QVariant itemChange(GraphicsItemChange change, const QVariant &value) override;
    void hoverEnterEvent(QGraphicsSceneHoverEvent *event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent *event) override;

private:
    void measure();

    EdgePainter m_painter;
    EdgeView m_view;
    EdgeLook m_look;
    EdgePath m_way;
    QPointF m_from;
    QPointF m_to;
    bool m_routed = false;
    QRectF m_bounds;
};

/// The wire under the pointer while a connection is being drawn.
class WireItem : public QGraphicsItem
{
public:
    explicit WireItem(Theme &theme);
    void draw(const QPointF &from, const QPointF &to, bool failure, bool allowed);
    QRectF boundingRect() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *) override;

private:
    Theme &m_theme;
    EdgePath m_way;
    bool m_failure = false;
    bool m_allowed = true;
};

} // namespace tw
