// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/RetryForm.h"

#include "core/base/Text.h"
#include "core/schema/Settings.h"
#include "ui/base/Switch.h"
#include "ui/forms/TextLabel.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QSpinBox>
#include <QVBoxLayout>

namespace tw {

namespace {

template <typename Widget>
Widget *labelled(QVBoxLayout &column, const QString &label, Widget *widget)
{
    auto *words = new TextLabel(label, Token::Text2);
    words->setBuddy(widget);
    widget->setAccessibleName(label);
    widget->setFixedHeight(32);
    column.addWidget(words);
    column.addWidget(widget);
    column.addSpacing(8);
    return widget;
}

} // namespace

RetryForm::RetryForm(QWidget *parent)
    : QWidget(parent),
      m_target(new TextLabel({}, Token::Text)),
      m_on(new Switch),
      m_details(new QWidget),
      m_rules(new TextLabel({}, Token::Text3, fonts::Size::Second)),
      m_objection(new TextLabel({}, Token::Err, fonts::Size::Second)),
      m_codes(new TextLabel({}, Token::Text3, fonts::Size::Second)),
      m_policyPart(new QWidget)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(new TextLabel(tr("Failures go to"), Token::Text2));
    m_target->setWordWrap(true);
    layout->addWidget(m_target);
    layout->addSpacing(12);

    auto *policy = new QVBoxLayout(m_policyPart);
    policy->setContentsMargins(0, 0, 0, 0);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLabel(tr("Try again after a temporary failure"), Token::Text,
                                  fonts::Size::Body, QFont::Medium),
                    1);
    m_on->setAccessibleName(tr("Try again after a temporary failure"));
    head->addWidget(m_on);
    policy->addLayout(head);
    auto *details = new QVBoxLayout(m_details);
    details->setContentsMargins(0, 8, 0, 0);
    details->setSpacing(4);
    m_times = labelled(*details, tr("Tries after the first"), new QSpinBox);
    m_times->setRange(1, 50);
    m_times->setKeyboardTracking(false);
    m_first = labelled(*details, tr("First wait"), new QLineEdit);
    m_longest = labelled(*details, tr("Longest wait"), new QLineEdit);
    m_within = labelled(*details, tr("Give up after"), new QLineEdit);
    details->addWidget(m_objection);
    details->addWidget(new TextLabel(tr("Each wait is twice the one before, spread by chance."),
                                     Token::Text3, fonts::Size::Second));
    m_rules->setWordWrap(true);
    details->addWidget(m_rules);
    policy->addWidget(m_details);
    layout->addWidget(m_policyPart);
    layout->addSpacing(12);
    m_codes->setWordWrap(true);
    layout->addWidget(m_codes);
    layout->addStretch();

    connect(m_on, &Switch::toggled, this, &RetryForm::tell);
    connect(m_times, &QSpinBox::valueChanged, this, &RetryForm::tell);
    connect(m_first, &QLineEdit::editingFinished, this, &RetryForm::tell);
    connect(m_longest, &QLineEdit::editingFinished, this, &RetryForm::tell);
    connect(m_within, &QLineEdit::editingFinished, this, &RetryForm::tell);
}

void RetryForm::show(const FlowStep &step, bool canFail, const QString &failureTarget,
                     const QStringList &errorCodes)
{
    const QScopedValueRollback showing(m_showing, true);
    m_policy = step.retry.value_or(RetryPolicy());
    m_target->setText(!canFail ? tr("This step cannot fail.")
                      : failureTarget.isEmpty()
                          ? tr("Nowhere yet: they are kept under Failed. Connect the "
                               "red port to handle them in the flow.")
                          : failureTarget);
    m_policyPart->setVisible(canFail);
    m_on->setChecked(step.retry.has_value());
    m_details->setVisible(step.retry.has_value());
    m_times->setValue(m_policy.times);
    m_first->setText(toQString(durationText(m_policy.first)));
    m_longest->setText(toQString(durationText(m_policy.longest)));
    m_within->setText(toQString(durationText(m_policy.within)));
    QStringList rules;
    for (const RetryRule &rule : m_policy.rules)
        rules << toQString(rule.failure);
    m_rules->setText(rules.isEmpty() ? tr("A limit of the other side costs no try; a locked record "
                                          "is tried ten times at least.")
                                     : tr("The file says otherwise for %1.")
                                           .arg(rules.join(QStringLiteral(", "))));
    m_objection->hide();
    m_codes->setText(errorCodes.isEmpty()
                         ? QString()
                         : tr("Can fail with: %1").arg(errorCodes.join(QStringLiteral(", "))));
}

void RetryForm::tell()
{
    if (m_showing)
        return;
    if (!m_on->isChecked()) {
        Q_EMIT retryChanged(std::nullopt);
        return;
    }
    const auto first = parseDuration(toUtf8(m_first->text()));
    const auto longest = parseDuration(toUtf8(m_longest->text()));
    const auto within = parseDuration(toUtf8(m_within->text()));
    const Error *objection = !first ? &first.error()
        : !longest                  ? &longest.error()
        : !within                   ? &within.error()
                                    : nullptr;
    m_objection->setVisible(objection != nullptr);
    if (objection) {
        m_objection->setText(toQString(objection->message));
        return;
    }
    m_policy.times = m_times->value();
    m_policy.first = *first;
    m_policy.longest = *longest;
    m_policy.within = *within;
    Q_EMIT retryChanged(m_policy);
}

} // namespace tw
