// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/DesignPage.h"

#include "core/base/Text.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/editors/YamlEditor.h"
#include "ui/forms/Rule.h"
#include "ui/models/PaletteModel.h"
#include "ui/models/StepWords.h"
#include "ui/panels/InspectorPanel.h"
#include "ui/panels/ItemView.h"
#include "ui/panels/PalettePanel.h"
#include "ui/panels/RunPanel.h"
#include "ui/shell/CanvasBinding.h"
#include "ui/shell/Dialogs.h"
#include "ui/shell/SearchPopup.h"

#include <QHBoxLayout>
#include <QSettings>
#include <QSplitter>
#include <QTimer>

namespace tw {

namespace {

constexpr int kPaletteDrawerBelow = 1240;
constexpr int kInspectorDrawerBelow = 980;
constexpr int kRunHeight = 300;

} // namespace

DesignPage::DesignPage(const Registry &registry, QWidget *parent)
    : QWidget(parent),
      m_registry(registry),
      m_palette(new PalettePanel(registry)),
      m_area(new CanvasArea),
      m_inspector(new InspectorPanel),
      m_runPanel(new RunPanel),
      m_binding(new CanvasBinding(m_area->canvas(), this)),
      m_quickAdd(new SearchPopup(tr("Add a step"), this)),
      m_split(new QSplitter(Qt::Vertical))
{
    auto *upper = new QWidget;
    auto *upperLine = new QHBoxLayout(upper);
    upperLine->setContentsMargins(0, 0, 0, 0);
    upperLine->setSpacing(0);
    upperLine->addWidget(m_area, 1);
    upperLine->addWidget(new Rule(Qt::Vertical));
    upperLine->addWidget(m_inspector);
    m_split->addWidget(upper);
    m_split->addWidget(m_runPanel);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_split->setChildrenCollapsible(false);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    line->addWidget(m_palette);
    line->addWidget(new Rule(Qt::Vertical));
    line->addWidget(m_split, 1);
    connectParts();
}

void DesignPage::connectParts()
{
    FlowCanvas &canvas = m_area->canvas();
    connect(m_palette, &PalettePanel::addRequested, this, [this](const QString &type) {
        m_binding->addStep(type);
        if (isDrawer(Part::Palette))
            setShown(Part::Palette, false);
        m_area->canvas().setFocus();
    });
    connect(&canvas, &FlowCanvas::quickAddRequested, this, &DesignPage::openQuickAdd);
    connect(m_area, &CanvasArea::viewChanged, this, &DesignPage::fitSoon);
    connect(m_binding, &CanvasBinding::openRequested, this, &DesignPage::open);
    connect(m_binding, &CanvasBinding::edgePicked, this,
            [this](const QString &step) { m_runPanel->showStep(step); });
    connect(m_inspector, &InspectorPanel::deleteRequested, this,
            [this](const QString &step) { m_binding->deleteSteps({step}, false); });
    connect(m_runPanel, &RunPanel::stepPicked, this, [this](const QString &step) {
        if (m_flow && m_flow->model->selection() != QStringList{step}) {
            m_flow->model->select({step});
            m_area->canvas().reveal(step);
        }
    });
    connect(m_runPanel, &RunPanel::settingsRequested, this, &DesignPage::open);
    connect(m_runPanel, &RunPanel::problemPicked, this, &DesignPage::goTo);
}

void DesignPage::show(OpenFlow *flow, const std::map<std::string, std::string> *connections)
{
    m_flow = flow;
    FlowModel *model = flow ? flow->model.get() : nullptr;
    RunModel *run = flow ? flow->run.get() : nullptr;
    m_binding->setModels(model, run, connections);
    m_area->yaml().setModel(model);
    m_inspector->setModel(model, connections, run);
    m_runPanel->setModels(model, run);
    fitSoon();
}

void DesignPage::fitSoon()
{
    // Sizes are final only after the first layout of a visible page.
    m_fitSoon = true;
    QTimer::singleShot(0, this, [this] {
        if (!std::exchange(m_fitSoon, false))
            return;
        m_area->canvas().fit();
    });
}

QWidget *DesignPage::panelOf(Part part) const
{
    if (part == Part::Palette)
        return m_palette;
    return part == Part::Inspector ? static_cast<QWidget *>(m_inspector) : m_runPanel;
}

bool DesignPage::isDrawer(Part part) const
{
    return (part == Part::Palette && width() < kPaletteDrawerBelow) ||
           (part == Part::Inspector && width() < kInspectorDrawerBelow);
}

bool DesignPage::isShown(Part part) const
{
    const int index = static_cast<int>(part);
    return isDrawer(part) ? m_drawn[index] : m_wanted[index];
}

void DesignPage::setShown(Part part, bool shown)
{
    (isDrawer(part) ? m_drawn : m_wanted)[static_cast<int>(part)] = shown;
    arrange();
    if (shown && part == Part::Palette)
        m_palette->focusFilter();
    Q_EMIT partsChanged();
}

// A drawer floats over the canvas as a child of the page; otherwise it stands in its layout.
void DesignPage::arrange()
{
    auto *line = static_cast<QHBoxLayout *>(layout());
    auto *upperLine = static_cast<QHBoxLayout *>(m_split->widget(0)->layout());
    const auto place = [this](Part part, QHBoxLayout *home, int index) {
        QWidget *panel = panelOf(part);
        const bool floats = isDrawer(part);
        const bool atHome = home->indexOf(panel) >= 0;
        if (floats && atHome) {
            home->removeWidget(panel);
            panel->setParent(this);
        } else if (!floats && !atHome) {
            home->insertWidget(index < 0 ? home->count() : index, panel);
        }
        panel->setVisible(isShown(part));
        if (floats) {
            const int left = part == Part::Palette ? 0 : width() - panel->width();
            const int height =
                part == Part::Palette ? this->height() : m_split->widget(0)->height();
            panel->setGeometry(left, 0, panel->width(), height);
            panel->raise();
        }
    };
    place(Part::Palette, line, 0);
    place(Part::Inspector, upperLine, -1);
    m_runPanel->setVisible(isShown(Part::Run));
}

void DesignPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
    if (!std::exchange(m_sized, true))
        restoreSizes();
}

