// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/RunPanel.h"

#include "core/base/Text.h"
#include "ui/base/Chip.h"
#include "ui/forms/Rule.h"
#include "ui/forms/TextLabel.h"
#include "ui/models/StepWords.h"
#include "ui/panels/ItemView.h"
#include "ui/panels/ProblemsView.h"
#include "ui/panels/RunStepsView.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace tw {

namespace {

constexpr int kHead = 37;

} // namespace

RunPanel::RunPanel(QWidget *parent)
    : QFrame(parent),
      m_pages(new QStackedWidget),
      m_steps(new RunStepsView),
      m_items(new ItemView),
      m_problems(new ProblemsView),
      m_log(new QPlainTextEdit)
{
    setAutoFillBackground(true);
    setMinimumHeight(140);
    auto *split = new QSplitter(Qt::Horizontal);
    split->addWidget(m_steps);
    split->addWidget(m_items);
    split->setChildrenCollapsible(false);
    split->setStretchFactor(0, 53);
    split->setStretchFactor(1, 47);
    m_items->setMinimumWidth(580);
    split->setSizes({530, 470});
    m_log->setReadOnly(true);
    m_log->setFont(fonts::mono());
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setAccessibleName(tr("Log of this run"));
    m_pages->addWidget(split);
    m_pages->addWidget(m_problems);
    m_pages->addWidget(m_log);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    layout->addWidget(new Rule(Qt::Horizontal));
    layout->addWidget(m_pages, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_pages->setCurrentIndex(tab);
        refreshLog();
    });
    connect(m_steps, &RunStepsView::picked, this, [this](const QString &step) {
        m_items->showStep(step);
        Q_EMIT stepPicked(step);
    });
    // A step may take long without news: the time goes on all the same.
    m_tick.setSingleShot(true);
    m_tick.setInterval(100);
    connect(&m_tick, &QTimer::timeout, this, &RunPanel::refreshRun);
    connect(m_problems, &ProblemsView::picked, this, &RunPanel::problemPicked);
    connect(m_items, &ItemView::settingsRequested, this, &RunPanel::settingsRequested);
}

QWidget *RunPanel::makeHead()
{
    auto *head = new QWidget;
    head->setFixedHeight(kHead);
    m_tabs = new QTabBar;
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setFont(fonts::sans(fonts::Size::Body, QFont::Medium));
    for (const QString &tab : {tr("Run"), tr("Problems"), tr("Log")})
        m_tabs->addTab(tab);
    m_problemCount = new Chip(QString(), Tone::Err, {}, Chip::Shape::Tag, m_tabs);
    m_summary = new TextLabel({}, Token::Text2, fonts::Size::Body);
    m_done = new Chip(QString(), Tone::Ok, QStringLiteral("check-lg"));
    m_failed = new Chip(QString(), Tone::Err, QStringLiteral("x-lg"));
    m_waiting = new Chip(QString(), Tone::Warn, QStringLiteral("hourglass-split"));
    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(8, 0, 14, 0);
    line->setSpacing(10);
    line->addWidget(m_tabs, 0, Qt::AlignBottom);
    line->addStretch();
    line->addWidget(m_summary);
    for (Chip *chip : {m_done, m_failed, m_waiting}) {
        chip->hide();
        line->addWidget(chip);
    }
    return head;
}

void RunPanel::setModels(FlowModel *flow, RunModel *run)
{
    if (m_flow)
        m_flow->disconnect(this);
    if (m_run)
        m_run->disconnect(this);
    m_flow = flow;
    m_run = run;
    m_logLines = 0;
    m_log->clear();
    m_steps->model().setModels(flow, run);
    m_items->setRun(run);
    if (flow) {
        connect(flow, &FlowModel::problemsChanged, this, &RunPanel::refreshProblems);
        connect(flow, &FlowModel::selectionChanged, this,
                [this] { showStep(m_flow->selection().value(0)); });
        showStep(flow->selection().value(0));
    }
    if (run) {
        connect(run, &RunModel::changed, this, &RunPanel::refreshRun);
        connect(run, &RunModel::started, this, [this] {
            m_logLines = 0;
            m_log->clear();
        });
    }
    refreshRun();
    refreshProblems();
}

void RunPanel::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

void RunPanel::showStep(const QString &step)
{
    m_steps->select(step);
    m_items->showStep(step);
}

int RunPanel::written() const
{
    int count = 0;
    for (const FlowStep &step : m_flow->flow().steps) {
        const NodeDescriptor *node = m_flow->descriptorOf(step);
        const StepRun *run = m_run->of(step.id);
        if (node && node->effect && run)
            count += run->out;
    }
    return count;
}

void RunPanel::refreshRun()
{
    const QLocale locale;
    const bool any = m_run && m_flow && m_run->number() > 0;
    m_tabs->setTabText(Run, any ? tr("Run %1").arg(m_run->number()) : tr("Run"));
    for (Chip *chip : {m_done, m_failed, m_waiting})
        chip->hide();
    m_summary->setText(QString());
    if (!any)
        return;
    const QString seconds =
        locale.toString(static_cast<double>(m_run->duration().count()) / 1000, 'f', 1);
    const int events = m_run->events();
    if (!m_run->failure().isEmpty())
        m_summary->setText(m_run->failure());
    else if (m_run->isRunning()) {
        m_summary->setText(tr("Running for %1 s").arg(seconds));
        m_tick.start();
    } else
        m_summary->setText(events == 1
                               ? tr("1 event in %1 s").arg(seconds)
                               : tr("%1 events in %2 s").arg(locale.toString(events), seconds));
    m_summary->setToken(m_run->failure().isEmpty() ? Token::Text2 : Token::Err);
    const auto chip = [&locale](Chip &one, int count, const QString &word) {
        one.setText(locale.toString(count) + QLatin1Char(' ') + word);
        one.setVisible(count > 0);
    };
    chip(*m_done, written(), tr("written"));
    chip(*m_failed, static_cast<int>(m_run->deadLetters().size()), tr("failed"));
    int waiting = 0;
    for (const FlowStep &step : m_flow->flow().steps)
        waiting += m_run->of(step.id) ? m_run->of(step.id)->waiting : 0;
    chip(*m_waiting, waiting, tr("waiting"));
    refreshLog();
}

void RunPanel::refreshProblems()
{
    const auto problems = m_flow ? m_flow->problems() : std::vector<Diagnostic>();
    m_problems->set(problems);
    m_problemCount->setText(QString::number(problems.size()));
    m_problemCount->setTone(hasErrors(problems) ? Tone::Err : Tone::Warn);
    // The bar keeps room for a hidden button, so the badge comes and goes as a whole.
    m_tabs->setTabButton(Problems, QTabBar::RightSide, problems.empty() ? nullptr : m_problemCount);
    m_problemCount->setVisible(!problems.empty());
}

void RunPanel::refreshLog()
{
    if (!m_run || m_tabs->currentIndex() != Log)
        return;
    const QStringList &lines = m_run->log();
    if (lines.size() < m_logLines) {
        m_logLines = 0;
        m_log->clear();
    }
    for (; m_logLines < lines.size(); ++m_logLines)
        m_log->appendPlainText(lines[m_logLines]);
}

} // namespace tw
