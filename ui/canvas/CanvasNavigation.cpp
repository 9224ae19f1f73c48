// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasNavigation.h"

#include "ui/canvas/CardGeometry.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>
#include <cmath>

namespace tw::canvas_navigation {

namespace {

const CardView *find(const CanvasView &view, const QString &id)
{
    for (const CardView &card : view.cards) {
        if (card.id == id)
            return &card;
    }
    return nullptr;
}

QPointF centre(const CardView &card)
{
    return card_geometry::rect(card).center() + card.position;
}

bool leadsTo(const CanvasView &view, const QString &from, const QString &goal)
{
    QSet<QString> seen;
    QStringList open{from};
    while (!open.isEmpty()) {
        const QString at = open.takeLast();
        if (at == goal)
            return true;
        if (seen.contains(at))
            continue;
        seen.insert(at);
        for (const EdgeView &edge : view.edges) {
            if (edge.ref.from == at)
                open.append(edge.ref.to);
        }
    }
    return false;
}

QString words(const char *text)
{
    return QCoreApplication::translate("tw::FlowCanvas", text);
}

} // namespace

QString nextCard(const CanvasView &view, const QString &from, Direction direction)
{
    const CardView *start = find(view, from);
    if (!start)
        return view.cards.isEmpty() ? QString() : readingOrder(view).first();
    QString best;
    double bestScore = 0;
    for (const CardView &card : view.cards) {
        if (card.id == from)
            continue;
        const QPointF way = centre(card) - centre(*start);
        const bool lying = direction == Direction::Left || direction == Direction::Right;
        const double sign =
            direction == Direction::Right || direction == Direction::Down ? 1.0 : -1.0;
        const double along = sign * (lying ? way.x() : way.y());
        const double beside = std::abs(lying ? way.y() : way.x());
        // Cards are three times as wide as high: going down may drift further sideways.
        if (along <= 4 || beside > along * (lying ? 1.0 : 3.0))
            continue;
        const double score = along + 2 * beside;
        if (best.isEmpty() || score < bestScore) {
            best = card.id;
            bestScore = score;
        }
    }
    return best;
}

QString alongEdge(const CanvasView &view, const QString &from, Direction direction)
{
    const bool ahead = direction == Direction::Right || direction == Direction::Down;
    for (const EdgeView &edge : view.edges) {
        if (!ahead && edge.ref.to == from)
            return edge.ref.from;
        const bool failing = edge.ref.exit == failureExit();
        if (ahead && edge.ref.from == from && failing == (direction == Direction::Down))
            return edge.ref.to;
    }
    return {};
}

QList<QString> readingOrder(const CanvasView &view)
{
    QSet<QString> entered;
    for (const EdgeView &edge : view.edges)
        entered.insert(edge.ref.to);
    QList<const CardView *> starts;
    for (const CardView &card : view.cards) {
        if (!entered.contains(card.id))
            starts.append(&card);
    }
    std::stable_sort(starts.begin(), starts.end(), [](const CardView *a, const CardView *b) {
        return a->position.y() < b->position.y();
    });
    QStringList order;
    QStringList queue;
    QStringList failures;
    const auto walk = [&] {
        while (!queue.isEmpty()) {
            const QString at = queue.takeFirst();
            if (order.contains(at))
                continue;
            order.append(at);
            for (const EdgeView &edge : view.edges) {
                if (edge.ref.from == at)
                    (edge.ref.exit == failureExit() ? failures : queue).append(edge.ref.to);
            }
        }
    };
    for (const CardView *start : starts) {
        queue.append(start->id);
        walk();
    }
    while (!failures.isEmpty()) {
        queue.append(failures.takeFirst());
        walk();
    }
    for (const CardView &card : view.cards) {
        if (!order.contains(card.id))
            order.append(card.id);
    }
    return order;
}

QString refusal(const CanvasView &view, const EdgeRef &edge)
{
    const CardView *target = find(view, edge.to);
    if (!target)
        return words("There is no step here");
    if (edge.from == edge.to)
        return words("A step cannot follow itself");
    if (!card_geometry::hasEntry(*target))
        return words("A trigger starts a flow, so nothing can lead into it");
    for (const EdgeView &known : view.edges) {
        if (known.ref == edge)
            return words("These are connected already");
    }
    if (leadsTo(view, edge.to, edge.from))
        return words("This would lead records in a circle");
    return {};
}

} // namespace tw::canvas_navigation
