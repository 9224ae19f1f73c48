// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/FlowDocument.h"

#include <QString>
#include <QUndoCommand>

#include <functional>

namespace tw {

/// One undo step: an edit that a document has already taken, and its way back. Consecutive
/// commands with the same `mergeKey` (typing in one field) become one. `document` and whatever
/// `changed` touches must outlive the undo stack.
class FlowCommand : public QUndoCommand
{
public:
    FlowCommand(FlowDocument &document, AppliedEdit applied, const QString &mergeKey,
                std::function<void()> changed);

    void undo() override;
    void redo() override;
    int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand *other) override;

private:
    FlowDocument &m_document;
    AppliedEdit m_applied;
    QString m_mergeKey;
    std::function<void()> m_changed;
    bool m_done = true;
};

} // namespace tw
