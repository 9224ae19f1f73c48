// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CanvasBinding.h"

#include "core/base/Text.h"
#include "core/flow/PlacedLayout.h"
#include "ui/canvas/CardGeometry.h"
#include "ui/forms/FieldEditor.h"
#include "ui/shell/CanvasModel.h"

#include <QScopedValueRollback>

#include <algorithm>

namespace tw {

namespace {

CardPosition position(const QPoint &point)
{
    return {point.x(), point.y()};
}

// An id like "note_2" that neither steps, notes nor groups have.
std::string freeId(const Flow &flow, const std::string &base)
{
    for (int number = 1;; ++number) {
        const std::string id = number == 1 ? base : base + '_' + std::to_string(number);
        const bool taken = flow.step(id) ||
                           std::any_of(flow.notes.begin(), flow.notes.end(),
                                       [&id](const auto &note) { return note.id == id; }) ||
                           std::any_of(flow.groups.begin(), flow.groups.end(),
                                       [&id](const auto &group) { return group.id == id; });
        if (!taken)
            return id;
    }
}

void removeNote(FlowModel &model, const std::string &id)
{
    edit::SetNote empty;
    empty.note.id = id;
    model.apply(empty);
}

void removeGroup(FlowModel &model, const std::string &id)
{
    edit::SetGroup empty;
    empty.group.id = id;
    model.apply(empty);
}

} // namespace

CanvasBinding::CanvasBinding(FlowCanvas &canvas, QObject *parent)
    : QObject(parent), m_canvas(canvas)
{
    connect(&canvas, &FlowCanvas::moveRequested, this, &CanvasBinding::move);
    connect(
        &canvas, &FlowCanvas::connectRequested, this,
        [this](const QString &from, const QString &exit, const QString &to) {
            if (m_flow)
                m_flow->apply(edit::Connect{toUtf8(from), exitOf({from, exit, to}), toUtf8(to)});
        });
    connect(&canvas, &FlowCanvas::disconnectRequested, this, [this](const EdgeRef &edge) {
        if (m_flow)
            m_flow->apply(edit::Disconnect{toUtf8(edge.from), exitOf(edge), toUtf8(edge.to)});
    });
    connect(&canvas, &FlowCanvas::deleteRequested, this, &CanvasBinding::deleteSteps);
    connect(&canvas, &FlowCanvas::insertRequested, this, &CanvasBinding::insertStep);
    connect(&canvas, &FlowCanvas::selectionChanged, this, [this](const QStringList &ids) {
        // The canvas may tell of a larger selection piece by piece: it must not hear its own echo.
        const QScopedValueRollback telling(m_telling, true);
        if (m_flow && !m_showing)
            m_flow->select(ids);
    });
    connect(&canvas, &FlowCanvas::noteRequested, this, &CanvasBinding::addNote);
    connect(&canvas, &FlowCanvas::groupRequested, this, &CanvasBinding::addGroup);
    connect(&canvas, &FlowCanvas::foldRequested, this, &CanvasBinding::foldGroup);
    connect(&canvas, &FlowCanvas::offRequested, this, &CanvasBinding::toggleOff);
    connect(&canvas, &FlowCanvas::tidyRequested, this, &CanvasBinding::tidy);
    connect(&canvas, &FlowCanvas::openRequested, this, &CanvasBinding::openRequested);
    connect(&canvas, &FlowCanvas::edgePicked, this,
            [this](const EdgeRef &edge) { Q_EMIT edgePicked(edge.from); });
}

void CanvasBinding::setModels(FlowModel *flow, RunModel *run,
                              const std::map<std::string, std::string> *connections)
{
    if (m_flow)
        m_flow->disconnect(this);
    if (m_run)
        m_run->disconnect(this);
    m_flow = nullptr; // what the canvas announces while it changes belongs to neither flow
    m_canvas.setContent({});
    m_flow = flow;
    m_run = run;
    m_connections = connections;
    if (flow) {
        connect(flow, &FlowModel::changed, this, &CanvasBinding::sync);
        connect(flow, &FlowModel::problemsChanged, this, &CanvasBinding::sync);
        connect(flow, &FlowModel::selectionChanged, this, [this] {
            // Steps in a folded group have no card: what the canvas cannot show stays selected.
            const QScopedValueRollback showing(m_showing, true);
            if (!m_telling && m_canvas.selection() != m_flow->selection())
                m_canvas.select(m_flow->selection());
        });
    }
    if (run)
        connect(run, &RunModel::changed, this, &CanvasBinding::sync);
    const QStringList selected = flow ? flow->selection() : QStringList();
    sync();
    m_canvas.select(selected);
}

void CanvasBinding::sync()
{
    if (m_flow)
        m_canvas.setContent(canvasView(*m_flow, m_run));
}

void CanvasBinding::move(const QHash<QString, QPoint> &positions)
{
    if (!m_flow)
        return;
    edit::MoveCards moved;
    for (auto it = positions.begin(); it != positions.end(); ++it)
        moved.positions[toUtf8(it.key())] = position(it.value());
    // Frames have no place of their own: they follow their members, folded ones take them along.
    const std::map<std::string, CardPosition> layout =
        placedLayout(m_flow->flow(), m_flow->registry());
    for (const FlowGroup &group : m_flow->flow().groups) {
        const auto frame = positions.constFind(toQString(group.id));
        moved.positions.erase(group.id);
        if (!group.folded || frame == positions.constEnd())
            continue;
        const QPoint by = *frame - m_canvas.canvasScene().positionOf(toQString(group.id));
        for (const std::string &member : group.steps) {
            if (const auto at = layout.find(member); at != layout.end())
                moved.positions[member] = {at->second.x + by.x(), at->second.y + by.y()};
        }
    }
    if (!moved.positions.empty())
        m_flow->apply(moved);
}

std::string CanvasBinding::connectionFor(const NodeDescriptor *node) const
{
    if (!node || node->connection.empty())
        return {};
    std::map<std::string, std::string> known = m_flow->flow().connections;
    if (m_connections)
        known.insert(m_connections->begin(), m_connections->end());
    for (const auto &[name, type] : known) {
        if (type == node->connection)
            return name;
    }
    return {};
}

edit::AddStep CanvasBinding::stepEdit(const QString &type, const QPoint &place) const
{
    edit::AddStep step;
    step.type = toUtf8(type);
    step.connection = connectionFor(m_flow->registry().node(step.type));
    step.at = position(place);
    return step;
}

void CanvasBinding::selectAdded()
{
    const std::vector<std::string> &added = m_flow->lastEdit().steps;
    if (!added.empty()) {
        m_flow->select({toQString(added.front())});
        m_canvas.reveal(toQString(added.front()));
    }
}

void CanvasBinding::addStep(const QString &type)
{
    if (!m_flow)
        return;
    const FlowStep *selected = m_flow->selectedStep();
    if (!selected) {
        const QPointF middle = m_canvas.mapToScene(m_canvas.viewport()->rect().center());
        return addStepAt(type, card_geometry::snapped(middle - QPointF(99, 36)), {}, {});
    }
    const QString from = toQString(selected->id);
    const CardPosition place = freePlaceAfter(*m_flow, selected->id);
    addStepAt(type, {place.x, place.y}, from, m_canvas.freeExit(from));
}

void CanvasBinding::addStepAt(const QString &type, const QPoint &place, const QString &from,
                              const QString &exit)
{
    if (!m_flow)
        return;
    const NodeDescriptor *node = m_flow->registry().node(toUtf8(type));
    const bool wired =
        !from.isEmpty() && !exit.isEmpty() && node && node->kind != NodeKind::Trigger;
    edit::AddStep step = stepEdit(type, place);
    step.afterStep = toUtf8(from);
    m_flow->undoStack().beginMacro(tr("Add %1").arg(node ? toQString(node->title) : type));
    const bool added = m_flow->apply(step);
    const std::vector<std::string> ids = m_flow->lastEdit().steps;
    if (added && wired && !ids.empty())
        m_flow->apply(edit::Connect{toUtf8(from), exitOf({from, exit, {}}), ids.front()});
    m_flow->undoStack().endMacro();
    if (added && !ids.empty()) {
        m_flow->select({toQString(ids.front())});
        m_canvas.reveal(toQString(ids.front()));
    }
}

void CanvasBinding::insertStep(const QString &type, const QPoint &place,
                               const std::optional<EdgeRef> &edge)
{
    if (!m_flow)
        return;
    const edit::AddStep step = stepEdit(type, place);
    const bool done = edge ? m_flow->apply(edit::InsertOnWire{step, toUtf8(edge->from),
                                                              exitOf(*edge), toUtf8(edge->to)})
                           : m_flow->apply(step);
    if (done)
        selectAdded();
}

void CanvasBinding::deleteSteps(const QStringList &ids, bool join)
{
    if (!m_flow)
        return;
    edit::RemoveSteps removal{{}, join};
    m_flow->undoStack().beginMacro(ids.size() == 1 ? tr("Delete")
                                                   : tr("Delete %1").arg(ids.size()));
    const Flow &flow = m_flow->flow();
    std::vector<std::string> notes;
    std::vector<std::string> groups;
    for (const QString &id : ids) {
        const std::string key = toUtf8(id);
        if (flow.step(key))
            removal.ids.push_back(key);
        for (const FlowNote &note : flow.notes) {
            if (note.id == key)
                notes.push_back(key);
        }
        for (const FlowGroup &group : flow.groups) {
            if (group.id == key)
                groups.push_back(key);
        }
    }
    for (const std::string &note : notes)
        removeNote(*m_flow, note);
    for (const std::string &group : groups)
        removeGroup(*m_flow, group);
    if (!removal.ids.empty())
        m_flow->apply(removal);
    m_flow->undoStack().endMacro();
}

void CanvasBinding::toggleOff()
{
    if (!m_flow)
        return;
    m_flow->undoStack().beginMacro(tr("Switch off or on"));
    for (const QString &id : m_flow->selection()) {
        const FlowStep *step = m_flow->flow().step(toUtf8(id));
        if (step)
            m_flow->apply(edit::SetStepField{step->id, "disabled",
                                             step->disabled ? field::none() : field::flag(true)});
    }
    m_flow->undoStack().endMacro();
}

void CanvasBinding::tidy(const QStringList &ids)
{
    if (!m_flow)
        return;
    // Without positions in the file, every card gets its place by the flow alone.
    Flow bare;
    bare.steps = m_flow->flow().steps;
    edit::MoveCards moved;
    for (const auto &[id, at] : placedLayout(bare, m_flow->registry())) {
        if (ids.isEmpty() || ids.contains(toQString(id)))
            moved.positions[id] = at;
    }
    if (!moved.positions.empty())
        m_flow->apply(moved);
}

void CanvasBinding::addNote(const QPoint &place)
{
    if (!m_flow)
        return;
    FlowNote note;
    note.id = freeId(m_flow->flow(), "note");
    note.text = toUtf8(tr("**Note**\nWrite here what others should know."));
    if (m_flow->apply(edit::SetNote{note, position(place)})) {
        m_canvas.select({toQString(note.id)});
        Q_EMIT openRequested(toQString(note.id));
    }
}

void CanvasBinding::setNote(const QString &id, const QString &text)
{
    const FlowNote *known = m_flow ? m_flow->flow().note(toUtf8(id)) : nullptr;
    if (!known)
        return;
    FlowNote note = *known;
    note.text = toUtf8(text);
    const QPoint place = m_canvas.canvasScene().positionOf(id);
    m_flow->apply(edit::SetNote{note, position(place)});
}

void CanvasBinding::setGroup(const QString &id, const QString &title)
{
    if (!m_flow)
        return;
    for (FlowGroup group : m_flow->flow().groups) {
        if (toQString(group.id) == id) {
            group.title = toUtf8(title);
            m_flow->apply(edit::SetGroup{group});
            return;
        }
    }
}

void CanvasBinding::addGroup(const QStringList &ids)
{
    if (!m_flow)
        return;
    FlowGroup group;
    group.id = freeId(m_flow->flow(), "group");
    group.title = toUtf8(tr("Group"));
    for (const QString &id : ids) {
        if (m_flow->flow().step(toUtf8(id)))
            group.steps.push_back(toUtf8(id));
    }
    if (!group.steps.empty() && m_flow->apply(edit::SetGroup{group}))
        m_canvas.select({toQString(group.id)});
}

void CanvasBinding::foldGroup(const QString &id, bool folded)
{
    if (!m_flow)
        return;
    for (FlowGroup group : m_flow->flow().groups) {
        if (toQString(group.id) == id) {
            group.folded = folded;
            m_flow->apply(edit::SetGroup{group});
            return;
        }
    }
}

} // namespace tw
