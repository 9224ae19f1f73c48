// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

class QLineEdit;
class QMenu;
class QToolButton;

namespace tw {

class ExpressionEdit;
class TextLabel;

/// One line of a mapping or of cases: a name and an expression below it with its result. A field of
/// a mapping in its group form (`{value, if_missing, …}`) shows its other settings in words; they
/// stay in the file as they are when the expression changes.
///
/// What becomes of a mapped field is one of three things, and said so: it is set to what the
/// expression gives; it is unset, and the other side empties it; or it is left alone, which is also
/// what happens to every field that has no line.
class MappingRow : public QWidget
{
    Q_OBJECT
public:
    enum class State { Set, Unset, LeftAlone };

    /// `hasStates`: of a mapping, whose fields can be unset.
    MappingRow(const FormContext &context, const QString &nameHint, bool hasStates,
               QWidget *parent);

    /// `ifMissing`: what the step says for fields that do not say their own.
    void show(const YamlNode::Entry &entry, const QString &ifMissing);
    /// A line that is not in the file yet.
    void show(const QString &name, const QString &expression, const QString &policies = {});
    QString name() const { return m_appliedName; }
    State state() const { return m_state; }
    /// Where the expression stands below the setting: the name, and "value" in a group.
    YamlPath expressionPath() const;
    /// The line with null in the place of its expression, so that it is sent.
    DocumentPtr unsetValue() const;
    void setWarning(const QString &words);
    void commit();
    bool isEdited() const;
    void refresh();
    void editName();
    void editExpression();
    /// As its menu does.
    void choose(State state);

Q_SIGNALS:
    void expressionChanged(const QString &expression);
    void nameChanged(const QString &before, const QString &now);
    void unsetRequested();
    void removeRequested(); ///< Left alone from now on.

private:
    void addStates();
    void showState();

    FormContext m_context;
    QLineEdit *m_name;
    ExpressionEdit *m_expression;
    TextLabel *m_policies;
    TextLabel *m_instead; ///< In the place of the expression.
    TextLabel *m_warning;
    QToolButton *m_choice = nullptr;
    QMenu *m_states = nullptr;
    QString m_appliedName;
    QString m_appliedExpression;
    QString m_ifMissing;
    DocumentPtr m_group; ///< The line in its group form.
    State m_state = State::Set;
    bool m_isBeingSet = false; ///< Was unset, and somebody is about to write an expression.
};

} // namespace tw
