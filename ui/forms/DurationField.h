// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

class QComboBox;
class QSpinBox;

namespace tw {

/// A length of time as number and unit, written "30s", "12h", "30d".
class DurationField : public FieldEditor
{
    Q_OBJECT
public:
    DurationField(const Param &param, QWidget *parent);
    void show(const YamlNode *node) override;
    void commit() override;
    bool isEdited() const override;
    QWidget *buddy() override;

private:
    QString edited() const;
    void set(const QString &text);
    QSpinBox *m_number;
    QComboBox *m_unit;
    QString m_applied;
};

} // namespace tw
