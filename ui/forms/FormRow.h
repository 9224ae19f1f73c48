// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

namespace tw {

class TextLabel;

/// One setting of a form: label with "required" in words, the control, help, and what is wrong.
/// Switches stand at the right of their words.
class FormRow : public QWidget
{
    Q_OBJECT
public:
    FormRow(FieldEditor *field, QWidget *parent);

    FieldEditor *field() const { return m_field; }
    void setProblem(const QString &message);
    QString problem() const;

private:
    void layOutSwitch();
    void layOutField();

    FieldEditor *m_field;
    TextLabel *m_label;
    TextLabel *m_help;
    TextLabel *m_problem;
    QString m_found;     ///< From the check.
    QString m_objection; ///< From the field itself; goes first.
    void showProblem();
};

} // namespace tw
