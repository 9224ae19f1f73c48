// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/FlowDocument.h"

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QUndoStack>

namespace tw {

/// One open flow as the desktop sees it: the document, its undo history, what is selected, and
/// what is wrong with it. Every change goes through apply(), so that each is one undo step.
/// GUI thread. `document` and `registry` must outlive it.
class FlowModel : public QObject
{
    Q_OBJECT
public:
    FlowModel(FlowDocument &document, const Registry &registry, QObject *parent = nullptr);
    /// For a flow that has no file yet: it is dirty until its first save.
    void markUnsaved();

    const FlowDocument &document() const { return m_document; }
    const Flow &flow() const { return m_document.flow(); }
    const Registry &registry() const { return m_registry; }
    QUndoStack &undoStack() { return m_undo; }
    QString id() const;
    QString title() const; ///< The flow's name, else its id.

    /// Edits with the same non-empty `mergeKey` in a row are one undo step. False: nothing has
    /// changed and editRefused() was sent.
    bool apply(const FlowEdit &edit, const QString &mergeKey = {});
    /// What the last successful apply() did: the steps it touched or added.
    const AppliedEdit &lastEdit() const { return m_lastEdit; }
    /// Gives a key below a step's settings another name, in its place in the file.
    bool renameSetting(const std::string &step, const YamlPath &path, const std::string &name);

    bool isDirty() const { return m_document.text() != m_savedText; }
    Result<void> save(const std::string &file = {});
    /// Back to the text of the last save; there is nothing to undo afterwards.
    void revert();

    const QStringList &selection() const { return m_selection; }
    void select(const QStringList &steps);
    /// The single selected step, or null.
    const FlowStep *selectedStep() const;
    const NodeDescriptor *descriptorOf(const FlowStep &step) const;
    Settings settingsOf(const FlowStep &step) const; ///< What is right of them.

    const std::vector<Diagnostic> &problems() const { return m_problems; }
    /// Checks at once instead of shortly after the last edit.
    void check();

Q_SIGNALS:
    void changed();
    void dirtyChanged(bool dirty);
    void selectionChanged();
    void problemsChanged();
    void editRefused(const QString &reason);

private:
    void afterChange();

    FlowDocument &m_document;
    const Registry &m_registry;
    QUndoStack m_undo;
    AppliedEdit m_lastEdit;
    QStringList m_selection;
    std::string m_savedText;
    bool m_wasDirty = false;
    std::vector<Diagnostic> m_problems;
    QTimer m_checkLater;
};

} // namespace tw
