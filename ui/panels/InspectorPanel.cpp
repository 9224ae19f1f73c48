// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/InspectorPanel.h"

#include "core/base/Text.h"
#include "ui/base/Buttons.h"
#include "ui/base/Chip.h"
#include "ui/base/Fonts.h"
#include "ui/base/Theme.h"
#include "ui/base/TileWidget.h"
#include "ui/forms/FormScroll.h"
#include "ui/forms/ParamForm.h"
#include "ui/forms/Rule.h"
#include "ui/forms/TextLabel.h"
#include "ui/models/StepWords.h"
#include "ui/panels/RetryForm.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace tw {

namespace {

constexpr int kMargin = 18;

QWidget *emptyPage()
{
    auto *page = new QWidget;
    auto *words =
        new TextLabel(InspectorPanel::tr("Select a step to see its settings."), Token::Text3);
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignCenter);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(32, 0, 32, 0);
    layout->addWidget(words);
    return page;
}

} // namespace

InspectorPanel::InspectorPanel(QWidget *parent)
    : QFrame(parent), m_pages(new QStackedWidget), m_bodies(new QStackedWidget)
{
    setAutoFillBackground(true);
    setFixedWidth(kWidth);
    auto *step = new QWidget;
    auto *layout = new QVBoxLayout(step);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    layout->addWidget(m_bodies, 1);
    m_bodies->addWidget(new FormScroll(makeSettings()));
    m_retry = new RetryForm;
    m_retry->setContentsMargins(kMargin, 14, kMargin, 14);
    m_bodies->addWidget(new FormScroll(m_retry));
    m_bodies->addWidget(makeNotes());
    m_pages->addWidget(emptyPage());
    m_pages->addWidget(step);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_pages);

    connect(m_tabs, &QTabBar::currentChanged, m_bodies, &QStackedWidget::setCurrentIndex);
    connect(m_retry, &RetryForm::retryChanged, this, [this](const auto &retry) {
        if (const FlowStep *selected = m_model ? m_model->selectedStep() : nullptr)
            m_model->apply(edit::SetRetry{selected->id, retry});
    });
    connect(m_form, &ParamForm::settingChanged, this,
            [this](const YamlPath &path, const DocumentPtr &value) {
                if (const FlowStep *selected = m_model ? m_model->selectedStep() : nullptr) {
                    QString key = toQString(selected->id);
                    for (const std::string &part : path)
                        key += QLatin1Char('/') + toQString(part);
                    m_model->apply(edit::SetSetting{selected->id, path, value}, key);
                }
            });
    connect(m_form, &ParamForm::settingRenamed, this,
            [this](const YamlPath &path, const QString &name) {
                if (const FlowStep *selected = m_model ? m_model->selectedStep() : nullptr)
                    m_model->renameSetting(selected->id, path, toUtf8(name));
            });
}

QWidget *InspectorPanel::makeHead()
{
    auto *head = new QWidget;
    m_tile = new TileWidget(QStringLiteral("box"), StepKind::Utility, 42);
    m_kind = new TextLabel({}, Token::KindUtility, fonts::Size::Kind, QFont::DemiBold);
    m_title = new QLineEdit;
    m_title->setFrame(false);
    m_title->setFont(fonts::sans(fonts::Size::Panel, QFont::DemiBold));
    m_title->setAccessibleName(tr("Name of the step"));
    m_title->setFixedHeight(24);
    m_title->setTextMargins(-2, 0, 0, 0);
    auto *more = makeIconButton(QStringLiteral("three-dots"), tr("More"), head);
    auto *menu = new QMenu(more);
    connect(menu->addAction(tr("Rename")), &QAction::triggered, this, &InspectorPanel::rename);
    connect(menu->addAction(tr("Switch on or off")), &QAction::triggered, this, [this] {
        if (const FlowStep *step = m_model ? m_model->selectedStep() : nullptr)
            setField("disabled", step->disabled ? field::none() : field::flag(true));
    });
    connect(menu->addAction(tr("Delete step")), &QAction::triggered, this, [this] {
        if (const FlowStep *step = m_model ? m_model->selectedStep() : nullptr)
            Q_EMIT deleteRequested(toQString(step->id));
    });
    connect(more, &QToolButton::clicked, this,
            [more, menu] { menu->popup(more->mapToGlobal(QPoint(0, more->height()))); });
    connect(m_title, &QLineEdit::editingFinished, this, [this] {
        const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
        if (step && m_title->text() != words::titleOf(*step, m_model->descriptorOf(*step)))
            setField("name",
                     m_title->text().isEmpty() ? field::none() : field::text(m_title->text()));
    });

    m_tabs = new QTabBar;
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setFont(fonts::sans(fonts::Size::Body, QFont::Medium));
    for (const QString &tab : {tr("Settings"), tr("Errors and retry"), tr("Notes")})
        m_tabs->addTab(tab);
    m_failures = new Chip(QString(), Tone::Err, {}, Chip::Shape::Tag, m_tabs);
    m_failures->hide();

    auto *names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(m_kind);
    names->addWidget(m_title);
    auto *line = new QHBoxLayout;
    line->setContentsMargins(kMargin, 11, 12, 0);
    line->setSpacing(12);
    line->addWidget(m_tile);
    line->addLayout(names, 1);
    line->addWidget(more);
    auto *rule = new Rule(Qt::Horizontal);
    auto *tabLine = new QHBoxLayout;
    tabLine->setContentsMargins(kMargin - 4, 0, 8, 0);
    tabLine->addWidget(m_tabs);
    auto *layout = new QVBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(line);
    layout->addSpacing(10);
    layout->addLayout(tabLine);
    auto *ruleLine = new QHBoxLayout;
    ruleLine->setContentsMargins(kMargin, 0, kMargin, 0);
    ruleLine->addWidget(rule);
    layout->addLayout(ruleLine);
    return head;
}

