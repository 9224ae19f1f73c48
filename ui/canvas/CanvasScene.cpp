// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasScene.h"

#include "ui/base/Theme.h"
#include "ui/canvas/CardGeometry.h"

#include <QSet>
#include <algorithm>
#include <chrono>

namespace tw {

namespace {

using namespace std::chrono_literals;
constexpr auto kTurnEvery = 100ms;
constexpr int kTurnStep = 30;
/// A cached pixmap larger than the view is clipped by Qt and costs more than it saves.
constexpr double kCacheUpTo = 2.0;

/// Brings `items` in line with `views`: keeps, adds, removes. `make` creates, `key` names.
template <typename Items, typename Views, typename Key, typename Make>
void bringInLine(QGraphicsScene &scene, Items &items, const Views &views, Key key, Make make)
{
    QSet<typename Items::key_type> wanted;
    for (const auto &view : views) {
        wanted.insert(key(view));
        if (auto *known = items.value(key(view))) {
            known->setView(view);
        } else {
            auto *made = make(view);
            scene.addItem(made);
            items.insert(key(view), made);
        }
    }
    for (auto it = items.begin(); it != items.end();) {
        if (wanted.contains(it.key())) {
            ++it;
            continue;
        }
        delete it.value();
        it = items.erase(it);
    }
}

} // namespace

CanvasScene::CanvasScene(Theme &theme, QObject *parent)
    : QGraphicsScene(parent), m_theme(theme), m_wire(new WireItem(theme))
{
    addItem(m_wire);
    m_turning.setInterval(kTurnEvery);
    connect(&m_turning, &QTimer::timeout, this, &CanvasScene::turnRings);
    connect(&theme, &Theme::changed, this, [this] {
        for (QGraphicsItem *item : items())
            item->update();
    });
}

void CanvasScene::sync(const CanvasView &view)
{
    if (view == m_content)
        return endPreview();
    m_content = view;
    syncPaper();
    syncCards();
    syncEdges();
    const bool running =
        std::any_of(view.cards.begin(), view.cards.end(),
                    [](const CardView &card) { return card.state == CardState::Running; });
    if (running && !m_theme.reduceMotion())
        m_turning.start();
    else
        m_turning.stop();
}

void CanvasScene::syncCards()
{
    bringInLine(
        *this, m_cards, m_content.cards, [](const CardView &view) { return view.id; },
        [this](const CardView &view) {
            auto *item = new CardItem(m_theme, view);
            CardLook look;
            look.detail = detailAt(m_zoom);
            item->setLook(look);
            if (m_zoom > kCacheUpTo)
                item->setCacheMode(QGraphicsItem::NoCache);
            return item;
        });
}

void CanvasScene::syncEdges()
{
    // Within a folded group there is nothing to draw; wires to and from it end at its frame.
    QList<EdgeView> shown;
    for (const EdgeView &edge : m_content.edges) {
        const QString from = standsIn(edge.ref.from);
        const QString to = standsIn(edge.ref.to);
        if (!from.isEmpty() && !to.isEmpty() && from != to)
            shown.append(edge);
    }
    bringInLine(
        *this, m_edges, shown, [](const EdgeView &view) { return view.ref; },
        [this](const EdgeView &view) {
            auto *item = new EdgeItem(m_theme, view);
            EdgeLook look;
            look.labels = edgeLabelsAt(m_zoom);
            item->setLook(look);
            return item;
        });
    routeAll();
}

void CanvasScene::syncPaper()
{
    bringInLine(
        *this, m_groups, m_content.groups, [](const GroupView &view) { return view.id; },
        [this](const GroupView &view) { return new GroupItem(m_theme, view); });
    bringInLine(
        *this, m_notes, m_content.notes, [](const NoteView &view) { return view.id; },
        [this](const NoteView &view) { return new NoteItem(m_theme, view); });
}

QString CanvasScene::standsIn(const QString &card) const
{
    if (m_cards.contains(card))
        return card;
    for (const GroupItem *group : m_groups) {
        if (group->view().folded && group->view().members.contains(card))
            return group->view().id;
    }
    return {};
}

void CanvasScene::route(EdgeItem &edge) const
{
    const EdgeRef &ref = edge.view().ref;
    const QString from = standsIn(ref.from);
    const QString to = standsIn(ref.to);
    if (from.isEmpty() || to.isEmpty())
        return;
    const CardItem *source = m_cards.value(from);
    const CardItem *target = m_cards.value(to);
    edge.setEnds(source ? source->portPoint(ref.exit) : m_groups.value(from)->wireOut(),
                 target ? target->entryPoint() : m_groups.value(to)->wireIn());
}

void CanvasScene::routeAll()
{
    for (EdgeItem *edge : std::as_const(m_edges))
        route(*edge);
}

void CanvasScene::turnRings()
{
    for (CardItem *item : std::as_const(m_cards)) {
        if (item->view().state != CardState::Running)
            continue;
        CardLook look = item->look();
        look.turn = (look.turn + kTurnStep) % 360;
        item->setLook(look);
    }
}

CardItem *CanvasScene::cardAt(const QPointF &point) const
{
    for (QGraphicsItem *item : items(point)) {
        if (auto *card = qgraphicsitem_cast<CardItem *>(item))
            return card;
    }
    return nullptr;
}

EdgeItem *CanvasScene::edgeAt(const QPointF &point) const
{
    for (QGraphicsItem *item : items(point)) {
        if (auto *edge = qgraphicsitem_cast<EdgeItem *>(item))
            return edge;
    }
    return nullptr;
}

std::optional<EdgeRef> CanvasScene::exitAt(const QPointF &point) const
{
    for (const CardItem *item : m_cards) {
        if (!item->sceneBoundingRect().adjusted(-8, -8, 8, 8).contains(point))
            continue;
        if (const auto exit = card_geometry::exitAt(item->view(), item->mapFromScene(point)))
            return EdgeRef{item->view().id, *exit, {}};
    }
    return {};
}

QString CanvasScene::idOf(const QGraphicsItem *item)
{
    if (const auto *card = qgraphicsitem_cast<const CardItem *>(item))
        return card->view().id;
    if (const auto *note = qgraphicsitem_cast<const NoteItem *>(item))
        return note->view().id;
    if (const auto *group = qgraphicsitem_cast<const GroupItem *>(item))
        return group->view().id;
    return {};
}

QGraphicsItem *CanvasScene::itemOf(const QString &id) const
{
    if (auto *card = m_cards.value(id))
        return card;
    if (auto *note = m_notes.value(id))
        return note;
    return m_groups.value(id);
}

QStringList CanvasScene::selectedIds() const
{
    QStringList ids;
    // In the order of the view, so that equal selections are equal lists.
    for (const CardView &card : m_content.cards) {
        const CardItem *item = m_cards.value(card.id);
        if (item && item->isSelected())
            ids.append(card.id);
    }
    for (const NoteView &note : m_content.notes) {
        if (const NoteItem *item = m_notes.value(note.id); item && item->isSelected())
            ids.append(note.id);
    }
    for (const GroupView &group : m_content.groups) {
        if (const GroupItem *item = m_groups.value(group.id); item && item->isSelected())
            ids.append(group.id);
    }
    return ids;
}

std::optional<EdgeRef> CanvasScene::selectedEdge() const
{
    for (const EdgeItem *edge : m_edges) {
        if (edge->isSelected())
            return edge->view().ref;
    }
    return {};
}

void CanvasScene::select(const QStringList &ids)
{
    const QSignalBlocker silent(this);
    clearSelection();
    for (const QString &id : ids) {
        if (QGraphicsItem *item = itemOf(id))
            item->setSelected(true);
    }
}

QRectF CanvasScene::contentRect(const QStringList &ids) const
{
    QRectF all;
    const auto add = [&](const QString &id, const QRectF &rect) {
        if (ids.isEmpty() || ids.contains(id))
            all = all.united(rect);
    };
    for (const CardView &card : m_content.cards)
        add(card.id, card_geometry::rect(card).translated(card.position));
    for (const NoteView &note : m_content.notes)
        add(note.id, note.rect);
    for (const GroupView &group : m_content.groups) {
        if (const GroupItem *item = m_groups.value(group.id))
            add(group.id, item->frame().translated(group.rect.topLeft()));
    }
    return all;
}

void CanvasScene::setZoom(double zoom)
{
    const Detail detail = detailAt(zoom);
    const bool labels = edgeLabelsAt(zoom);
    const bool cached = zoom <= kCacheUpTo;
    const bool same = detail == detailAt(m_zoom) && labels == edgeLabelsAt(m_zoom) &&
                      cached == (m_zoom <= kCacheUpTo);
    m_zoom = zoom;
    if (same)
        return;
    for (CardItem *item : std::as_const(m_cards)) {
        CardLook look = item->look();
        look.detail = detail;
        item->setCacheMode(cached ? QGraphicsItem::DeviceCoordinateCache : QGraphicsItem::NoCache);
        item->setLook(look);
    }
    for (EdgeItem *item : std::as_const(m_edges)) {
        EdgeLook look = item->look();
        look.labels = labels;
        item->setLook(look);
    }
}

void CanvasScene::setFocusedCard(const QString &id)
{
    for (const QString &which : {std::exchange(m_focused, id), id}) {
        if (CardItem *item = card(which)) {
            CardLook look = item->look();
            look.focused = which == id;
            item->setLook(look);
        }
    }
}

void CanvasScene::setTarget(const QString &id)
{
    for (const QString &which : {std::exchange(m_target, id), id}) {
        if (CardItem *item = card(which)) {
            CardLook look = item->look();
            look.target = which == id;
            item->setLook(look);
        }
    }
}

void CanvasScene::setDropEdge(const std::optional<EdgeRef> &ref)
{
    for (const auto &which : {std::exchange(m_dropEdge, ref), ref}) {
        EdgeItem *item = which ? edge(*which) : nullptr;
        if (!item)
            continue;
        EdgeLook look = item->look();
        look.dropTarget = which == ref;
        item->setLook(look);
    }
}

QStringList CanvasScene::withMembers(const QStringList &ids) const
{
    QStringList all = ids;
    for (const QString &id : ids) {
        const GroupItem *group = m_groups.value(id);
        for (const QString &member : group ? group->view().members : QStringList()) {
            if (itemOf(member))
                all.append(member);
        }
    }
    all.removeDuplicates();
    return all;
}

QPoint CanvasScene::positionOf(const QString &id) const
{
    if (const CardItem *item = m_cards.value(id))
        return item->view().position;
    if (const NoteItem *item = m_notes.value(id))
        return item->view().rect.topLeft();
    if (const GroupItem *item = m_groups.value(id))
        return item->view().rect.topLeft();
    return {};
}

void CanvasScene::previewMove(const QStringList &ids, const QPoint &by)
{
    for (const QString &id : ids) {
        if (QGraphicsItem *item = itemOf(id))
            item->setPos(positionOf(id) + by);
    }
    routeAll();
}

void CanvasScene::endPreview()
{
    for (CardItem *item : std::as_const(m_cards))
        item->setPos(item->view().position);
    for (NoteItem *item : std::as_const(m_notes))
        item->setPos(item->view().rect.topLeft());
    for (GroupItem *item : std::as_const(m_groups))
        item->setPos(item->view().rect.topLeft());
    routeAll();
}

void CanvasScene::showWire(const EdgeRef &from, const QPointF &to, bool allowed)
{
    if (const CardItem *item = card(from.from))
        m_wire->draw(item->portPoint(from.exit), to, from.exit == failureExit(), allowed);
}

void CanvasScene::hideWire()
{
    m_wire->setVisible(false);
}

} // namespace tw