void DesignPage::openQuickAdd(const QPoint &place, const QString &from, const QString &exit)
{
    if (!m_flow)
        return;
    FlowModel *model = m_flow->model.get();
    const auto source = [this, model, place, from, exit](const QString &typed) {
        const bool hasTrigger = std::any_of(
            model->flow().steps.begin(), model->flow().steps.end(), [model](const FlowStep &step) {
                const NodeDescriptor *node = model->descriptorOf(step);
                return node && node->kind == NodeKind::Trigger;
            });
        std::vector<SearchPopup::Hit> hits;
        for (const NodeDescriptor *node : PaletteModel::ranked(m_registry, typed, hasTrigger)) {
            const QString type = toQString(node->type);
            hits.push_back({toQString(node->title), toQString(node->group), words::iconOf(node),
                            words::kindOf(node), [this, type, place, from, exit] {
                                m_binding->addStepAt(type, place, from, exit);
                            }});
        }
        return hits;
    };
    FlowCanvas &canvas = m_area->canvas();
    const QPoint corner = canvas.viewport()->mapToGlobal(canvas.mapFromScene(place));
    m_quickAdd->open(source, corner, 360);
}

void DesignPage::goTo(const Diagnostic &problem)
{
    const QString step = toQString(problem.step);
    if (!step.isEmpty() && m_area->view() != CanvasArea::View::Yaml && m_flow) {
        m_flow->model->select({step});
        m_area->canvas().reveal(step);
    }
    if (problem.line > 0 && m_area->view() != CanvasArea::View::Canvas)
        m_area->yaml().goTo(problem.line, problem.column);
    else if (problem.line > 0 && step.isEmpty()) {
        m_area->setView(CanvasArea::View::Split);
        m_area->yaml().goTo(problem.line, problem.column);
    }
}

void DesignPage::open(const QString &step)
{
    if (!m_flow || openPaper(step) || !m_flow->model->flow().step(toUtf8(step)))
        return;
    m_flow->model->select({step});
    if (!isShown(Part::Inspector))
        setShown(Part::Inspector, true);
    m_inspector->focusSettings();
}

bool DesignPage::openPaper(const QString &id)
{
    FlowModel *model = m_flow->model.get();
    for (const FlowNote &note : model->flow().notes) {
        if (toQString(note.id) == id) {
            dialogs::askText(this, tr("Note"), toQString(note.text), true,
                             [this, id](const QString &text) { m_binding->setNote(id, text); });
            return true;
        }
    }
    for (const FlowGroup &group : model->flow().groups) {
        if (toQString(group.id) == id) {
            dialogs::askText(this, tr("Title of the group"), toQString(group.title), false,
                             [this, id](const QString &text) { m_binding->setGroup(id, text); });
            return true;
        }
    }
    return false;
}

void DesignPage::rename()
{
    const QString id = m_flow ? m_flow->model->selection().value(0) : QString();
    if (id.isEmpty() || openPaper(id))
        return;
    if (!isShown(Part::Inspector))
        setShown(Part::Inspector, true);
    m_inspector->rename();
}

void DesignPage::saveSizes() const
{
    QSettings settings;
    settings.setValue(QStringLiteral("design/palette"), m_wanted[0]);
    settings.setValue(QStringLiteral("design/inspector"), m_wanted[1]);
    settings.setValue(QStringLiteral("design/run"), m_wanted[2]);
    settings.setValue(QStringLiteral("design/split"), m_split->saveState());
}

void DesignPage::restoreSizes()
{
    const QSettings settings;
    m_wanted[0] = settings.value(QStringLiteral("design/palette"), true).toBool();
    m_wanted[1] = settings.value(QStringLiteral("design/inspector"), true).toBool();
    m_wanted[2] = settings.value(QStringLiteral("design/run"), true).toBool();
    if (!m_split->restoreState(settings.value(QStringLiteral("design/split")).toByteArray())) {
        const int run = std::min(kRunHeight, height() * 38 / 100);
        m_split->setSizes({height() - run, run});
    }
    arrange();
}

} // namespace tw
