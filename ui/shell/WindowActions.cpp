// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/WindowActions.h"

#include "core/base/Text.h"
#include "ui/base/Theme.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/models/StepWords.h"
#include "ui/panels/InspectorPanel.h"
#include "ui/panels/RunPanel.h"
#include "ui/shell/CanvasBinding.h"
#include "ui/shell/DesignPage.h"
#include "ui/shell/Dialogs.h"
#include "ui/shell/MainWindow.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QSettings>

namespace tw {

namespace {

using Part = DesignPage::Part;
using View = CanvasArea::View;

constexpr const char *kSystemDark = "tidewireSystemDark";

QString say(const char *text)
{
    return MainWindow::tr(text);
}

QString id(const char *text)
{
    return QString::fromLatin1(text);
}

void declareFile(MainWindow &window)
{
    ActionCatalogue &all = window.actions();
    MainWindow *w = &window;
    const auto hasFlow = [w] { return w->currentModel() != nullptr; };
    all.declare({id("file.open"),
                 say("Open project"),
                 id("folder2-open"),
                 {QKeySequence::Open},
                 id("File")},
                [w] { w->askForProject(); });
    all.declare({id("file.open_flow"),
                 say("Open flow"),
                 id("file-earmark-text"),
                 {QKeySequence(QStringLiteral("Ctrl+Shift+O"))},
                 id("File")},
                [w] { w->askForFlow(); });
    all.declare(
        {id("file.new_flow"), say("New flow"), id("plus-lg"), {QKeySequence::New}, id("File")},
        [w] { w->newFlow(); }, [w] { return w->workspace().project() != nullptr; });
    all.declare(
        {id("file.save"), say("Save flow"), id("save"), {QKeySequence::Save}, id("File"), true},
        [w] { w->saveCurrent(); },
        [w] { return w->currentModel() && w->currentModel()->isDirty(); });
    all.declare(
        {id("file.save_all"),
         say("Save all flows"),
         {},
         {QKeySequence(QStringLiteral("Ctrl+Shift+S"))},
         id("File")},
        [w] { w->saveAll(); }, [w] { return !w->workspace().dirtyFlows().empty(); });
    all.declare(
        {id("file.close_flow"),
         say("Close flow"),
         {},
         {QKeySequence(QStringLiteral("Ctrl+W"))},
         id("File")},
        [w] { w->closeFlow(w->workspace().current()); },
        [w] { return w->currentModel() != nullptr; });
    all.declare({id("file.quit"),
                 say("Quit"),
                 {},
                 {QKeySequence(QStringLiteral("Ctrl+Q"))},
                 id("File"),
                 true},
                [w] { w->close(); });
    all.declare(
        {id("edit.undo"),
         say("Undo"),
         id("arrow-counterclockwise"),
         {QKeySequence::Undo},
         id("Edit")},
        [w] { w->undoGroup().undo(); }, [w] { return w->undoGroup().canUndo(); });
    all.declare(
        {id("edit.redo"),
         say("Redo"),
         id("arrow-clockwise"),
         {QKeySequence::Redo, QKeySequence(QStringLiteral("Ctrl+Y"))},
         id("Edit")},
        [w] { w->undoGroup().redo(); }, [w] { return w->undoGroup().canRedo(); });
    all.declare(
        {id("edit.delete"), say("Delete steps"), id("trash"), {}, id("Edit"), true},
        [w] { w->page().binding().deleteSteps(w->currentModel()->selection(), false); },
        [w] { return w->currentModel() && !w->currentModel()->selection().isEmpty(); });
    all.declare(
        {id("edit.rename"),
         say("Rename"),
         id("pencil"),
         {QKeySequence(QStringLiteral("F2"))},
         id("Edit")},
        [w] { w->page().rename(); },
        [w] { return w->currentModel() && w->currentModel()->selection().size() == 1; });
    all.declare(
        {id("edit.find"), say("Find step"), id("search"), {QKeySequence::Find}, id("Edit")},
        [w] { w->openCommandBox(); }, hasFlow);
}

void declareView(MainWindow &window)
{
    ActionCatalogue &all = window.actions();
    MainWindow *w = &window;
    const auto view = [&](const char *name, const QString &text, const char *keys, View which,
                          bool first) {
        all.declare(
            {id(name), text, {}, {QKeySequence(id(keys))}, id("View"), first, true},
            [w, which] { w->page().area().setView(which); }, {},
            [w, which] { return w->page().area().view() == which; });
    };
    view("view.canvas", say("Canvas"), "Alt+1", View::Canvas, false);
    view("view.split", say("Canvas and YAML"), "Alt+2", View::Split, false);
    view("view.yaml", say("YAML"), "Alt+3", View::Yaml, false);
    const auto part = [&](const char *name, const QString &text, const char *keys, Part which,
                          bool first) {
        all.declare(
            {id(name), text, {}, {QKeySequence(id(keys))}, id("View"), first, true},
            [w, which] { w->page().setShown(which, !w->page().isShown(which)); }, {},
            [w, which] { return w->page().isShown(which); });
    };
    part("view.palette", say("Steps to add"), "F4", Part::Palette, true);
    part("view.run", say("Run panel"), "F6", Part::Run, false);
    part("view.inspector", say("Settings of the step"), "F7", Part::Inspector, false);
    FlowCanvas *canvas = &w->page().area().canvas();
    all.declare({id("view.zoom_in"),
                 say("Zoom in"),
                 id("zoom-in"),
                 {QKeySequence::ZoomIn},
                 id("View"),
                 true},
                [canvas] { canvas->zoomIn(); });
    all.declare(
        {id("view.zoom_out"), say("Zoom out"), id("zoom-out"), {QKeySequence::ZoomOut}, id("View")},
        [canvas] { canvas->zoomOut(); });
    all.declare({id("view.zoom_100"),
                 say("Zoom to 100%"),
                 {},
                 {QKeySequence(QStringLiteral("Ctrl+0"))},
                 id("View")},
                [canvas] { canvas->resetZoom(); });
    all.declare({id("view.fit"),
                 say("Fit the flow"),
                 id("fullscreen"),
                 {QKeySequence(QStringLiteral("Ctrl+1"))},
                 id("View")},
                [canvas] { canvas->fitAll(); });
    const auto theme = [&](const char *name, const QString &text, ThemeChoice choice, bool first) {
        all.declare(
            {id(name), text, {}, {}, id("View"), first, true}, [choice] { chooseTheme(choice); },
            {}, [choice] { return themeChoice() == choice; });
    };
    theme("view.light", say("Light theme"), ThemeChoice::Light, true);
    theme("view.dark", say("Dark theme"), ThemeChoice::Dark, false);
    theme("view.follow", say("Theme of the desktop"), ThemeChoice::Follow, false);
}

void declareFlow(MainWindow &window)
{
    ActionCatalogue &all = window.actions();
    MainWindow *w = &window;
    FlowCanvas *canvas = &w->page().area().canvas();
    const auto hasFlow = [w] { return w->currentModel() != nullptr; };
    const auto hasStep = [w] {
        return w->currentModel() && !w->currentModel()->selection().isEmpty();
    };
    all.declare(
        {id("flow.add_step"),
         say("Add step"),
         id("plus-square"),
         {QKeySequence(QStringLiteral("Ctrl+Space"))},
         id("Flow")},
        [w, canvas] {
            const FlowStep *step = w->currentModel()->selectedStep();
            const QString from = step ? toQString(step->id) : QString();
            const QPointF middle = canvas->mapToScene(canvas->viewport()->rect().center());
            w->page().openQuickAdd(middle.toPoint(), from,
                                   from.isEmpty() ? QString() : canvas->freeExit(from));
        },
        hasFlow);
    all.declare(
        {id("flow.toggle"), say("Switch steps off or on"), id("power"), {}, id("Flow")},
        [w] { w->page().binding().toggleOff(); }, hasStep);
    all.declare(
        {id("flow.tidy"), say("Tidy the layout"), id("diagram-3"), {}, id("Flow")},
        [w] { w->page().binding().tidy({}); }, hasFlow);
    all.declare(
        {id("flow.check"),
         say("Check"),
         id("check2-square"),
         {QKeySequence(QStringLiteral("F8"))},
         id("Flow"),
         true},
        [w] { w->check(); }, hasFlow);
    all.declare(
        {id("run.start"),
         say("Run with sample events"),
         id("play-fill"),
         {QKeySequence(QStringLiteral("F5"))},
         id("Run")},
        [w] { w->run(); }, [w, hasFlow] { return hasFlow() && !w->runs().isRunning(); });
    all.declare(
        {id("run.stop"),
         say("Stop"),
         id("stop-fill"),
         {QKeySequence(QStringLiteral("Shift+F5"))},
         id("Run")},
        [w] { w->stop(); }, [w] { return w->runs().isRunning(); });
    all.declare({id("tools.commands"),
                 say("Search and commands"),
                 id("search"),
                 {QKeySequence(QStringLiteral("Ctrl+K"))},
                 id("Help")},
                [w] { w->openCommandBox(); });
    all.declare({id("help.shortcuts"),
                 say("Keyboard shortcuts"),
                 id("question-circle"),
                 {QKeySequence(QStringLiteral("F1"))},
                 id("Help")},
                [w] { dialogs::showShortcuts(w, w->actions()); });
    all.declare({id("help.about"), say("About Tidewire"), id("info-circle"), {}, id("Help")},
                [w] { dialogs::showAbout(w, w->version()); });
}

} // namespace

void declareActions(MainWindow &window)
{
    declareFile(window);
    declareView(window);
    declareFlow(window);
}

std::vector<SearchPopup::Hit> commandHits(MainWindow &window, const QString &typed)
{
    std::vector<SearchPopup::Hit> hits;
    if (FlowModel *model = window.currentModel()) {
        for (const FlowStep &step : model->flow().steps) {
            const NodeDescriptor *node = model->descriptorOf(step);
            const QString title = words::titleOf(step, node);
            const QString key = toQString(step.id);
            if (typed.isEmpty() ||
                !(title + QLatin1Char(' ') + key).contains(typed, Qt::CaseInsensitive))
                continue;
            hits.push_back({title, say("Step"), words::iconOf(node), words::kindOf(node),
                            [&window, model, key] {
                                model->select({key});
                                window.page().area().canvas().reveal(key);
                            }});
        }
    }
    for (QAction *action : window.actions().all()) {
        const QString name = window.actions().idOf(action);
        if (!action->isEnabled() || name == QLatin1String("tools.commands") ||
            !action->text().contains(typed, Qt::CaseInsensitive))
            continue;
        hits.push_back({action->text(), action->shortcut().toString(QKeySequence::NativeText),
                        QStringLiteral("chevron-right"), std::nullopt,
                        [action] { action->trigger(); }});
    }
    return hits;
}

void statusClicked(MainWindow &window, StatusBar::Part part)
{
    DesignPage &page = window.page();
    switch (part) {
    case StatusBar::Part::Problems:
        return window.check();
    case StatusBar::Part::Changes:
        window.saveAll();
        return;
    case StatusBar::Part::Runner:
        page.setShown(Part::Run, true);
        return page.runPanel().showTab(RunPanel::Run);
    case StatusBar::Part::Schema:
        return page.area().setView(View::Split);
    case StatusBar::Part::Steps:
        return page.area().canvas().fitAll();
    case StatusBar::Part::Zoom:
        return page.area().canvas().resetZoom();
    }
}

void openCardMenu(MainWindow &window, const QPoint &place, const QString &card)
{
    auto *menu = new QMenu(&window);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool isStep = !card.isEmpty();
    for (const char *name : {"edit.rename", "flow.toggle", "edit.delete"}) {
        if (isStep)
            menu->addAction(window.actions().action(id(name)));
    }
    for (const char *name : {"flow.add_step", "flow.tidy", "view.fit"}) {
        if (!isStep)
            menu->addAction(window.actions().action(id(name)));
    }
    menu->popup(place);
}

ThemeChoice themeChoice()
{
    return static_cast<ThemeChoice>(QSettings().value(QStringLiteral("window/theme"), 0).toInt());
}

void chooseTheme(ThemeChoice choice)
{
    QSettings().setValue(QStringLiteral("window/theme"), static_cast<int>(choice));
    const bool dark = choice == ThemeChoice::Dark ||
                      (choice == ThemeChoice::Follow && qApp->property(kSystemDark).toBool());
    Theme::current().setMode(dark ? Theme::Mode::Dark : Theme::Mode::Light);
}

void applyRememberedTheme(bool systemIsDark)
{
    qApp->setProperty(kSystemDark, systemIsDark);
    chooseTheme(themeChoice());
}

} // namespace tw
