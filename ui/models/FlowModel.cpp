// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/FlowModel.h"

#include "core/base/Text.h"
#include "ui/commands/FlowCommand.h"

#include <algorithm>

namespace tw {

namespace {

constexpr int kCheckDelayMs = 150;

std::size_t indexOf(const Flow &flow, const std::string &step)
{
    for (std::size_t i = 0; i < flow.steps.size(); ++i) {
        if (flow.steps[i].id == step)
            return i;
    }
    return flow.steps.size();
}

bool has(const Flow &flow, const std::string &id)
{
    const auto isIt = [&id](const auto &one) { return one.id == id; };
    return flow.step(id) || std::any_of(flow.notes.begin(), flow.notes.end(), isIt) ||
           std::any_of(flow.groups.begin(), flow.groups.end(), isIt);
}

// The smallest single replacement that does what several changes do.
edit::ReplaceText asReplacement(const std::string &before, const std::string &after)
{
    const std::size_t shorter = std::min(before.size(), after.size());
    std::size_t head = 0;
    while (head < shorter && before[head] == after[head])
        ++head;
    std::size_t tail = 0;
    while (tail < shorter - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    return {head, before.size() - head - tail, after.substr(head, after.size() - head - tail)};
}

} // namespace

FlowModel::FlowModel(FlowDocument &document, const Registry &registry, QObject *parent)
    : QObject(parent), m_document(document), m_registry(registry), m_savedText(document.text())
{
    m_checkLater.setSingleShot(true);
    m_checkLater.setInterval(kCheckDelayMs);
    connect(&m_checkLater, &QTimer::timeout, this, &FlowModel::check);
    check();
}

void FlowModel::markUnsaved()
{
    m_savedText.clear();
    m_wasDirty = isDirty();
    Q_EMIT dirtyChanged(m_wasDirty);
}

QString FlowModel::id() const
{
    return toQString(flow().id);
}

QString FlowModel::title() const
{
    return toQString(flow().name.empty() ? flow().id : flow().name);
}

bool FlowModel::apply(const FlowEdit &edit, const QString &mergeKey)
{
    Result<AppliedEdit> applied = m_document.apply(edit);
    if (!applied) {
        Q_EMIT editRefused(toQString(applied.error().message));
        return false;
    }
    m_lastEdit = *applied;
    if (!applied->changes.empty()) {
        m_undo.push(
            new FlowCommand(m_document, std::move(*applied), mergeKey, [this] { afterChange(); }));
        afterChange();
    }
    return true;
}

bool FlowModel::renameSetting(const std::string &step, const YamlPath &path,
                              const std::string &name)
{
    YamlPath whole{"steps", std::to_string(indexOf(flow(), step)), "with"};
    whole.insert(whole.end(), path.begin(), path.end());
    auto changes = yamlRenameKey(m_document.text(), whole, name);
    if (!changes) {
        Q_EMIT editRefused(toQString(changes.error().message));
        return false;
    }
    std::string after = m_document.text();
    for (const TextChange &change : *changes)
        change.applyTo(after);
    return apply(asReplacement(m_document.text(), after));
}

Result<void> FlowModel::save(const std::string &file)
{
    Result<void> saved = m_document.save(file);
    if (saved) {
        m_savedText = m_document.text();
        m_undo.setClean();
        m_wasDirty = false;
        Q_EMIT dirtyChanged(false);
    }
    return saved;
}

void FlowModel::revert()
{
    if (isDirty())
        apply(asReplacement(m_document.text(), m_savedText));
    m_undo.clear();
}

void FlowModel::select(const QStringList &steps)
{
    if (steps == m_selection)
        return;
    m_selection = steps;
    Q_EMIT selectionChanged();
}

const FlowStep *FlowModel::selectedStep() const
{
    return m_selection.size() == 1 ? flow().step(toUtf8(m_selection.front())) : nullptr;
}

const NodeDescriptor *FlowModel::descriptorOf(const FlowStep &step) const
{
    return m_registry.node(step.type);
}

Settings FlowModel::settingsOf(const FlowStep &step) const
{
    const NodeDescriptor *node = descriptorOf(step);
    if (!node)
        return {};
    std::vector<Diagnostic> ignored;
    return readSettings(node->params, step.with, m_document.file(), step.at, step.id, ignored);
}

void FlowModel::check()
{
    m_checkLater.stop();
    m_problems = validateFlow(m_document, m_registry);
    Q_EMIT problemsChanged();
}

void FlowModel::afterChange()
{
    QStringList kept;
    for (const QString &step : m_selection) {
        if (!m_document.isSound() || has(flow(), toUtf8(step)))
            kept << step;
    }
    const bool selectionShrank = kept.size() != m_selection.size();
    m_selection = kept;
    m_checkLater.start();
    Q_EMIT changed();
    if (selectionShrank)
        Q_EMIT selectionChanged();
    if (isDirty() != m_wasDirty) {
        m_wasDirty = !m_wasDirty;
        Q_EMIT dirtyChanged(m_wasDirty);
    }
}

} // namespace tw
