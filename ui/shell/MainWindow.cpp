// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/MainWindow.h"

#include "core/base/Text.h"
#include "ui/base/CommandBox.h"
#include "ui/base/EnvironmentPill.h"
#include "ui/base/Theme.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/forms/Rule.h"
#include "ui/panels/InspectorPanel.h"
#include "ui/panels/RunPanel.h"
#include "ui/panels/StatusBar.h"
#include "ui/shell/DesignPage.h"
#include "ui/shell/Dialogs.h"
#include "ui/shell/FlowTabs.h"
#include "ui/shell/SearchPopup.h"
#include "ui/shell/StatusLine.h"
#include "ui/shell/TabRow.h"
#include "ui/shell/TitleBar.h"
#include "ui/shell/WindowActions.h"
#include "ui/shell/WindowParts.h"

#include <QAction>
#include <QCloseEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QSettings>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <algorithm>

namespace tw {

namespace {

QString fileName(const FlowModel &model)
{
    return QFileInfo(toQString(model.document().file())).fileName();
}

OpenFlow *tabFlow(const Workspace &workspace, int index)
{
    const std::vector<OpenFlow *> tabs = workspace.tabs();
    const auto place = static_cast<std::size_t>(index);
    return index >= 0 && place < tabs.size() ? tabs[place] : nullptr;
}

} // namespace

MainWindow::MainWindow(const Registry &registry, const QString &version, QWidget *parent)
    : QMainWindow(parent),
      m_version(version),
      m_workspace(registry),
      m_runs(registry),
      m_actions(this)
{
    setWindowTitle(QStringLiteral("Tidewire"));
    setWindowIcon(Icons::windowIcon());
    setMinimumSize(900, 600);
    setContextMenuPolicy(Qt::NoContextMenu);
    m_page = new DesignPage(registry);
    declareActions(*this);
    build();
    connectParts();
    const QByteArray place = QSettings().value(QStringLiteral("window/geometry")).toByteArray();
    if (!restoreGeometry(place))
        resize(1440, 900);
    refresh();
}

MainWindow::~MainWindow()
{
    // The page looks at flows that the workspace owns and that go first.
    m_page->show(nullptr, nullptr);
}

void MainWindow::build()
{
    m_title = new TitleBar(m_actions);
    m_tabs = new TabRow(m_actions);
    m_pages = new QStackedWidget;
    m_pages->addWidget(makeStartPage([this] { askForProject(); }));
    m_pages->addWidget(m_page);
    m_status = new StatusBar;
    m_commands = new SearchPopup(tr("Search steps and commands"), this);
    auto *centre = new QWidget;
    auto *column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(m_tabs);
    column->addWidget(m_pages, 1);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(makeRail([this] { dialogs::showShortcuts(this, m_actions); }));
    middle->addLayout(column, 1);
    auto *rows = new QVBoxLayout(centre);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(m_title);
    rows->addLayout(middle, 1);
    rows->addWidget(new Rule(Qt::Horizontal));
    rows->addWidget(m_status);
    setCentralWidget(centre);
    m_title->pill().setEnvironment(tr("Local"), tr("Doubles on this machine"), Tone::Info);
}

void MainWindow::connectParts()
{
    connect(&m_workspace, &Workspace::closing, this, [this] {
        m_runs.stop();
        m_page->show(nullptr, nullptr);
    });
    connect(&m_workspace, &Workspace::opened, this, &MainWindow::takeProject);
    connect(&m_workspace, &Workspace::currentChanged, this, &MainWindow::takeFlow);
    connect(&m_workspace, &Workspace::flowsChanged, this, &MainWindow::refreshTabs);
    connect(&m_tabs->tabs(), &QTabBar::currentChanged, this,
            [this](int index) { m_workspace.setCurrent(tabFlow(m_workspace, index)); });
    connect(&m_tabs->tabs(), &QTabBar::tabCloseRequested, this,
            [this](int index) { closeFlow(tabFlow(m_workspace, index)); });
    connect(m_tabs, &TabRow::addRequested, this, &MainWindow::openAddMenu);
    connect(&m_undo, &QUndoGroup::canUndoChanged, &m_actions, &ActionCatalogue::refresh);
    connect(&m_undo, &QUndoGroup::canRedoChanged, &m_actions, &ActionCatalogue::refresh);
    connect(&m_runs, &RunController::stateChanged, this, &MainWindow::refresh);
    connect(m_title, &TitleBar::commandBoxRequested, this, &MainWindow::openCommandBox);
    connect(m_page, &DesignPage::partsChanged, &m_actions, &ActionCatalogue::refresh);
    connect(&m_page->area(), &CanvasArea::viewChanged, &m_actions, &ActionCatalogue::refresh);
    connect(&m_page->area().canvas(), &FlowCanvas::zoomChanged, this, &MainWindow::refreshStatus);
    connect(&m_page->area().canvas(), &FlowCanvas::menuRequested, this,
            [this](const QPoint &place, const QString &id) { openCardMenu(*this, place, id); });
    connect(m_status, &StatusBar::clicked, this,
            [this](StatusBar::Part part) { statusClicked(*this, part); });
}

FlowModel *MainWindow::currentModel() const
{
    OpenFlow *flow = m_workspace.current();
    return flow ? flow->model.get() : nullptr;
}

bool MainWindow::openPath(const QString &path)
{
    const Result<void> opened = m_workspace.open(path);
    if (!opened)
        tellError(tr("%1 cannot be opened").arg(path), opened.error());
    return opened.has_value();
}

void MainWindow::askForProject()
{
    whenSettled(
        [this] { dialogs::chooseFolder(this, [this](const QString &path) { openPath(path); }); });
}

void MainWindow::askForFlow()
{
    whenSettled(
        [this] { dialogs::chooseFlow(this, [this](const QString &path) { openPath(path); }); });
}

void MainWindow::newFlow()
{
    const Result<void> added = m_workspace.addFlow(tr("New flow"));
    if (!added)
        tellError(tr("A flow cannot be added"), added.error());
}

void MainWindow::closeFlow(OpenFlow *flow)
{
    if (!flow)
        return;
    m_page->inspector().commitPending();
    if (!flow->model->isDirty())
        return m_workspace.closeTab(*flow);
    dialogs::askUnsaved(this, {fileName(*flow->model)}, [this, flow](dialogs::Unsaved answer) {
        if (answer == dialogs::Unsaved::Discard) {
            m_workspace.closeTab(*flow);
            m_workspace.discard(*flow);
        } else if (save(*flow->model)) {
            m_workspace.closeTab(*flow);
        }
    });
}

// The flows of the project that have no tab, and a new one.
void MainWindow::openAddMenu(const QPoint &below)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto &one : m_workspace.flows()) {
        OpenFlow *flow = one.get();
        if (!flow->hasTab)
            connect(menu->addAction(Icons::icon(QStringLiteral("diagram-2")), flow->model->id()),
                    &QAction::triggered, this, [this, flow] { m_workspace.setCurrent(flow); });
    }
    menu->addSeparator();
    for (const char *name : {"file.new_flow", "file.open_flow"})
        menu->addAction(m_actions.action(QString::fromLatin1(name)));
    menu->popup(below);
}

