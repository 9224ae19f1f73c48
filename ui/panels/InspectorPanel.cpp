// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/InspectorPanel.h"

#include "core/base/Text.h"
#include "ui/base/Chip.h"
#include "ui/base/Fonts.h"
#include "ui/forms/FormScroll.h"
#include "ui/forms/ParamForm.h"
#include "ui/forms/Rule.h"
#include "ui/forms/TextLabel.h"
#include "ui/models/StepWords.h"
#include "ui/panels/ConnectionRow.h"
#include "ui/panels/RetryForm.h"
#include "ui/panels/StepHead.h"
#include "ui/panels/StepSample.h"
#include "ui/panels/TargetFields.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTabBar>
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
    m_head = new StepHead;
    connect(m_head, &StepHead::renamed, this, [this](const QString &name) {
        setField("name", name.isEmpty() ? field::none() : field::text(name));
    });
    connect(m_head, &StepHead::offRequested, this, [this] {
        if (const FlowStep *step = m_model ? m_model->selectedStep() : nullptr)
            setField("disabled", step->disabled ? field::none() : field::flag(true));
    });
    connect(m_head, &StepHead::deleteRequested, this, [this] {
        if (const FlowStep *step = m_model ? m_model->selectedStep() : nullptr)
            Q_EMIT deleteRequested(toQString(step->id));
    });

    m_tabs = new QTabBar;
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setFont(fonts::sans(fonts::Size::Body, QFont::Medium));
    for (const QString &tab : {tr("Settings"), tr("Errors and retry"), tr("Notes")})
        m_tabs->addTab(tab);
    m_failures = new Chip(QString(), Tone::Err, {}, Chip::Shape::Tag, m_tabs);
    m_failures->hide();

    auto *rule = new Rule(Qt::Horizontal);
    auto *tabLine = new QHBoxLayout;
    tabLine->setContentsMargins(kMargin - 4, 0, 8, 0);
    tabLine->addWidget(m_tabs);
    auto *layout = new QVBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
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
    m_connection = new ConnectionRow;
    m_form = new ParamForm;
    m_help = new TextLabel({}, Token::Text3);
    m_help->setWordWrap(true);
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(kMargin, 14, kMargin, 14);
    layout->setSpacing(14);
    layout->addWidget(m_connection);
    layout->addWidget(m_form);
    layout->addWidget(m_help);
    layout->addStretch();
    connect(m_connection, &ConnectionRow::chosen, this,
            [this](const QString &name) { setField("connection", field::text(name)); });
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
            return previewExpression(text, sample(),
                                     m_model ? triggerSample(*m_model, m_run) : nullptr);
        };
        context.targets = [this] {
            return m_model ? targetFields(*m_model) : std::vector<TargetField>();
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
    m_head->show(*step, node);
    m_help->setText(
        node ? toQString(node->help)
             : tr("No connector of this program knows the type %1.").arg(toQString(step->type)));
    std::map<std::string, std::string> known = m_model->flow().connections;
    if (m_connections)
        known.insert(m_connections->begin(), m_connections->end());
    m_connection->show(*step, node, known);
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
    m_head->rename();
}

void InspectorPanel::focusSettings()
{
    m_tabs->setCurrentIndex(0);
    m_form->setFocus();
    focusNextChild();
}

DocumentPtr InspectorPanel::sample() const
{
    return m_model ? stepSample(*m_model, m_run) : nullptr;
}

} // namespace tw
