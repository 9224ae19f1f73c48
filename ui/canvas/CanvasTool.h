// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPoint>
#include <QPointF>
#include <Qt>

class QPainter;

namespace tw {

class FlowCanvas;

struct PointerEvent
{
    QPoint viewport;
    QPointF scene;
    Qt::MouseButton button = Qt::NoButton;
    Qt::KeyboardModifiers modifiers;
};

/// One way of using the pointer: from press to release (or cancel) one tool has it alone.
/// Owned by the canvas, which calls in order press, move…, then release or cancel.
class CanvasTool
{
public:
    explicit CanvasTool(FlowCanvas &canvas) : m_canvas(canvas) {}
    virtual ~CanvasTool() = default;
    CanvasTool(const CanvasTool &) = delete;
    CanvasTool &operator=(const CanvasTool &) = delete;

    virtual void press(const PointerEvent &event) = 0;
    virtual void move(const PointerEvent &event) = 0;
    virtual void release(const PointerEvent &event) = 0;
    virtual void cancel() = 0;
    /// Over everything, in scene coordinates: rubber bands and guides.
    virtual void paintOver(QPainter &) const {}

protected:
    FlowCanvas &m_canvas;
};

} // namespace tw
