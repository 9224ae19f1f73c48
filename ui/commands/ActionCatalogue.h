// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QObject>
#include <QString>

#include <functional>
#include <map>
#include <vector>

class QAction;
class QMenu;
class QWidget;

namespace tw {

/// What an action is, said once.
struct ActionSpec
{
    QString id;                          ///< "edit.undo": stable.
    QString text;                        ///< Sentence case, with a verb.
    QString icon;                        ///< Bootstrap icon name, or empty.
    std::vector<QKeySequence> shortcuts; ///< The first is the one that is shown.
    QString menu; ///< "File", "Edit", …; empty: command box and shortcut list only.
    bool separatorBefore = false;
    bool checkable = false;
};

/// All actions of a window. Each is declared once and shared by menus, tool bars, the command box
/// and the shortcut list. Owns the QActions; GUI thread. refresh() asks every enabled-when again.
class ActionCatalogue : public QObject
{
    Q_OBJECT
public:
    /// Shortcuts work while `window` is active.
    explicit ActionCatalogue(QWidget *window);

    using Run = std::function<void()>;
    using Condition = std::function<bool()>;

    QAction *declare(const ActionSpec &spec, Run run, Condition enabledWhen = {},
                     Condition checkedWhen = {});
    /// Null for an id that nobody declared.
    QAction *action(const QString &id) const;
    QString idOf(const QAction *action) const;
    /// In the order of declaration.
    std::vector<QAction *> all() const;
    void fillMenu(const QString &menu, QMenu &target) const;

public Q_SLOTS:
    void refresh();

private:
    struct Entry
    {
        ActionSpec spec;
        QAction *action = nullptr;
        Condition enabledWhen;
        Condition checkedWhen;
    };
    QWidget *m_window;
    std::vector<Entry> m_entries;
};

} // namespace tw
