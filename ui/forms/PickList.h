// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QStringList>

#include <vector>

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace tw {

class SearchField;

/// A popup in which several of many are ticked: a search, the list, and a line about what is
/// written and not in it. All by keyboard: letters search, Up and Down move, Enter ticks (Space, too,
/// where nothing is searched), Escape closes. It holds no values: whoever opens it says what is ticked.
class PickList : public QFrame
{
    Q_OBJECT
public:
    struct Row
    {
        QString value;
        QString title;  ///< What is shown and searched.
        QString detail; ///< At the right, faint: what it leads to.
        QString help;
    };

    PickList(const QString &name, const QString &prompt, QWidget *parent);

    void setRows(const std::vector<Row> &rows);
    /// Others than the rows may be taken: what is searched for, as it stands there.
    void setOpen(bool open) { m_isOpen = open; }
    void setTicked(const QStringList &values);
    /// Below `button`, at least as wide as it.
    void openAt(const QWidget &button, int width);

Q_SIGNALS:
    void toggled(const QString &value);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void search(const QString &words);
    void move(int by);
    void take();
    bool isAnswered() const; ///< What is typed is a row.
    void say();

    SearchField *m_search;
    QTreeWidget *m_list;
    QLabel *m_hint;
    bool m_isOpen = false;
};

} // namespace tw
