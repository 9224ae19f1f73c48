// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasTool.h"
#include "ui/canvas/CanvasView.h"

#include <QLineF>
#include <QStringList>

namespace tw {

/// Moves the view: space or the hand with the left button, or the middle button.
class PanTool : public CanvasTool
{
public:
    using CanvasTool::CanvasTool;
    void press(const PointerEvent &event) override;
    void move(const PointerEvent &event) override;
    void release(const PointerEvent &event) override;
    void cancel() override;

private:
    QPoint m_last;
};

/// Selects with a click or a rubber band and drags what is selected on the grid. A drag only shows
/// where things would go; releasing asks once for the move.
class SelectTool : public CanvasTool
{
public:
    using CanvasTool::CanvasTool;
    void press(const PointerEvent &event) override;
    void move(const PointerEvent &event) override;
    void release(const PointerEvent &event) override;
    void cancel() override;
    void paintOver(QPainter &painter) const override;

private:
    enum class Doing { Nothing, MayDrag, Dragging, Banding };

    void drag(const PointerEvent &event);
    void findGuides();
    void selectBand(bool extend);
    void finish();

    Doing m_doing = Doing::Nothing;
    PointerEvent m_start;
    QString m_grabbed;
    bool m_wasSelected = false;
    QStringList m_moving;
    QPoint m_by;
    QRectF m_band;
    QStringList m_before;
    QList<QLineF> m_guides;
};

/// Draws a wire from an exit. Ends on a card (asks to connect) or on empty ground (asks for a new
/// step there). Also driven by keys: begin, aim at another card, accept.
class ConnectTool : public CanvasTool
{
public:
    using CanvasTool::CanvasTool;
    void press(const PointerEvent &event) override;
    void move(const PointerEvent &event) override;
    void release(const PointerEvent &event) override;
    void cancel() override;

    bool isAiming() const { return m_aiming; }
    /// From the first free exit of the card; false when there is nothing to connect to.
    bool begin(const QString &card);
    void aim(const QString &card);
    const QString &aimedAt() const { return m_edge.to; }
    void accept();

private:
    void track(const QPointF &scene);

    EdgeRef m_edge;
    bool m_allowed = false;
    bool m_aiming = false;
};

} // namespace tw
