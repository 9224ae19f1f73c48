// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

#include <QFrame>
#include <QPointer>
#include <QTimer>

class QHBoxLayout;
class QPlainTextEdit;
class QStackedWidget;
class QTabBar;

namespace tw {

class Chip;
class ItemView;
class ProblemsView;
class RunStepsView;
class TextLabel;

/// What the last run did: steps and items; beside it the problems and the log. The selected step
/// is the selected card.
class RunPanel : public QFrame
{
    Q_OBJECT
public:
    enum Tab { Run, Problems, Log };

    explicit RunPanel(QWidget *parent = nullptr);

    void setModels(FlowModel *flow, RunModel *run);
    void showTab(Tab tab);
    void showStep(const QString &step);
    ItemView &items() { return *m_items; }
    RunStepsView &steps() { return *m_steps; }

Q_SIGNALS:
    void stepPicked(const QString &step);
    void problemPicked(const tw::Diagnostic &problem);
    void settingsRequested(const QString &step);

private:
    QWidget *makeHead();
    void refreshRun();
    void refreshProblems();
    void refreshLog();
    int written() const;

    QPointer<FlowModel> m_flow;
    QPointer<RunModel> m_run;
    QTabBar *m_tabs;
    Chip *m_problemCount;
    TextLabel *m_summary;
    Chip *m_done;
    Chip *m_failed;
    Chip *m_waiting;
    QStackedWidget *m_pages;
    RunStepsView *m_steps;
    ItemView *m_items;
    ProblemsView *m_problems;
    QPlainTextEdit *m_log;
    qsizetype m_logLines = 0;
    QTimer m_tick; ///< Keeps the time of a run going.
};

} // namespace tw