void MainWindow::takeProject()
{
    setWindowTitle(tr("%1 - Tidewire").arg(toQString(m_workspace.project()->name())));
    refreshTabs();
}

void MainWindow::takeFlow()
{
    OpenFlow *flow = m_workspace.current();
    m_pages->setCurrentIndex(flow ? 1 : 0);
    m_page->show(flow, m_workspace.connections());
    for (QUndoStack *stack : m_undo.stacks())
        m_undo.removeStack(stack);
    if (flow) {
        m_undo.addStack(&flow->model->undoStack());
        m_undo.setActiveStack(&flow->model->undoStack());
        connect(flow->model.get(), &FlowModel::editRefused, this, &MainWindow::tellRefusal,
                Qt::UniqueConnection);
        connect(flow->model.get(), &FlowModel::changed, this, &MainWindow::refresh,
                Qt::UniqueConnection);
        connect(flow->model.get(), &FlowModel::problemsChanged, this, &MainWindow::refreshStatus,
                Qt::UniqueConnection);
        connect(flow->model.get(), &FlowModel::selectionChanged, &m_actions,
                &ActionCatalogue::refresh, Qt::UniqueConnection);
        m_page->area().canvas().setFocus();
    }
    refreshTabs();
    refresh();
}

void MainWindow::refreshTabs()
{
    FlowTabs &tabs = m_tabs->tabs();
    const QSignalBlocker quiet(&tabs);
    const std::vector<OpenFlow *> flows = m_workspace.tabs();
    while (tabs.count() > static_cast<int>(flows.size()))
        tabs.removeTab(tabs.count() - 1);
    while (tabs.count() < static_cast<int>(flows.size()))
        tabs.addTab(QString());
    for (int i = 0; i < tabs.count(); ++i) {
        const FlowModel &model = *flows[static_cast<std::size_t>(i)]->model;
        tabs.setTabText(i, model.id());
        tabs.setDirty(i, model.isDirty());
    }
    const auto front = std::find(flows.begin(), flows.end(), m_workspace.current());
    tabs.setCurrentIndex(static_cast<int>(front - flows.begin()));
    tabs.update();
    m_actions.refresh();
    refreshStatus();
}

