// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

#include <QLineEdit>

namespace tw {

/// A line for an expression. Without focus it shows the expression as a chip and its result for a
/// real message at the right; with focus it is an ordinary line edit.
class ExpressionEdit : public QLineEdit
{
    Q_OBJECT
public:
    explicit ExpressionEdit(QWidget *parent = nullptr);

    void setResult(const ExpressionPreview &result);

protected:
    void paintEvent(QPaintEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    ExpressionPreview m_result;
};

/// A setting that takes an expression.
class ExpressionField : public FieldEditor
{
    Q_OBJECT
public:
    ExpressionField(const Param &param, const FormContext &context, QWidget *parent);
    void show(const YamlNode *node) override;
    void commit() override;
    bool isEdited() const override;
    QWidget *buddy() override { return m_edit; }
    void refresh() override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    FormContext m_context;
    ExpressionEdit *m_edit;
    QString m_applied;
};

} // namespace tw
