// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QPushButton;
class QToolButton;

namespace tw {

class ActionCatalogue;
class FlowTabs;

/// The row of open flows with undo, redo, Check and Run at its right.
class TabRow : public QFrame
{
    Q_OBJECT
public:
    explicit TabRow(const ActionCatalogue &actions, QWidget *parent = nullptr);

    FlowTabs &tabs() { return *m_tabs; }
    /// Run, or Stop while a run goes on.
    void showRunning(bool running, int events);

Q_SIGNALS:
    /// The button behind the tabs; a menu may open at `below`.
    void addRequested(const QPoint &below);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QToolButton *actionButton(const ActionCatalogue &actions, const QString &id);

    FlowTabs *m_tabs;
    QPushButton *m_check;
    QPushButton *m_run;
    QPushButton *m_stop;
};

} // namespace tw
