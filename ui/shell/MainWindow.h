// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/commands/ActionCatalogue.h"
#include "ui/shell/RunController.h"
#include "ui/shell/Workspace.h"

#include <QMainWindow>
#include <QUndoGroup>

class QStackedWidget;

namespace tw {

class DesignPage;
class SearchPopup;
class StatusBar;
class TabRow;
class TitleBar;

/// The window: puts the rows, the rail, the page and the status bar together and keeps them in
/// step with the workspace. What can be done is declared in WindowActions.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    /// `registry` must outlive the window. `version` is shown under Help.
    MainWindow(const Registry &registry, const QString &version, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Says so in the window when it cannot be opened.
    bool openPath(const QString &path);
    void askForProject();
    void askForFlow();
    void newFlow();
    void closeFlow(OpenFlow *flow); ///< Asks when it has unsaved changes.
    bool saveCurrent();
    bool saveAll();
    void check();
    void run();
    void stop() { m_runs.stop(); }
    void openCommandBox();
    void refresh();

    Workspace &workspace() { return m_workspace; }
    DesignPage &page() { return *m_page; }
    ActionCatalogue &actions() { return m_actions; }
    RunController &runs() { return m_runs; }
    QUndoGroup &undoGroup() { return m_undo; }
    StatusBar &statusLine() { return *m_status; }
    FlowModel *currentModel() const;
    QString version() const { return m_version; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void build();
    void connectParts();
    void takeProject();
    void takeFlow();
    void refreshTabs();
    void refreshStatus();
    void tellRefusal(const QString &reason);
    void tellError(const QString &what, const Error &error);
    bool save(FlowModel &model);
    void openAddMenu(const QPoint &below);
    void whenSettled(const std::function<void()> &then);

    const QString m_version;
    Workspace m_workspace;
    RunController m_runs;
    ActionCatalogue m_actions;
    QUndoGroup m_undo;
    TitleBar *m_title = nullptr;
    TabRow *m_tabs = nullptr;
    QStackedWidget *m_pages = nullptr;
    DesignPage *m_page = nullptr;
    StatusBar *m_status = nullptr;
    SearchPopup *m_commands = nullptr;
    bool m_settled = false; ///< What is unsaved was decided; the window may close.
};

} // namespace tw
