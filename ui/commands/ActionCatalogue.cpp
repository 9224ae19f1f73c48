// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/commands/ActionCatalogue.h"

#include "ui/base/Icons.h"

#include <QAction>
#include <QMenu>
#include <QWidget>

namespace tw {

ActionCatalogue::ActionCatalogue(QWidget *window) : QObject(window), m_window(window) {}

QAction *ActionCatalogue::declare(const ActionSpec &spec, Run run, Condition enabledWhen,
                                  Condition checkedWhen)
{
    auto *action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setCheckable(spec.checkable);
    if (!spec.icon.isEmpty())
        action->setIcon(Icons::icon(spec.icon));
    action->setShortcuts(QList<QKeySequence>(spec.shortcuts.begin(), spec.shortcuts.end()));
    action->setShortcutContext(Qt::WindowShortcut);
    if (!spec.shortcuts.empty()) {
        action->setToolTip(QStringLiteral("%1 (%2)").arg(
            spec.text, spec.shortcuts.front().toString(QKeySequence::NativeText)));
    }
    connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
        run();
        refresh();
    });
    m_window->addAction(action);
    m_entries.push_back({spec, action, std::move(enabledWhen), std::move(checkedWhen)});
    return action;
}

QAction *ActionCatalogue::action(const QString &id) const
{
    for (const Entry &entry : m_entries) {
        if (entry.spec.id == id)
            return entry.action;
    }
    return nullptr;
}

QString ActionCatalogue::idOf(const QAction *action) const
{
    return action ? action->objectName() : QString();
}

std::vector<QAction *> ActionCatalogue::all() const
{
    std::vector<QAction *> actions;
    for (const Entry &entry : m_entries)
        actions.push_back(entry.action);
    return actions;
}

void ActionCatalogue::fillMenu(const QString &menu, QMenu &target) const
{
    for (const Entry &entry : m_entries) {
        if (entry.spec.menu != menu)
            continue;
        if (entry.spec.separatorBefore)
            target.addSeparator();
        target.addAction(entry.action);
    }
}

void ActionCatalogue::refresh()
{
    for (const Entry &entry : m_entries) {
        if (entry.enabledWhen)
            entry.action->setEnabled(entry.enabledWhen());
        if (entry.checkedWhen)
            entry.action->setChecked(entry.checkedWhen());
    }
}

} // namespace tw
