// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CanvasModel.h"

#include "core/base/Text.h"
#include "core/flow/PlacedLayout.h"
#include "ui/canvas/CardGeometry.h"
#include "ui/models/StepWords.h"

#include <QLocale>

#include <algorithm>
#include <set>

namespace tw {

namespace {

using Layout = std::map<std::string, CardPosition>;
using StepIds = std::set<std::string>;

// Adds the steps that wires lead to from `open`, taking only wires that `follows` allows.
template <typename Follows>
StepIds reachedFrom(const Flow &flow, std::vector<std::string> open, Follows follows)
{
    StepIds reached;
    while (!open.empty()) {
        const std::string id = std::move(open.back());
        open.pop_back();
        const FlowStep *step = flow.step(id);
        if (!step || !reached.insert(id).second)
            continue;
        for (const Wire &wire : step->wires) {
            if (follows(wire))
                open.push_back(wire.to);
        }
    }
    return reached;
}

// The steps that only a failure leads to: whatever leaves them is a failure on its way, too.
StepIds failureLane(const Flow &flow)
{
    StepIds entered;
    std::vector<std::string> fallen;
    for (const FlowStep &step : flow.steps) {
        for (const Wire &wire : step.wires) {
            entered.insert(wire.to);
            if (wire.exit == "error")
                fallen.push_back(wire.to);
        }
    }
    std::vector<std::string> begins;
    for (const FlowStep &step : flow.steps) {
        if (!entered.contains(step.id))
            begins.push_back(step.id);
    }
    const StepIds happy =
        reachedFrom(flow, begins, [](const Wire &wire) { return wire.exit != "error"; });
    StepIds lane = reachedFrom(flow, fallen, [](const Wire &) { return true; });
    for (const std::string &id : happy)
        lane.erase(id);
    return lane;
}

QPoint placeOf(const Layout &layout, const std::string &id)
{
    const auto found = layout.find(id);
    return found == layout.end() ? QPoint() : QPoint(found->second.x, found->second.y);
}

CardState stateOf(const StepRun *run, const RunModel *all, bool hasProblem)
{
    if (all && all->number() > 0) {
        switch (run ? run->state() : StepState::NotReached) {
        case StepState::NotReached:
            return all->isRunning() ? CardState::Idle : CardState::NotReached;
        case StepState::Running:
            return CardState::Running;
        case StepState::Done:
            return CardState::Done;
        case StepState::Failed:
            return CardState::Failed;
        case StepState::Waiting:
            return CardState::Waiting;
        }
    }
    return hasProblem ? CardState::Problem : CardState::Idle;
}

QList<ExitView> exitsFor(const FlowModel &model, const FlowStep &step, const NodeDescriptor *node)
{
    QList<ExitView> exits;
    if (node && node->terminal)
        return exits;
    const std::vector<Exit> declared =
        node ? exitsOf(*node, model.settingsOf(step)) : std::vector<Exit>{{"out", "Next"}};
    for (const Exit &exit : declared) {
        // The exit's own name is what the file says; cards have no room for more.
        exits.append({toQString(exit.id), declared.size() > 1 ? toQString(exit.id) : QString()});
    }
    for (const Wire &wire : step.wires) {
        const QString id = toQString(wire.exit);
        const bool known = std::any_of(exits.begin(), exits.end(),
                                       [&id](const ExitView &exit) { return exit.id == id; });
        if (!known && wire.exit != "error")
            exits.append({id, id});
    }
    return exits;
}

CardView cardOf(const FlowModel &model, const FlowStep &step, const RunModel *run,
                const Layout &layout)
{
    const NodeDescriptor *node = model.descriptorOf(step);
    const StepRun *did = run ? run->of(step.id) : nullptr;
    CardView card;
    card.id = toQString(step.id);
    card.kind = words::kindOf(node);
    card.icon = words::iconOf(node);
    card.kindLabel = words::labelOf(node);
    card.title = words::titleOf(step, node);
    if (node && node->summary)
        card.subtitle = toQString(node->summary(model.settingsOf(step)));
    card.isTrigger = node && node->kind == NodeKind::Trigger;
    card.exits = exitsFor(model, step, node);
    card.hasFailureExit = node ? node->canFail && !card.isTrigger : true;
    card.failureConnected = !step.from("error").empty();
    card.off = step.disabled;
    for (const Diagnostic &problem : model.problems()) {
        if (problem.step == step.id && card.problem.isEmpty())
            card.problem = toQString(problem.message);
    }
    card.state = stateOf(did, run, !card.problem.isEmpty());
    if (did) {
        card.footer = words::footer(*did, node);
        if (did->open > 0 && did->in > 0)
            card.progress = static_cast<double>(did->in - did->open) / did->in;
    }
    card.position = placeOf(layout, step.id);
    return card;
}

EdgeView edgeOf(const FlowStep &step, const Wire &wire, const RunModel *run, const StepIds &lane)
{
    EdgeView edge;
    const bool falls = wire.exit == "error";
    edge.ref = {toQString(step.id), falls ? failureExit() : toQString(wire.exit),
                toQString(wire.to)};
    edge.failure = falls || lane.contains(step.id);
    const int count = run ? run->countAt(step.id, wire.exit) : 0;
    if (count > 0) {
        edge.label = QLocale().toString(count);
        edge.state = run->isRunning() ? EdgeState::Moving : EdgeState::Done;
    }
    return edge;
}

bool isFailureLane(const FlowModel &model, const FlowGroup &group)
{
    return std::any_of(group.steps.begin(), group.steps.end(), [&model](const std::string &id) {
        const FlowStep *step = model.flow().step(id);
        return step && words::kindOf(model.descriptorOf(*step)) == StepKind::Failure;
    });
}

GroupView groupOf(const FlowModel &model, const FlowGroup &group, const QList<CardView> &cards)
{
    constexpr int kSide = 12;
    constexpr int kTop = 52;
    constexpr int kFoot = 40;
    GroupView view;
    view.id = toQString(group.id);
    view.title = toQString(group.title);
    view.folded = group.folded;
    view.failure = isFailureLane(model, group);
    QRect all;
    for (const std::string &step : group.steps) {
        view.members << toQString(step);
        for (const CardView &card : cards) {
            if (card.id == view.members.back())
                all |= QRect(card.position, card_geometry::size(card).toSize());
        }
    }
    view.rect = all.adjusted(-kSide, -kTop, kSide, kFoot);
    return view;
}

NoteView noteOf(const FlowNote &note, const Layout &layout)
{
    NoteView view;
    view.id = toQString(note.id);
    view.text = toQString(note.text);
    // A first line in bold or as a heading is the title of the sheet.
    const qsizetype end = view.text.indexOf(QLatin1Char('\n'));
    QString first = (end < 0 ? view.text : view.text.left(end)).trimmed();
    if (first.startsWith(QLatin1Char('#')))
        view.title = first.remove(0, first.lastIndexOf(QLatin1Char('#')) + 1).trimmed();
    else if (first.size() > 4 && first.startsWith(QStringLiteral("**")) &&
             first.endsWith(QStringLiteral("**")))
        view.title = first.mid(2, first.size() - 4);
    if (!view.title.isEmpty())
        view.text = end < 0 ? QString() : view.text.mid(end + 1).trimmed();
    view.rect = QRect(placeOf(layout, note.id), QSize(note.width, note.height));
    return view;
}

} // namespace

CanvasView canvasView(const FlowModel &model, const RunModel *run)
{
    CanvasView view;
    const Flow &flow = model.flow();
    const Layout layout = placedLayout(flow, model.registry());
    const StepIds lane = failureLane(flow);
    for (const FlowStep &step : flow.steps)
        view.cards.append(cardOf(model, step, run, layout));
    for (const FlowStep &step : flow.steps) {
        for (const Wire &wire : step.wires) {
            if (flow.step(wire.to))
                view.edges.append(edgeOf(step, wire, run, lane));
        }
    }
    for (const FlowGroup &group : flow.groups)
        view.groups.append(groupOf(model, group, view.cards));
    for (const GroupView &group : view.groups) {
        if (group.folded)
            view.cards.removeIf(
                [&group](const CardView &card) { return group.members.contains(card.id); });
    }
    for (const FlowNote &note : flow.notes)
        view.notes.append(noteOf(note, layout));
    return view;
}

std::string exitOf(const EdgeRef &edge)
{
    return edge.exit == failureExit() ? "error" : toUtf8(edge.exit);
}

CardPosition freePlaceAfter(const FlowModel &model, const std::string &step)
{
    constexpr int kAcross = 248;
    constexpr int kDown = 128;
    const Layout layout = placedLayout(model.flow(), model.registry());
    const QPoint start = placeOf(layout, step) + QPoint(kAcross, 0);
    QPoint place = start;
    const auto isTaken = [&] {
        return std::any_of(layout.begin(), layout.end(), [&place](const auto &other) {
            const QPoint apart = QPoint(other.second.x, other.second.y) - place;
            return std::abs(apart.x()) < 200 && std::abs(apart.y()) < 100;
        });
    };
    while (isTaken())
        place.ry() += kDown;
    return {place.x(), place.y()};
}

} // namespace tw
