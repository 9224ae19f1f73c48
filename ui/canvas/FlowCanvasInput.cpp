// SPDX-License-Identifier: GPL-3.0-or-later
// What pointer, wheel, keys and drops mean on the canvas.
#include "ui/canvas/FlowCanvas.h"

#include "ui/canvas/CanvasTools.h"
#include "ui/canvas/CardGeometry.h"

#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QNativeGestureEvent>
#include <QWheelEvent>
#include <cmath>

namespace tw {

namespace {

constexpr double kEdgeDrop = 24;
constexpr double kWheelZoom = 1.0015;

std::optional<Direction> directionOf(int key)
{
    switch (key) {
    case Qt::Key_Left:
        return Direction::Left;
    case Qt::Key_Right:
        return Direction::Right;
    case Qt::Key_Up:
        return Direction::Up;
    case Qt::Key_Down:
        return Direction::Down;
    default:
        return {};
    }
}

QPoint step(Direction direction)
{
    constexpr int grid = card_geometry::kGrid;
    switch (direction) {
    case Direction::Left:
        return {-grid, 0};
    case Direction::Right:
        return {grid, 0};
    case Direction::Up:
        return {0, -grid};
    case Direction::Down:
        break;
    }
    return {0, grid};
}

bool isStep(const QDropEvent &event)
{
    return event.mimeData()->hasFormat(QString::fromLatin1(FlowCanvas::kStepMime));
}

} // namespace

PointerEvent FlowCanvas::pointer(const QMouseEvent &event) const
{
    const QPoint at = event.position().toPoint();
    return {at, mapToScene(at), event.button(), event.modifiers()};
}

CanvasTool *FlowCanvas::toolFor(const PointerEvent &event)
{
    if (event.button == Qt::MiddleButton)
        return m_pan.get();
    if (event.button != Qt::LeftButton)
        return nullptr;
    if (m_spaceHeld || m_mode == Mode::Pan)
        return m_pan.get();
    if (detailAt(zoom()) != Detail::Block && m_scene->exitAt(event.scene))
        return m_connect.get();
    return m_select.get();
}

void FlowCanvas::mousePressEvent(QMouseEvent *event)
{
    if (m_active)
        return;
    if (m_connect->isAiming())
        m_connect->cancel();
    const PointerEvent at = pointer(*event);
    m_active = toolFor(at);
    if (m_active)
        m_active->press(at);
    event->accept();
}

void FlowCanvas::mouseMoveEvent(QMouseEvent *event)
{
    if (m_active)
        return m_active->move(pointer(*event));
    updateCursor();
    QGraphicsView::mouseMoveEvent(event);
}

void FlowCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_active)
        return;
    CanvasTool *tool = std::exchange(m_active, nullptr);
    tool->release(pointer(*event));
    viewport()->update();
}

void FlowCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    const PointerEvent at = pointer(*event);
    if (at.button != Qt::LeftButton)
        return;
    const QList<QGraphicsItem *> under = m_scene->items(at.scene);
    if (under.isEmpty())
        Q_EMIT quickAddRequested(card_geometry::snapped(at.scene), {}, {});
    else if (const QString id = CanvasScene::idOf(under.first()); !id.isEmpty())
        Q_EMIT openRequested(id);
}

void FlowCanvas::contextMenuEvent(QContextMenuEvent *event)
{
    QString id = m_focused;
    if (event->reason() == QContextMenuEvent::Mouse) {
        const QList<QGraphicsItem *> under = m_scene->items(mapToScene(event->pos()));
        id = under.isEmpty() ? QString() : CanvasScene::idOf(under.first());
        if (!id.isEmpty() && !selection().contains(id))
            select({id});
    }
    Q_EMIT menuRequested(event->globalPos(), id);
}

void FlowCanvas::updateCursor()
{
    if (m_spaceHeld || m_mode == Mode::Pan)
        return viewport()->setCursor(Qt::OpenHandCursor);
    const QPointF at = mapToScene(viewport()->mapFromGlobal(QCursor::pos()));
    viewport()->setCursor(m_scene->exitAt(at) ? Qt::CrossCursor : Qt::ArrowCursor);
}

void FlowCanvas::cancelGesture()
{
    if (CanvasTool *tool = std::exchange(m_active, nullptr))
        tool->cancel();
    if (m_connect->isAiming())
        m_connect->cancel();
}

void FlowCanvas::wheelEvent(QWheelEvent *event)
{
    const QPoint angle = event->angleDelta();
    if (event->modifiers() & Qt::ControlModifier) {
        setZoom(zoom() * std::pow(kWheelZoom, angle.y()), event->position().toPoint());
    } else {
        QPoint by = event->pixelDelta().isNull() ? angle / 2 : event->pixelDelta();
        if (event->modifiers() & Qt::ShiftModifier && by.x() == 0)
            by = by.transposed();
        panBy(by);
    }
    event->accept();
}

bool FlowCanvas::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::NativeGesture) {
        const auto *gesture = static_cast<QNativeGestureEvent *>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            setZoom(zoom() * (1 + gesture->value()), gesture->position().toPoint());
            return true;
        }
    }
    return QGraphicsView::viewportEvent(event);
}

bool FlowCanvas::event(QEvent *event)
{
    // Qt would move the focus before keyPressEvent sees it; Shift+Tab still does.
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Tab && key->modifiers() == Qt::NoModifier) {
            requestQuickAdd();
            return true;
        }
    }
    return QGraphicsView::event(event);
}

