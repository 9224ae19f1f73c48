// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasTools.h"

#include "ui/base/Paint.h"
#include "ui/base/Theme.h"
#include "ui/canvas/CanvasNavigation.h"
#include "ui/canvas/CardGeometry.h"
#include "ui/canvas/FlowCanvas.h"

#include <QApplication>
#include <QPainter>
#include <QToolTip>

namespace tw {

void PanTool::press(const PointerEvent &event)
{
    m_last = event.viewport;
    m_canvas.viewport()->setCursor(Qt::ClosedHandCursor);
}

void PanTool::move(const PointerEvent &event)
{
    m_canvas.panBy(event.viewport - m_last);
    m_last = event.viewport;
}

void PanTool::release(const PointerEvent &)
{
    cancel();
}

void PanTool::cancel()
{
    m_canvas.updateCursor();
}

void SelectTool::press(const PointerEvent &event)
{
    m_start = event;
    CanvasScene &scene = m_canvas.canvasScene();
    const bool extend = event.modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
    m_before = scene.selectedIds();
    m_grabbed.clear();
    const QList<QGraphicsItem *> under = scene.items(event.scene);
    QGraphicsItem *item = under.isEmpty() ? nullptr : under.first();
    m_grabbed = CanvasScene::idOf(item);

    if (auto *group = qgraphicsitem_cast<GroupItem *>(item);
        group && group->isFoldMark(group->mapFromScene(event.scene))) {
        Q_EMIT m_canvas.foldRequested(group->view().id, !group->view().folded);
        return;
    }
    if (!m_grabbed.isEmpty()) {
        m_wasSelected = item->isSelected();
        if (extend)
            item->setSelected(!m_wasSelected);
        else if (!m_wasSelected)
            m_canvas.select({m_grabbed});
        m_canvas.setFocusedCard(m_grabbed, false);
        m_doing = Doing::MayDrag;
        return;
    }
    if (!extend)
        scene.clearSelection();
    if (item) {
        item->setSelected(true);
        if (auto *edge = qgraphicsitem_cast<EdgeItem *>(item))
            Q_EMIT m_canvas.edgePicked(edge->view().ref);
        return;
    }
    m_band = QRectF(event.scene, QSizeF());
    m_doing = Doing::Banding;
}

void SelectTool::move(const PointerEvent &event)
{
    if (m_doing == Doing::Banding) {
        m_band = QRectF(m_start.scene, event.scene).normalized();
        selectBand(event.modifiers & (Qt::ControlModifier | Qt::ShiftModifier));
        m_canvas.viewport()->update();
    } else if (m_doing == Doing::MayDrag) {
        const QPoint far = event.viewport - m_start.viewport;
        if (far.manhattanLength() < QApplication::startDragDistance())
            return;
        const QStringList chosen = m_canvas.selection();
        if (!chosen.contains(m_grabbed))
            return;
        m_moving = m_canvas.canvasScene().withMembers(chosen);
        m_doing = Doing::Dragging;
        drag(event);
    } else if (m_doing == Doing::Dragging) {
        drag(event);
    }
}

void SelectTool::drag(const PointerEvent &event)
{
    CanvasScene &scene = m_canvas.canvasScene();
    const QPoint home = scene.positionOf(m_grabbed);
    m_by = card_geometry::snapped(home + (event.scene - m_start.scene)) - home;
    scene.previewMove(m_moving, m_by);
    findGuides();
    m_canvas.viewport()->update();
}

void SelectTool::findGuides()
{
    m_guides.clear();
    const CanvasScene &scene = m_canvas.canvasScene();
    const CardItem *held = scene.card(m_grabbed);
    if (!held)
        return;
    const QRectF own = card_geometry::rect(held->view()).translated(held->pos());
    for (const CardView &card : scene.content().cards) {
        if (m_moving.contains(card.id))
            continue;
        const QRectF other = card_geometry::rect(card).translated(card.position);
        if (other.top() == own.top())
            m_guides.append({std::min(own.left(), other.left()), own.top(),
                             std::max(own.right(), other.right()), own.top()});
        if (other.left() == own.left())
            m_guides.append({own.left(), std::min(own.top(), other.top()), own.left(),
                             std::max(own.bottom(), other.bottom())});
    }
}

void SelectTool::selectBand(bool extend)
{
    QStringList ids = extend ? m_before : QStringList();
    for (const QGraphicsItem *item :
         m_canvas.canvasScene().items(m_band, Qt::IntersectsItemShape)) {
        // A band inside a group must not take the group: it has to reach round its frame.
        const bool whole = !qgraphicsitem_cast<const GroupItem *>(item) ||
                           m_band.contains(item->sceneBoundingRect());
        if (const QString id = CanvasScene::idOf(item); !id.isEmpty() && whole)
            ids.append(id);
    }
    m_canvas.select(ids);
}

void SelectTool::release(const PointerEvent &event)
{
    if (m_doing == Doing::Dragging && !m_by.isNull()) {
        QHash<QString, QPoint> targets;
        for (const QString &id : std::as_const(m_moving))
            targets.insert(id, m_canvas.canvasScene().positionOf(id) + m_by);
        finish();
        Q_EMIT m_canvas.moveRequested(targets);
        // Whoever owns the flow has answered by now or has refused.
        m_canvas.canvasScene().endPreview();
        return;
    }
    const bool plain = !(event.modifiers & (Qt::ControlModifier | Qt::ShiftModifier));
    if (m_doing == Doing::MayDrag && m_wasSelected && plain)
        m_canvas.select({m_grabbed});
    cancel();
}

void SelectTool::cancel()
{
    const bool dragged = m_doing == Doing::Dragging;
    finish();
    if (dragged)
        m_canvas.canvasScene().endPreview();
}

void SelectTool::finish()
{
    m_doing = Doing::Nothing;
    m_by = {};
    m_moving.clear();
    m_guides.clear();
    m_band = {};
    m_canvas.viewport()->update();
}

void SelectTool::paintOver(QPainter &painter) const
{
    const QColor accent = Theme::current().color(Token::Accent);
    painter.setPen(QPen(accent, 0));
    if (m_doing == Doing::Banding) {
        painter.setBrush(paint::faded(accent, 0.08));
        painter.drawRect(m_band);
    }
    painter.drawLines(m_guides);
}

void ConnectTool::press(const PointerEvent &event)
{
    if (const auto exit = m_canvas.canvasScene().exitAt(event.scene))
        m_edge = *exit;
    track(event.scene);
}

void ConnectTool::move(const PointerEvent &event)
{
    track(event.scene);
}

void ConnectTool::track(const QPointF &scene)
{
    CanvasScene &canvas = m_canvas.canvasScene();
    const double reach = card_geometry::kPortReach;
    CardItem *target = canvas.cardAt(scene);
    if (!target)
        target = canvas.cardAt(scene + QPointF(reach, 0));
    m_edge.to = target && target->view().id != m_edge.from ? target->view().id : QString();
    const QString refused = m_edge.to.isEmpty() ? QString() : m_canvas.refusal(m_edge);
    m_allowed = !m_edge.to.isEmpty() && refused.isEmpty();
    canvas.setTarget(m_allowed ? m_edge.to : QString());
    canvas.showWire(m_edge, m_allowed ? target->entryPoint() : scene, refused.isEmpty());
    m_canvas.viewport()->setCursor(refused.isEmpty() ? Qt::CrossCursor : Qt::ForbiddenCursor);
    if (!refused.isEmpty())
        QToolTip::showText(m_canvas.viewport()->mapToGlobal(m_canvas.mapFromScene(scene)), refused,
                           m_canvas.viewport());
    else
        QToolTip::hideText();
}

void ConnectTool::release(const PointerEvent &event)
{
    track(event.scene);
    const EdgeRef edge = m_edge;
    const bool allowed = m_allowed;
    const CardItem *source = m_canvas.canvasScene().card(edge.from);
    const bool far = source && QLineF(source->portPoint(edge.exit), event.scene).length() >
                                   card_geometry::kPortReach;
    cancel();
    if (allowed)
        Q_EMIT m_canvas.connectRequested(edge.from, edge.exit, edge.to);
    else if (edge.to.isEmpty() && far && !m_canvas.canvasScene().cardAt(event.scene))
        Q_EMIT m_canvas.quickAddRequested(card_geometry::snapped(event.scene), edge.from,
                                          edge.exit);
}

void ConnectTool::cancel()
{
    m_edge = {};
    m_allowed = false;
    m_aiming = false;
    m_canvas.canvasScene().setTarget({});
    m_canvas.canvasScene().hideWire();
    m_canvas.updateCursor();
    QToolTip::hideText();
}

bool ConnectTool::begin(const QString &card)
{
    m_edge = {card, m_canvas.freeExit(card), {}};
    if (m_edge.exit.isEmpty())
        return false;
    for (const QString &id : canvas_navigation::readingOrder(m_canvas.content())) {
        if (!m_canvas.refusal({card, m_edge.exit, id}).isEmpty())
            continue;
        m_aiming = true;
        aim(id);
        return true;
    }
    return false;
}

void ConnectTool::aim(const QString &card)
{
    CardItem *target = m_canvas.canvasScene().card(card);
    if (!target)
        return;
    m_edge.to = card;
    m_allowed = m_canvas.refusal(m_edge).isEmpty();
    m_canvas.canvasScene().setTarget(m_allowed ? card : QString());
    m_canvas.canvasScene().showWire(m_edge, target->entryPoint(), m_allowed);
    m_canvas.reveal(card);
}

void ConnectTool::accept()
{
    const EdgeRef edge = m_edge;
    const bool allowed = m_allowed;
    cancel();
    if (allowed)
        Q_EMIT m_canvas.connectRequested(edge.from, edge.exit, edge.to);
}

} // namespace tw
