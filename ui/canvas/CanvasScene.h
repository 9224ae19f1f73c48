// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasItems.h"
#include "ui/canvas/CanvasView.h"
#include "ui/canvas/PaperItems.h"

#include <QGraphicsScene>
#include <QHash>
#include <QTimer>
#include <optional>

namespace tw {

class Theme;

/// Keeps one item per id of the view and brings them up to date one by one: an item whose view did
/// not change is not touched, so selection, hover and caches survive. Owns its items. What tools
/// show for a moment (previews, wires, targets) is undone by the matching end… call.
class CanvasScene : public QGraphicsScene
{
    Q_OBJECT
public:
    explicit CanvasScene(Theme &theme, QObject *parent = nullptr);

    void sync(const CanvasView &view);
    const CanvasView &content() const { return m_content; }

    CardItem *card(const QString &id) const { return m_cards.value(id); }
    EdgeItem *edge(const EdgeRef &ref) const { return m_edges.value(ref); }
    CardItem *cardAt(const QPointF &point) const;
    EdgeItem *edgeAt(const QPointF &point) const;
    /// The card and exit whose port is in reach of `point`.
    std::optional<EdgeRef> exitAt(const QPointF &point) const;
    /// Id of the card, note or group an item stands for; empty for edges.
    static QString idOf(const QGraphicsItem *item);

    QStringList selectedIds() const;
    std::optional<EdgeRef> selectedEdge() const;
    void select(const QStringList &ids);
    QRectF contentRect(const QStringList &ids = {}) const;

    void setZoom(double zoom);
    void setFocusedCard(const QString &id);
    void setTarget(const QString &id);
    void setDropEdge(const std::optional<EdgeRef> &ref);

    /// `ids` with the members of the groups among them.
    QStringList withMembers(const QStringList &ids) const;
    QPoint positionOf(const QString &id) const;
    void previewMove(const QStringList &ids, const QPoint &by);
    void endPreview();

    void showWire(const EdgeRef &from, const QPointF &to, bool allowed);
    void hideWire();

private:
    void syncCards();
    void syncEdges();
    void syncPaper();
    /// The card itself, the folded group that hides it, or nothing.
    QString standsIn(const QString &card) const;
    void route(EdgeItem &edge) const;
    void routeAll();
    void turnRings();
    QGraphicsItem *itemOf(const QString &id) const;

    Theme &m_theme;
    CanvasView m_content;
    QHash<QString, CardItem *> m_cards;
    QHash<EdgeRef, EdgeItem *> m_edges;
    QHash<QString, GroupItem *> m_groups;
    QHash<QString, NoteItem *> m_notes;
    WireItem *m_wire;
    QTimer m_turning;
    QString m_focused;
    QString m_target;
    std::optional<EdgeRef> m_dropEdge;
    double m_zoom = 1;
};

} // namespace tw
