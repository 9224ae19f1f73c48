// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/DurationField.h"

#include "core/base/Text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QSpinBox>

namespace tw {

DurationField::DurationField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent), m_number(new QSpinBox), m_unit(new QComboBox)
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_number, 1);
    layout->addWidget(m_unit, 1);
    m_number->setRange(0, 999'999);
    m_number->setKeyboardTracking(false);
    m_number->setFixedHeight(32);
    m_unit->setFixedHeight(32);
    m_number->setAccessibleName(toQString(param().title()));
    m_unit->setAccessibleName(tr("Unit"));
    m_unit->addItem(tr("milliseconds"), QStringLiteral("ms"));
    m_unit->addItem(tr("seconds"), QStringLiteral("s"));
    m_unit->addItem(tr("minutes"), QStringLiteral("m"));
    m_unit->addItem(tr("hours"), QStringLiteral("h"));
    m_unit->addItem(tr("days"), QStringLiteral("d"));
    connect(m_number, &QSpinBox::valueChanged, this, &DurationField::commit);
    connect(m_unit, &QComboBox::activated, this, &DurationField::commit);
}

QWidget *DurationField::buddy()
{
    return m_number;
}

QString DurationField::edited() const
{
    return QString::number(m_number->value()) + m_unit->currentData().toString();
}

void DurationField::set(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d+)(ms|s|m|h|d)$"));
    const auto match = form.match(text);
    const QSignalBlocker quietNumber(m_number);
    const QSignalBlocker quietUnit(m_unit);
    m_number->setValue(match.hasMatch() ? match.captured(1).toInt() : 0);
    m_unit->setCurrentIndex(match.hasMatch() ? m_unit->findData(match.captured(2)) : 1);
}

void DurationField::show(const YamlNode *node)
{
    set(field::scalar(node, defaultText()));
    m_applied = edited();
}

bool DurationField::isEdited() const
{
    return edited() != m_applied;
}

void DurationField::commit()
{
    m_number->interpretText();
    if (!isEdited())
        return;
    m_applied = edited();
    Q_EMIT committed({}, m_applied == defaultText() ? field::none() : field::text(m_applied));
}

} // namespace tw