QWidget *InspectorPanel::makeSettings()
{
    auto *body = new QWidget;
    m_connectionRow = new QWidget;
    m_connection = new QComboBox;
    m_connection->setFixedHeight(32);
    m_connection->setAccessibleName(tr("Connection"));
    m_connectionHelp = new TextLabel({}, Token::Text3);
    m_connectionHelp->setWordWrap(true);
    auto *connection = new QVBoxLayout(m_connectionRow);
    connection->setContentsMargins(0, 0, 0, 0);
    connection->setSpacing(4);
    connection->addWidget(new TextLabel(tr("Connection"), Token::Text2));
    connection->addWidget(m_connection);
    connection->addWidget(m_connectionHelp);
    m_form = new ParamForm;
    m_help = new TextLabel({}, Token::Text3);
    m_help->setWordWrap(true);
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(kMargin, 14, kMargin, 14);
    layout->setSpacing(14);
    layout->addWidget(m_connectionRow);
    layout->addWidget(m_form);
    layout->addWidget(m_help);
    layout->addStretch();
    connect(m_connection, &QComboBox::activated, this, [this] {
        const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
        const QString name = m_connection->currentData().toString();
        if (step && toQString(step->connection) != name)
            setField("connection", field::text(name));
    });
    return body;
}

QWidget *InspectorPanel::makeNotes()
{
    auto *body = new QWidget;
    m_note = new QPlainTextEdit;
    m_note->setPlaceholderText(tr("Why this step is here, who asked for it."));
    m_note->setAccessibleName(tr("Note"));
    m_note->setTabChangesFocus(true);
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(kMargin, 14, kMargin, 14);
    layout->addWidget(m_note);
    // One undo step for what is written in one go.
    connect(m_note, &QPlainTextEdit::textChanged, this, [this] {
        const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
        const QString text = m_note->toPlainText();
        if (!step || text == toQString(step->note))
            return;
        m_model->apply(edit::SetStepField{step->id, "note",
                                          text.isEmpty() ? field::none() : field::text(text)},
                       toQString(step->id) + QStringLiteral("/note"));
    });
    return body;
}

void InspectorPanel::setModel(FlowModel *model,
                              const std::map<std::string, std::string> *connections, RunModel *run)
{
    if (m_model)
        m_model->disconnect(this);
    if (m_run)
        m_run->disconnect(this);
    m_model = model;
    m_connections = connections;
    m_run = run;
    m_shown.clear();
    if (model) {
        connect(model, &FlowModel::selectionChanged, this, &InspectorPanel::showStep);
        connect(model, &FlowModel::changed, this, &InspectorPanel::showStep);
        connect(model, &FlowModel::problemsChanged, this, &InspectorPanel::refresh);
    }
    if (run) {
        connect(run, &RunModel::ended, this, &InspectorPanel::refresh);
        connect(run, &RunModel::changed, this, &InspectorPanel::showFailures);
    }
    showStep();
}

void InspectorPanel::showStep()
{
    const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
    m_pages->setCurrentIndex(step ? 1 : 0);
    if (!step) {
        m_shown.clear();
        return;
    }
    const NodeDescriptor *node = m_model->descriptorOf(*step);
    const QString key = toQString(step->id + '\n' + step->type);
    if (key != m_shown) {
        m_shown = key;
        FormContext context;
        context.preview = [this](const std::string &text) {
            return previewExpression(text, sample(), triggerEvent());
        };
        for (const FlowStep &other : m_model->flow().steps)
            context.steps << toQString(other.id);
        m_form->setParams(node ? node->params : std::vector<Param>(), context);
    }
    refresh();
}

