// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Diagnostic.h"
#include "ui/forms/FieldEditor.h"

#include <vector>

namespace tw {

class FormRow;
class SectionHeader;

/// The form of a step's settings, made from their declarations. Knows no document: it shows values
/// and findings, and tells each committed change as a path below `with`. setParams() builds the
/// rows; show() fills them and may be called after every change of the document.
class ParamForm : public QWidget
{
    Q_OBJECT
public:
    explicit ParamForm(QWidget *parent = nullptr);

    void setParams(const std::vector<Param> &params, const FormContext &context);
    /// `with` may be null. Findings are those of this step.
    void show(const YamlNode *with, const std::vector<Diagnostic> &findings);
    void commitPending();
    bool isEdited() const;
    /// Evaluates the results beside expressions again.
    void refreshResults();

    FieldEditor *field(const QString &id) const;
    QString problemOf(const QString &id) const;
    int rows() const { return static_cast<int>(m_rows.size()); }

Q_SIGNALS:
    void settingChanged(const tw::YamlPath &path, const tw::DocumentPtr &value);
    void settingRenamed(const tw::YamlPath &path, const QString &name);

private:
    void addRow(const Param &param, const FormContext &context, QWidget *parent);
    bool isShown(const FormRow &row, const YamlNode *with) const;

    QWidget *m_basic = nullptr;
    QWidget *m_advanced = nullptr;
    SectionHeader *m_fold = nullptr;
    std::vector<FormRow *> m_rows;
    std::vector<Param> m_params;
};

} // namespace tw