void MainWindow::refresh()
{
    m_tabs->showRunning(m_runs.isRunning(), m_runs.events());
    m_actions.refresh();
    refreshStatus();
}

void MainWindow::refreshStatus()
{
    showStatus(*m_status, {currentModel(), static_cast<int>(m_workspace.dirtyFlows().size()),
                           m_runs.isRunning(), m_page->area().canvas().zoom()});
}

void MainWindow::tellRefusal(const QString &reason)
{
    dialogs::tell(this, tr("This cannot be done"), reason);
}

void MainWindow::tellError(const QString &what, const Error &error)
{
    dialogs::tell(
        this, what,
        toQString(error.where.empty() ? error.message : error.where + ": " + error.message));
}

bool MainWindow::save(FlowModel &model)
{
    m_page->inspector().commitPending();
    const Result<void> saved = model.save();
    if (!saved)
        tellError(tr("%1 cannot be saved").arg(fileName(model)), saved.error());
    return saved.has_value();
}

bool MainWindow::saveCurrent()
{
    FlowModel *model = currentModel();
    return model && save(*model);
}

bool MainWindow::saveAll()
{
    m_page->inspector().commitPending();
    for (FlowModel *model : m_workspace.dirtyFlows()) {
        if (!save(*model))
            return false;
    }
    return true;
}

void MainWindow::check()
{
    m_page->inspector().commitPending();
    if (FlowModel *model = currentModel()) {
        model->check();
        m_page->setShown(DesignPage::Part::Run, true);
        m_page->runPanel().showTab(RunPanel::Problems);
    }
}

void MainWindow::run()
{
    m_page->inspector().commitPending();
    OpenFlow *flow = m_workspace.current();
    if (!flow)
        return;
    flow->model->check();
    if (hasErrors(flow->model->problems())) {
        check();
        return;
    }
    m_page->setShown(DesignPage::Part::Run, true);
    m_page->runPanel().showTab(RunPanel::Run);
    m_runs.start(m_workspace, *flow);
}

void MainWindow::openCommandBox()
{
    const CommandBox &box = m_title->commandBox();
    m_commands->open([this](const QString &typed) { return commandHits(*this, typed); },
                     box.mapToGlobal(QPoint(0, -1)), box.width());
}

void MainWindow::whenSettled(const std::function<void()> &then)
{
    m_page->inspector().commitPending();
    QStringList files;
    for (const FlowModel *model : m_workspace.dirtyFlows())
        files << fileName(*model);
    if (files.isEmpty())
        return then();
    dialogs::askUnsaved(this, files, [this, then](dialogs::Unsaved answer) {
        if (answer == dialogs::Unsaved::Discard || saveAll())
            then();
    });
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_settled) {
        whenSettled([this] {
            m_settled = true;
            // After an answer from the dialog; the close that is under way ends first.
            QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
        });
        if (!m_settled) {
            event->ignore();
            return;
        }
    }
    QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
    m_page->saveSizes();
    m_runs.stop();
    event->accept();
}

} // namespace tw