void FlowCanvas::requestQuickAdd()
{
    const CardItem *item = m_scene->card(m_focused);
    if (!item) {
        Q_EMIT quickAddRequested(card_geometry::snapped(mapToScene(middle())), {}, {});
        return;
    }
    const QString exit = freeExit(m_focused);
    const QPointF beside = item->pos() + QPointF(card_geometry::kWidth + 48, 0);
    const QPointF below = item->pos() + QPointF(48, 144);
    Q_EMIT quickAddRequested(card_geometry::snapped(exit == failureExit() ? below : beside),
                             exit.isEmpty() ? QString() : m_focused, exit);
}

void FlowCanvas::keyPressEvent(QKeyEvent *event)
{
    if (arrowKey(*event) || letterKey(*event))
        return event->accept();
    switch (event->key()) {
    case Qt::Key_Space:
        if (!event->isAutoRepeat()) {
            m_spaceHeld = true;
            updateCursor();
        }
        return event->accept();
    case Qt::Key_Escape:
        if (m_active || m_connect->isAiming())
            cancelGesture();
        else
            select({});
        return event->accept();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_connect->isAiming())
            m_connect->accept();
        else if (!m_focused.isEmpty())
            Q_EMIT openRequested(m_focused);
        return event->accept();
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        deleteSelection(event->modifiers() & Qt::ControlModifier);
        return event->accept();
    default:
        event->ignore();
    }
}

void FlowCanvas::keyReleaseEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceHeld = false;
        updateCursor();
    }
    QGraphicsView::keyReleaseEvent(event);
}

void FlowCanvas::focusOutEvent(QFocusEvent *event)
{
    m_spaceHeld = false;
    QGraphicsView::focusOutEvent(event);
}

bool FlowCanvas::arrowKey(const QKeyEvent &event)
{
    const auto direction = directionOf(event.key());
    if (!direction)
        return false;
    const Qt::KeyboardModifiers held = event.modifiers() & ~Qt::KeypadModifier;
    if (m_connect->isAiming()) {
        const QString next =
            canvas_navigation::nextCard(content(), m_connect->aimedAt(), *direction);
        if (!next.isEmpty())
            m_connect->aim(next);
    } else if (held == Qt::ControlModifier) {
        nudge(step(*direction));
    } else if (held == Qt::AltModifier) {
        moveFocus(canvas_navigation::alongEdge(content(), m_focused, *direction), false);
    } else {
        moveFocus(canvas_navigation::nextCard(content(), m_focused, *direction),
                  held == Qt::ShiftModifier);
    }
    return true;
}

bool FlowCanvas::letterKey(const QKeyEvent &event)
{
    const Qt::KeyboardModifiers held = event.modifiers() & ~Qt::KeypadModifier;
    if (held == Qt::ShiftModifier && (event.key() == Qt::Key_1 || event.key() == Qt::Key_Exclam)) {
        fit(selection());
        return true;
    }
    if (held != Qt::NoModifier)
        return false;
    switch (event.key()) {
    case Qt::Key_0:
        resetZoom();
        return true;
    case Qt::Key_1:
        fitAll();
        return true;
    case Qt::Key_C:
        if (!m_focused.isEmpty())
            m_connect->begin(m_focused);
        return true;
    case Qt::Key_N:
        Q_EMIT noteRequested(card_geometry::snapped(mapToScene(middle())));
        return true;
    case Qt::Key_G:
        Q_EMIT groupRequested(selection());
        return true;
    case Qt::Key_D:
        if (!selection().isEmpty())
            Q_EMIT offRequested();
        return true;
    default:
        return false;
    }
}

void FlowCanvas::moveFocus(const QString &id, bool extend)
{
    if (id.isEmpty())
        return;
    QStringList ids = extend ? selection() : QStringList();
    if (!ids.contains(id))
        ids.append(id);
    select(ids);
    setFocusedCard(id);
    reveal(id);
}

void FlowCanvas::nudge(const QPoint &by)
{
    QHash<QString, QPoint> moved;
    for (const QString &id : m_scene->withMembers(selection()))
        moved.insert(id, m_scene->positionOf(id) + by);
    if (!moved.isEmpty())
        Q_EMIT moveRequested(moved);
}

void FlowCanvas::deleteSelection(bool join)
{
    if (const QStringList ids = selection(); !ids.isEmpty())
        Q_EMIT deleteRequested(ids, join);
    else if (const auto edge = m_scene->selectedEdge())
        Q_EMIT disconnectRequested(*edge);
}

std::optional<EdgeRef> FlowCanvas::dropEdge(const QPointF &scene) const
{
    if (m_scene->cardAt(scene))
        return {};
    for (const EdgeView &view : content().edges) {
        const EdgeItem *item = m_scene->edge(view.ref);
        if (item && item->way().isNear(scene, kEdgeDrop))
            return view.ref;
    }
    return {};
}

void FlowCanvas::dragEnterEvent(QDragEnterEvent *event)
{
    event->setAccepted(isStep(*event));
}

void FlowCanvas::dragMoveEvent(QDragMoveEvent *event)
{
    event->setAccepted(isStep(*event));
    if (isStep(*event))
        m_scene->setDropEdge(dropEdge(mapToScene(event->position().toPoint())));
}

void FlowCanvas::dragLeaveEvent(QDragLeaveEvent *)
{
    m_scene->setDropEdge({});
}

void FlowCanvas::dropEvent(QDropEvent *event)
{
    m_scene->setDropEdge({});
    if (!isStep(*event))
        return event->ignore();
    const QPointF at = mapToScene(event->position().toPoint());
    const QByteArray type = event->mimeData()->data(QString::fromLatin1(kStepMime));
    event->acceptProposedAction();
    // The pointer holds the new card near its tile.
    Q_EMIT insertRequested(QString::fromUtf8(type), card_geometry::snapped(at - QPointF(32, 36)),
                           dropEdge(at));
}

} // namespace tw
