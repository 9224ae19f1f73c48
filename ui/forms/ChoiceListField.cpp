// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/ChoiceListField.h"

#include "core/base/Text.h"
#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/base/SearchField.h"
#include "ui/forms/ChipFlow.h"

#include <QFrame>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace tw {

ChoiceListField::ChoiceListField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent),
      m_chips(new ChipFlow),
      m_open(makeButton(tr("Choose"), QStringLiteral("plus-lg"), ButtonRole::Secondary))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_chips);
    layout->addWidget(m_open, 0, Qt::AlignLeft);
    m_chips->setAccessibleName(toQString(param().title()));
    m_open->setAccessibleName(tr("Choose: %1").arg(toQString(param().title())));
    connect(m_open, &QPushButton::clicked, this, &ChoiceListField::openList);
    connect(m_chips, &ChipFlow::removeRequested, this,
            [this](int index) { toggle(m_chosen.value(index)); });
}

ChoiceListField::~ChoiceListField() = default;

QWidget *ChoiceListField::buddy()
{
    return m_open;
}

void ChoiceListField::show(const YamlNode *node)
{
    m_chosen = field::scalars(node);
    m_chips->setItems(m_chosen);
    mark();
}

void ChoiceListField::toggle(const QString &value)
{
    if (!m_chosen.removeOne(value))
        m_chosen << value;
    m_chips->setItems(m_chosen);
    mark();
    Q_EMIT committed({}, m_chosen.isEmpty() ? field::none() : field::list(m_chosen));
}

void ChoiceListField::buildList()
{
    m_popup = new QFrame(this, Qt::Popup);
    m_popup->setFrameShape(QFrame::StyledPanel);
    m_search = new SearchField(
        param().hasOpenChoices() ? tr("Search, or write a pattern like charge.*") : tr("Search"));
    m_list = new QListWidget;
    m_list->setUniformItemSizes(true);
    m_list->setFont(fonts::mono());
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(toQString(param().title()));
    for (const Param::Choice &choice : param().choices()) {
        auto *item = new QListWidgetItem(toQString(choice.value), m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setToolTip(toQString(choice.help.empty() ? choice.title : choice.help));
    }
    auto *layout = new QVBoxLayout(m_popup);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    connect(m_search, &QLineEdit::textChanged, this, &ChoiceListField::filter);
    connect(m_search, &QLineEdit::returnPressed, this, &ChoiceListField::takeTyped);
    connect(m_list, &QListWidget::itemChanged, this,
            [this](QListWidgetItem *item) { toggle(item->text()); });
    mark();
}

void ChoiceListField::openList()
{
    if (!m_popup)
        buildList();
    m_search->clear();
    m_popup->resize(std::max(width(), 300), 340);
    QPoint corner = m_open->mapToGlobal(QPoint(0, m_open->height() + 4));
    const QRect screen = m_open->screen()->availableGeometry();
    corner.setX(std::min(corner.x(), screen.right() - m_popup->width()));
    corner.setY(std::min(corner.y(), screen.bottom() - m_popup->height()));
    m_popup->move(corner);
    m_popup->show();
    m_search->setFocus();
}

void ChoiceListField::filter(const QString &words)
{
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem *item = m_list->item(row);
        item->setHidden(!item->text().contains(words.trimmed(), Qt::CaseInsensitive));
    }
}

void ChoiceListField::takeTyped()
{
    const QString typed = m_search->text().trimmed();
    if (typed.isEmpty())
        return;
    const auto exact = m_list->findItems(typed, Qt::MatchFixedString);
    if (!exact.isEmpty())
        toggle(exact.front()->text());
    else if (param().hasOpenChoices())
        toggle(typed);
    m_search->clear();
}

void ChoiceListField::mark()
{
    if (!m_list)
        return;
    const QSignalBlocker quiet(m_list);
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem *item = m_list->item(row);
        item->setCheckState(m_chosen.contains(item->text()) ? Qt::Checked : Qt::Unchecked);
    }
}

} // namespace tw
