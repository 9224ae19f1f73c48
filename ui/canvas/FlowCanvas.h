// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasGrid.h"
#include "ui/canvas/CanvasNavigation.h"
#include "ui/canvas/CanvasScene.h"
#include "ui/canvas/CanvasTool.h"

#include <QGraphicsView>
#include <functional>
#include <memory>
#include <optional>

namespace tw {

class CanvasToolbar;
class ConnectTool;
class MinimapView;

/// Shows a flow and turns what people do into requests. It never changes the flow: the owner
/// answers a request by calling setContent, at best inside the signal; without an answer the
/// picture goes back to what it was. Owns selection, keyboard focus, zoom and its overlays
/// (toolbar, minimap). GUI thread.
class FlowCanvas : public QGraphicsView
{
    Q_OBJECT
public:
    /// MIME type of a step dragged from the palette; the data is the step's type in UTF-8.
    static constexpr const char *kStepMime = "application/x-tidewire-node-type";
    static constexpr double kLeastZoom = 0.1;
    static constexpr double kMostZoom = 4.0;
    enum class Mode { Select, Pan };
    /// Answers why a wire may not be drawn, in words, or nothing.
    using ConnectRule = std::function<QString(const EdgeRef &)>;

    explicit FlowCanvas(QWidget *parent = nullptr);
    ~FlowCanvas() override;

    void setContent(const CanvasView &content);
    const CanvasView &content() const { return m_scene->content(); }
    CanvasScene &canvasScene() { return *m_scene; }
    CanvasToolbar &toolbar() { return *m_toolbar; }
    MinimapView &minimap() { return *m_minimap; }

    QStringList selection() const { return m_scene->selectedIds(); }
    void select(const QStringList &ids);
    QString focusedCard() const { return m_focused; }
    /// `shown` draws the keyboard's ring; a click moves the focus without it.
    void setFocusedCard(const QString &id, bool shown = true);

    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    /// Replaces the canvas's own rule (no circles, nothing into triggers, nothing twice).
    void setConnectRule(ConnectRule rule) { m_rule = std::move(rule); }
    QString refusal(const EdgeRef &edge) const;
    /// The first exit without a wire, happy exits first; empty if there is none.
    QString freeExit(const QString &card) const;

    double zoom() const { return transform().m11(); }
    /// Keeps the point of the flow under `anchor` (viewport coordinates; the middle if absent).
    void setZoom(double zoom, std::optional<QPoint> anchor = {});
    void fit(const QStringList &ids = {});
    /// Height at the upper end that fitting leaves to something lying over the canvas.
    void setRoomAbove(int pixels) { m_above = pixels; }
    void panBy(const QPoint &pixels);
    void reveal(const QString &id);
    void updateCursor();

public Q_SLOTS:
    void zoomIn() { setZoom(zoom() * 1.2); }
    void zoomOut() { setZoom(zoom() / 1.2); }
    void resetZoom() { setZoom(1); }
    void fitAll() { fit(); }
    void alignLeft();
    void distribute();
    void cancelGesture();

Q_SIGNALS:
    /// One gesture, one signal: cards, notes and groups with their new top left corners.
    void moveRequested(const QHash<QString, QPoint> &positions);
    void connectRequested(const QString &fromId, const QString &exitId, const QString &toId);
    void disconnectRequested(const tw::EdgeRef &edge);
    /// `join` connects the neighbours of what goes (Ctrl+Delete).
    void deleteRequested(const QStringList &ids, bool join);
    /// A step was dropped; with an edge it is to be inserted there.
    void insertRequested(const QString &type, const QPoint &position,
                         const std::optional<tw::EdgeRef> &edge);
    /// A step is wanted here; `fromId` and `exitId` are empty unless it is to follow one.
    void quickAddRequested(const QPoint &position, const QString &fromId, const QString &exitId);
    void openRequested(const QString &id);
    void foldRequested(const QString &groupId, bool folded);
    void edgePicked(const tw::EdgeRef &edge);
    /// `id` is the card, note or group under the pointer, or empty.
    void menuRequested(const QPoint &globalPosition, const QString &id);
    void selectionChanged(const QStringList &ids);
    void zoomChanged(double zoom);
    void modeChanged(tw::FlowCanvas::Mode mode);
    void tidyRequested(const QStringList &ids);
    void noteRequested(const QPoint &position);
    void groupRequested(const QStringList &ids);
    void offRequested(); ///< The selection is to be switched off, or on again.

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    PointerEvent pointer(const QMouseEvent &event) const;
    CanvasTool *toolFor(const PointerEvent &event);
    std::optional<EdgeRef> dropEdge(const QPointF &scene) const;
    void makeOverlays();
    void placeOverlays();
    void updateMinimap();
    void announceSelection();
    QPoint middle() const;
    bool arrowKey(const QKeyEvent &event);
    bool letterKey(const QKeyEvent &event);
    void moveFocus(const QString &id, bool extend);
    void nudge(const QPoint &by);
    void deleteSelection(bool join);
    void requestQuickAdd();

    CanvasScene *m_scene;
    CanvasGrid m_grid;
    std::unique_ptr<CanvasTool> m_select;
    std::unique_ptr<CanvasTool> m_pan;
    std::unique_ptr<ConnectTool> m_connect;
    CanvasTool *m_active = nullptr;
    CanvasToolbar *m_toolbar = nullptr;
    MinimapView *m_minimap = nullptr;
    ConnectRule m_rule;
    QString m_focused;
    QStringList m_announced;
    Mode m_mode = Mode::Select;
    bool m_spaceHeld = false;
    int m_above = 0;
};

} // namespace tw
