// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/commands/FlowCommand.h"

#include "core/base/Text.h"

namespace tw {

FlowCommand::FlowCommand(FlowDocument &document, AppliedEdit applied, const QString &mergeKey,
                         std::function<void()> changed)
    : QUndoCommand(toQString(applied.title)),
      m_document(document),
      m_applied(std::move(applied)),
      m_mergeKey(mergeKey),
      m_changed(std::move(changed))
{}

void FlowCommand::undo()
{
    m_document.revert(m_applied);
    m_done = false;
    m_changed();
}

void FlowCommand::redo()
{
    // QUndoStack calls redo() when the command is pushed; the document has the edit by then.
    if (m_done)
        return;
    m_document.reapply(m_applied);
    m_done = true;
    m_changed();
}

bool FlowCommand::mergeWith(const QUndoCommand *other)
{
    const auto *next = static_cast<const FlowCommand *>(other);
    if (next->m_mergeKey != m_mergeKey)
        return false;
    const auto &changes = next->m_applied.changes;
    m_applied.changes.insert(m_applied.changes.end(), changes.begin(), changes.end());
    return true;
}

} // namespace tw
