// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

#include <vector>

class QLineEdit;
class QVBoxLayout;

namespace tw {

class ExpressionEdit;
class TextLabel;

/// One line of a mapping or of cases: a name and an expression below it with its result. A field of
/// a mapping in its group form (`{value, if_missing, …}`) shows its other settings in words; they
/// stay in the file as they are when the expression changes.
class MappingRow : public QWidget
{
    Q_OBJECT
public:
    MappingRow(const FormContext &context, const QString &nameHint, QWidget *parent);

    void show(const YamlNode::Entry &entry);
    void show(const QString &name, const QString &expression, const QString &policies = {});
    QString name() const { return m_appliedName; }
    /// Where the expression stands below the setting: the name, and "value" in a group.
    YamlPath expressionPath() const;
    void commit();
    bool isEdited() const;
    void refresh();
    void editName();

Q_SIGNALS:
    void expressionChanged(const QString &expression);
    void nameChanged(const QString &before, const QString &now);
    void removeRequested();

private:
    FormContext m_context;
    QLineEdit *m_name;
    ExpressionEdit *m_expression;
    TextLabel *m_policies;
    QString m_appliedName;
    QString m_appliedExpression;
    bool m_isGroup = false;
};

/// Target field -> expression (Mapping) or exit -> condition (Cases): one row each, in the file's
/// order. A change touches its own key alone, so that one line of the file differs.
class MappingEditor : public FieldEditor
{
    Q_OBJECT
public:
    MappingEditor(const Param &param, const FormContext &context, QWidget *parent);
    void show(const YamlNode *node) override;
    void commit() override;
    bool isEdited() const override;
    void refresh() override;

    int rows() const { return static_cast<int>(m_rows.size()); }
    MappingRow *row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }
    MappingRow *addRow();

private:
    QString freeName() const;
    void connectRow(MappingRow *row);
    void remove(MappingRow *row);

    FormContext m_context;
    TextLabel *m_count;
    QVBoxLayout *m_lines;
    std::vector<MappingRow *> m_rows;
};

} // namespace tw
