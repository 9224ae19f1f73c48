// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Flow.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace tw {

class Switch;
class TextLabel;

/// How often a failed step is tried again, and where its failures go.
class RetryForm : public QWidget
{
    Q_OBJECT
public:
    explicit RetryForm(QWidget *parent = nullptr);

    /// `failureTarget` is the title of the step that failures go to; empty: none.
    void show(const FlowStep &step, bool canFail, const QString &failureTarget,
              const QStringList &errorCodes);

Q_SIGNALS:
    void retryChanged(const std::optional<tw::RetryPolicy> &retry);

private:
    void tell();

    bool m_showing = false;
    RetryPolicy m_policy;
    TextLabel *m_target;
    Switch *m_on;
    QWidget *m_details;
    QSpinBox *m_times;
    QLineEdit *m_first;
    QLineEdit *m_longest;
    QLineEdit *m_within;
    TextLabel *m_rules;
    TextLabel *m_objection;
    TextLabel *m_codes;
    QWidget *m_policyPart;
};

} // namespace tw
