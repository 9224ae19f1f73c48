// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QHashFunctions>
#include <QList>
#include <QPoint>
#include <QRect>
#include <QString>

namespace tw {

/// What the canvas shows, as plain values: whoever owns the flow makes them, the canvas draws them
/// and never changes them. Positions are logical pixels at 100 %, top left, on an 8 px grid.
/// Selection is not part of it: the canvas owns that (FlowCanvas::select).

/// The exit id of the red port at the bottom left.
inline QString failureExit()
{
    return QStringLiteral("on_error");
}

struct ExitView
{
    QString id;
    QString label; ///< shown when there is more than one exit
    bool operator==(const ExitView &) const = default;
};

enum class CardState { Idle, Running, Done, Failed, Waiting, Problem, NotReached };

struct CardView
{
    QString id;
    StepKind kind = StepKind::Utility;
    QString icon;      ///< Bootstrap Icons name
    QString kindLabel; ///< drawn in capitals
    QString title;
    QString subtitle; ///< what the step does, in plain words, one line
    bool isTrigger = false;
    QList<ExitView> exits;
    bool hasFailureExit = false;
    bool failureConnected = false;
    CardState state = CardState::Idle;
    bool pinned = false;
    bool off = false;
    bool breakpoint = false;
    QString footer;       ///< what the last run did, below the card
    QString problem;      ///< the first problem, for the tool tip
    double progress = -1; ///< 0 to 1 while running; negative draws no line
    int mapped = 0;
    int mappable = 0; ///< more than zero draws the coverage bar
    QPoint position;
    bool operator==(const CardView &) const = default;
};

/// Names one connection: the exit it leaves and the card it enters.
struct EdgeRef
{
    QString from;
    QString exit;
    QString to;
    bool operator==(const EdgeRef &) const = default;
    friend size_t qHash(const EdgeRef &edge, size_t seed = 0)
    {
        return qHashMulti(seed, edge.from, edge.exit, edge.to);
    }
};

enum class EdgeState { Idle, Moving, Done };

struct EdgeView
{
    EdgeRef ref;
    bool failure = false; ///< red and dashed; its way depends on the exit alone
    QString label;        ///< count, in a pill
    QString lastRecord;   ///< tool tip
    EdgeState state = EdgeState::Idle;
    bool operator==(const EdgeView &) const = default;
};

struct GroupView
{
    QString id;
    QString title;
    QRect rect;
    bool failure = false;
    bool folded = false;
    QStringList members; ///< cards and notes that move with it
    bool operator==(const GroupView &) const = default;
};

struct NoteView
{
    QString id;
    QString title;
    QString text; ///< Markdown
    QRect rect;
    bool operator==(const NoteView &) const = default;
};

struct CanvasView
{
    QList<CardView> cards;
    QList<EdgeView> edges;
    QList<GroupView> groups;
    QList<NoteView> notes;
    bool operator==(const CanvasView &) const = default;
};

} // namespace tw
