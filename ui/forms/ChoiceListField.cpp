// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/ChoiceListField.h"

#include "core/base/Text.h"
#include "core/schema/Settings.h"
#include "ui/base/Buttons.h"
#include "ui/forms/ChipFlow.h"
#include "ui/forms/PickList.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace tw {

ChoiceListField::ChoiceListField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent),
      m_chips(new ChipFlow),
      m_open(makeButton(tr("Choose"), QStringLiteral("plus-lg"), ButtonRole::Secondary)),
      m_choices(param().choices())
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
    if (m_list)
        m_list->setTicked(m_chosen);
}

void ChoiceListField::settingsChanged(const Settings &settings)
{
    if (!param().suggest())
        return;
    m_choices = param().choices();
    for (Param::Choice &choice : param().suggest()(settings))
        m_choices.push_back(std::move(choice));
    const bool isOpen = m_list && m_list->isVisible();
    if (isOpen)
        fill();
}

void ChoiceListField::toggle(const QString &value)
{
    QString meant = value;
    for (const Param::Choice &choice : m_choices) {
        if (toQString(choice.title) == value)
            meant = toQString(choice.value); // "customer" for "data.customer".
    }
    if (!m_chosen.removeOne(meant))
        m_chosen << meant;
    m_chips->setItems(m_chosen);
    if (m_list)
        m_list->setTicked(m_chosen);
    Q_EMIT committed({}, m_chosen.isEmpty() ? field::none() : field::list(m_chosen));
}

void ChoiceListField::openList()
{
    if (!m_list) {
        m_list =
            new PickList(toQString(param().title()),
                         param().suggest()          ? tr("Search a path")
                         : param().hasOpenChoices() ? tr("Search, or write a pattern like charge.*")
                                                    : tr("Search"),
                         this);
        m_list->setOpen(param().hasOpenChoices());
        connect(m_list, &PickList::toggled, this, &ChoiceListField::toggle);
    }
    fill();
    m_list->openAt(*m_open, width());
}

void ChoiceListField::fill()
{
    std::vector<PickList::Row> rows;
    // Titles stand for values only where they are names as well.
    const bool hasNames = static_cast<bool>(param().suggest());
    for (const Param::Choice &choice : m_choices) {
        const QString value = toQString(choice.value);
        const QString title = toQString(choice.title);
        rows.push_back({value, hasNames && !title.isEmpty() ? title : value,
                        hasNames ? toQString(choice.group) : QString(),
                        toQString(choice.help.empty() && !hasNames ? choice.title : choice.help)});
    }
    m_list->setRows(rows);
    m_list->setTicked(m_chosen);
}

} // namespace tw