void InspectorPanel::refresh()
{
    const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
    if (!step)
        return;
    const NodeDescriptor *node = m_model->descriptorOf(*step);
    const StepKind kind = words::kindOf(node);
    m_tile->setTile(words::iconOf(node), kind);
    m_kind->setText(words::kindName(kind).toUpper());
    m_kind->setToken(kindToken(kind));
    if (!m_title->hasFocus())
        m_title->setText(words::titleOf(*step, node));
    m_help->setText(
        node ? toQString(node->help)
             : tr("No connector of this program knows the type %1.").arg(toQString(step->type)));
    m_connectionRow->setVisible(node && !node->connection.empty());
    if (node && !node->connection.empty())
        fillConnections(*step, *node);
    std::vector<Diagnostic> findings;
    for (const Diagnostic &problem : m_model->problems()) {
        if (problem.step == step->id)
            findings.push_back(problem);
    }
    m_form->show(step->with, findings);
    m_form->refreshResults();
    QString target;
    for (const Wire *wire : step->from("error")) {
        const FlowStep *to = m_model->flow().step(wire->to);
        target = to ? words::titleOf(*to, m_model->descriptorOf(*to)) : toQString(wire->to);
    }
    QStringList codes;
    if (node) {
        for (const std::string &code : node->errorCodes)
            codes << toQString(code);
    }
    showFailures();
    m_retry->show(*step, !node || node->canFail, target, codes);
    if (m_note->toPlainText() != toQString(step->note)) {
        const QSignalBlocker quiet(m_note);
        m_note->setPlainText(toQString(step->note));
    }
}

// The bar keeps room for a hidden button, so the badge comes and goes as a whole.
void InspectorPanel::showFailures()
{
    const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
    const StepRun *run = step && m_run ? m_run->of(step->id) : nullptr;
    const bool any = run && run->failed > 0;
    if (any)
        m_failures->setText(QString::number(run->failed));
    m_tabs->setTabButton(1, QTabBar::RightSide, any ? m_failures : nullptr);
    m_failures->setVisible(any);
}

void InspectorPanel::fillConnections(const FlowStep &step, const NodeDescriptor &node)
{
    std::map<std::string, std::string> known = m_model->flow().connections;
    if (m_connections)
        known.insert(m_connections->begin(), m_connections->end());
    const QSignalBlocker quiet(m_connection);
    m_connection->clear();
    const QIcon dot = Icons::icon(QStringLiteral("plug"), Token::Ok);
    for (const auto &[name, type] : known) {
        if (type == node.connection)
            m_connection->addItem(dot, toQString(name), toQString(name));
    }
    const QString name = toQString(step.connection);
    m_connection->setCurrentIndex(m_connection->findData(name));
    m_connection->setPlaceholderText(name.isEmpty() ? tr("Choose") : name);
    const bool found = m_connection->currentIndex() >= 0;
    m_connectionHelp->setToken(found ? Token::Text3 : Token::Err);
    m_connectionHelp->setText(
        found ? tr("Runs here go to the double on this machine.")
              : tr("Choose a connection of the type %1.").arg(toQString(node.connection)));
}

void InspectorPanel::setField(const char *name, const DocumentPtr &value)
{
    if (const FlowStep *step = m_model ? m_model->selectedStep() : nullptr)
        m_model->apply(edit::SetStepField{step->id, name, value});
}

void InspectorPanel::commitPending()
{
    m_form->commitPending();
}

void InspectorPanel::rename()
{
    m_title->setFocus();
    m_title->selectAll();
}

void InspectorPanel::focusSettings()
{
    m_tabs->setCurrentIndex(0);
    m_form->setFocus();
    focusNextChild();
}

DocumentPtr InspectorPanel::sample() const
{
    const FlowStep *step = m_model ? m_model->selectedStep() : nullptr;
    const StepRun *run = step && m_run ? m_run->of(step->id) : nullptr;
    if (run) {
        for (const RunItem &item : run->items) {
            if (item.input)
                return item.input;
        }
    }
    return registrySample();
}

DocumentPtr InspectorPanel::triggerEvent() const
{
    if (!m_model)
        return nullptr;
    for (const FlowStep &step : m_model->flow().steps) {
        const NodeDescriptor *node = m_model->descriptorOf(step);
        if (!node || node->kind != NodeKind::Trigger)
            continue;
        const StepRun *run = m_run ? m_run->of(step.id) : nullptr;
        for (const RunItem &item : run ? run->items : std::vector<RunItem>()) {
            if (item.input)
                return item.input;
            if (!item.outputs.empty())
                return item.outputs.front();
        }
    }
    return registrySample();
}

// Before anything ran: a believable event of the first type that the flow's trigger asks for.
DocumentPtr InspectorPanel::registrySample() const
{
    if (!m_model)
        return nullptr;
    for (const FlowStep &step : m_model->flow().steps) {
        const NodeDescriptor *node = m_model->descriptorOf(step);
        if (!node || node->kind != NodeKind::Trigger || node->samples.empty())
            continue;
        const YamlNode *events = step.with ? step.with->find("events") : nullptr;
        const QString wanted = field::scalars(events).value(0);
        for (const NodeSample &one : node->samples) {
            if (toQString(one.id) == wanted)
                return one.make();
        }
        return node->samples.front().make();
    }
    return nullptr;
}

} // namespace tw
