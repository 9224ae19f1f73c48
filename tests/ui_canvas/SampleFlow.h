// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

namespace tw::sample {

/// The ten steps of the design pictures: charges to payments, after a run or during one.
enum class Moment { Resting, AfterRun, DuringRun };

inline CardView card(const char *id, StepKind kind, const char *icon, const char *label,
                     const char *title, const char *subtitle, QPoint position)
{
    CardView card;
    card.id = QString::fromLatin1(id);
    card.kind = kind;
    card.icon = QString::fromLatin1(icon);
    card.kindLabel = QString::fromLatin1(label);
    card.title = QString::fromLatin1(title);
    card.subtitle = QString::fromLatin1(subtitle);
    card.position = position;
    return card;
}

inline QList<ExitView> exits(std::initializer_list<const char *> ids)
{
    QList<ExitView> list;
    for (const char *id : ids)
        list.append({QString::fromLatin1(id), QString::fromLatin1(id)});
    return list;
}

inline EdgeView edge(const char *from, const char *exit, const char *to, const char *label = "",
                     bool failure = false)
{
    EdgeView edge;
    edge.ref = {QString::fromLatin1(from), QString::fromLatin1(exit), QString::fromLatin1(to)};
    edge.label = QString::fromLatin1(label);
    edge.failure = failure;
    return edge;
}

inline void addCards(CanvasView &view)
{
    using K = StepKind;
    CardView charge =
        card("charge", K::Trigger, "stripe", "Trigger", "Charge events", "2 event types", {0, 0});
    charge.isTrigger = true;
    charge.exits = exits({"out"});
    CardView repeats = card("repeats", K::Logic, "intersect", "Deduplicate", "Drop repeats",
                            "event ID, 30 days", {248, 0});
    repeats.exits = exits({"out"});
    CardView zero = card("zero", K::Logic, "funnel", "Filter", "Skip zero", "amount > 0", {496, 0});
    zero.exits = exits({"pass", "skip"});
    CardView map = card("map", K::Map, "bezier2", "Map fields", "Charge to Payment",
                        "3 conversions", {744, 0});
    map.exits = exits({"out"});
    map.mapped = 13;
    map.mappable = 16;
    CardView upsert = card("upsert", K::Action, "cloud-arrow-up", "Salesforce", "Upsert payment",
                           "Payment__c", {992, 0});
    upsert.exits = exits({"out"});
    upsert.hasFailureExit = upsert.failureConnected = true;
    CardView paid = card("paid", K::Action, "cloud-arrow-up", "Salesforce", "Mark as paid",
                         "Opportunity", {1280, 0});
    paid.hasFailureExit = true;
    CardView skipped = card("skipped", K::Utility, "bar-chart", "Counter", "Count as skipped",
                            "Metric only", {744, 184});
    skipped.off = true;
    CardView sort = card("sort", K::Failure, "signpost-split", "Branch", "Sort errors",
                         "by error kind", {1040, 216});
    sort.exits = exits({"duplicate", "invalid", "other"});
    CardView ask = card("ask", K::Decide, "person-check", "Human review", "Ask a person",
                        "Likely duplicates", {1304, 184});
    CardView dead = card("dead", K::Failure, "inbox", "Dead letter", "Failed payments",
                         "Kept 90 days", {1304, 312});
    view.cards = {charge, repeats, zero, map, upsert, paid, skipped, sort, ask, dead};
}

inline CanvasView flow(Moment moment = Moment::Resting)
{
    CanvasView view;
    addCards(view);
    view.edges = {edge("charge", "out", "repeats"),
                  edge("repeats", "out", "zero"),
                  edge("zero", "pass", "map"),
                  edge("zero", "skip", "skipped"),
                  edge("map", "out", "upsert"),
                  edge("upsert", "out", "paid"),
                  edge("upsert", "on_error", "sort", "", true),
                  edge("sort", "duplicate", "ask", "", true),
                  edge("sort", "invalid", "dead", "", true)};
    view.groups = {{QStringLiteral("fails"),
                    QStringLiteral("When it fails"),
                    QRect(1024, 144, 496, 288),
                    true,
                    false,
                    {QStringLiteral("sort"), QStringLiteral("ask"), QStringLiteral("dead")}}};
    view.notes = {{QStringLiteral("amounts"), QStringLiteral("How amounts work"),
                   QStringLiteral("Stripe sends minor units: 14900 means 149.00 EUR but 14900 JPY. "
                                  "The Convert currency step in the map reads the currency table. "
                                  "Finance owns that table; ask before editing."),
                   QRect(0, 184, 448, 104)}};
    if (moment == Moment::Resting)
        return view;

    const bool after = moment == Moment::AfterRun;
    const char *counts[] = {"12", "11", "10", "1", "10", "8", "2", "1", "1"};
    const char *footers[] = {"12 events, pinned", "1 repeat dropped", "1 skipped", "41 ms"};
    for (int i = 0; i < 4; ++i) {
        view.cards[i].state = CardState::Done;
        view.cards[i].footer = QString::fromLatin1(footers[i]);
    }
    view.cards[0].pinned = true;
    for (int i = 0; i < (after ? 9 : 5); ++i) {
        view.edges[i].label = QString::fromLatin1(counts[i]);
        if (i != 3 && !view.edges[i].failure)
            view.edges[i].state = after ? EdgeState::Done : EdgeState::Moving;
    }
    CardView &upsert = view.cards[4];
    CardView &paid = view.cards[5];
    if (!after) {
        upsert.state = paid.state = CardState::Running;
        upsert.progress = paid.progress = 0.4;
        upsert.footer = QStringLiteral("4 of 10 written");
        paid.footer = QStringLiteral("3 of 4");
        return view;
    }
    upsert.state = CardState::Failed;
    paid.state = CardState::Done;
    view.cards[7].state = CardState::Done;
    view.cards[8].state = CardState::Waiting;
    view.cards[8].footer = QStringLiteral("1 waiting for an answer");
    view.cards[9].state = CardState::Done;
    view.cards[9].footer = QStringLiteral("1 to replay");
    return view;
}

} // namespace tw::sample
