// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ItemView.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "ui/base/Buttons.h"
#include "ui/base/SegmentedControl.h"
#include "ui/editors/JsonViewer.h"
#include "ui/forms/TextLabel.h"
#include "ui/models/ValueTableModel.h"
#include "ui/panels/ErrorCard.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLocale>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace tw {

namespace {
enum Form { Table, Json, Schema };
} // namespace

ItemView::ItemView(QWidget *parent)
    : QWidget(parent),
      m_error(new ErrorCard),
      m_views(new QStackedWidget),
      m_json(new JsonViewer),
      m_table(new QTableView),
      m_rows(new ValueTableModel(this)),
      m_empty(new TextLabel({}, Token::Text3))
{
    m_table->setModel(m_rows);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(26);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setColumnWidth(0, 240);
    m_table->setFont(fonts::mono());
    m_table->setAccessibleName(tr("Fields of the message"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    // In a low panel the words about the failure keep their room, the message gives way.
    m_json->setMinimumHeight(24);
    m_table->setMinimumHeight(24);
    m_views->addWidget(m_json);
    m_views->addWidget(m_table);
    m_views->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 10, 14, 4);
    layout->setSpacing(8);
    layout->addWidget(makeBar());
    layout->addWidget(m_error);
    layout->addWidget(m_views, 1);
    connect(m_side, &SegmentedControl::currentChanged, this, &ItemView::refresh);
    connect(m_form, &SegmentedControl::currentChanged, this, &ItemView::refresh);
    connect(m_error, &ErrorCard::settingsRequested, this,
            [this] { Q_EMIT settingsRequested(m_step); });
    connect(m_error, &ErrorCard::copyRequested, this, &ItemView::copy);
    refresh();
}

QWidget *ItemView::makeBar()
{
    auto *bar = new QWidget;
    m_side = new SegmentedControl({tr("Input"), tr("Output"), tr("Error")});
    m_side->setAccessibleName(tr("Which side of the step"));
    m_side->setCurrentIndex(Output);
    m_form = new SegmentedControl({tr("Table"), tr("JSON"), tr("Schema")});
    m_form->setAccessibleName(tr("How it is shown"));
    m_form->setCurrentIndex(Json);
    m_place = new TextLabel({}, Token::Text2);
    m_back = makeIconButton(QStringLiteral("chevron-left"), tr("Item before"), bar);
    m_forward = makeIconButton(QStringLiteral("chevron-right"), tr("Next item"), bar);
    QToolButton *copyButton = makeIconButton(QStringLiteral("clipboard"), tr("Copy"), bar);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(4);
    line->addWidget(m_side);
    line->addSpacing(8);
    line->addWidget(m_form);
    line->addStretch();
    line->addWidget(m_place);
    line->addSpacing(4);
    line->addWidget(m_back);
    line->addWidget(m_forward);
    line->addWidget(copyButton);
    connect(m_back, &QToolButton::clicked, this, [this] { showItem(m_index - 1); });
    connect(m_forward, &QToolButton::clicked, this, [this] { showItem(m_index + 1); });
    connect(copyButton, &QToolButton::clicked, this, &ItemView::copy);
    return bar;
}

void ItemView::setRun(RunModel *run)
{
    if (m_run)
        m_run->disconnect(this);
    m_run = run;
    if (run)
        connect(run, &RunModel::changed, this, &ItemView::refresh);
    refresh();
}

void ItemView::showStep(const QString &step)
{
    if (step == m_step)
        return refresh();
    m_step = step;
    m_index = 0;
    const StepRun *run = m_run ? m_run->of(toUtf8(step)) : nullptr;
    bool failed = false;
    for (std::size_t i = 0; run && i < run->items.size() && !failed; ++i) {
        if (run->items[i].error) {
            m_index = static_cast<int>(i);
            failed = true;
        }
    }
    if (failed)
        m_side->setCurrentIndex(Failure);
    else if (m_side->currentIndex() == Failure)
        m_side->setCurrentIndex(Output);
    refresh();
}

void ItemView::showItem(int index)
{
    m_index = index;
    refresh();
}

DocumentPtr ItemView::message(const StepItem &item) const
{
    if (m_side->currentIndex() == Output)
        return item.error || item.outputs.empty() ? nullptr : item.outputs.front();
    return item.input;
}

void ItemView::refresh()
{
    const StepRun *run = m_run ? m_run->of(toUtf8(m_step)) : nullptr;
    const int items = run ? static_cast<int>(run->items.size()) : 0;
    m_index = std::clamp(m_index, 0, std::max(0, items - 1));
    const StepItem *item = items > 0 ? &run->items[static_cast<std::size_t>(m_index)] : nullptr;
    const QLocale locale;
    m_place->setText(
        item ? tr("Item %1 of %2").arg(locale.toString(m_index + 1), locale.toString(run->in))
             : QString());
    m_back->setEnabled(m_index > 0);
    m_forward->setEnabled(m_index + 1 < items);
    const bool showsError = item && item->error && m_side->currentIndex() == Failure;
    m_error->setVisible(showsError);
    if (showsError)
        m_error->show(*item->error, item->attempts);

    const DocumentPtr shown =
        item && (m_side->currentIndex() != Failure || item->error) ? message(*item) : nullptr;
    if (!shown) {
        const bool none = !m_run || m_run->number() == 0;
        m_empty->setText(none ? tr("No run yet. Press F5 to run this flow with sample events.")
                         : m_step.isEmpty()                  ? tr("Select a step to see its items.")
                         : !item                             ? tr("Nothing has reached this step.")
                         : m_side->currentIndex() == Failure ? tr("This item did not fail.")
                         : !item->note.empty()               ? toQString(item->note)
                                               : tr("This item left no message here."));
        m_views->setCurrentWidget(m_empty);
        return;
    }
    if (m_form->currentIndex() == Json) {
        m_json->show(shown);
        m_views->setCurrentWidget(m_json);
        return;
    }
    if (m_form->currentIndex() == Table)
        m_rows->showValues(shown);
    else
        m_rows->showSchema(shown);
    m_views->setCurrentWidget(m_table);
}

QString ItemView::shownText() const
{
    const StepRun *run = m_run ? m_run->of(toUtf8(m_step)) : nullptr;
    if (!run || m_index >= static_cast<int>(run->items.size()))
        return {};
    const StepItem &item = run->items[static_cast<std::size_t>(m_index)];
    QString text;
    if (item.error && m_side->currentIndex() == Failure)
        text = toQString(item.error->text() + '\n' + item.error->evidence) + QLatin1Char('\n');
    if (const DocumentPtr shown = message(item))
        text += toQString(toJson(shown->root(), JsonStyle::Pretty));
    return text;
}

void ItemView::copy() const
{
    QGuiApplication::clipboard()->setText(shownText());
}

} // namespace tw
