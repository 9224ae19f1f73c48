// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace tw {

class SegmentedControl;
class Switch;

/// One line of text, a name of the other system, an address or a number.
class LineField : public FieldEditor
{
    Q_OBJECT
public:
    LineField(const Param &param, QWidget *parent);
    void show(const YamlNode *node) override;
    void commit() override;
    bool isEdited() const override;
    QWidget *buddy() override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QString objection(const QString &text) const;
    QLineEdit *m_edit;
    QString m_applied;
};

/// Several lines.
class LongTextField : public FieldEditor
{
    Q_OBJECT
public:
    LongTextField(const Param &param, QWidget *parent);
    void show(const YamlNode *node) override;
    void commit() override;
    bool isEdited() const override;
    QWidget *buddy() override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QPlainTextEdit *m_edit;
    QString m_applied;
};

/// A whole number within bounds.
class IntegerField : public FieldEditor
{
    Q_OBJECT
public:
    IntegerField(const Param &param, QWidget *parent);
    void show(const YamlNode *node) override;
    void commit() override;
    bool isEdited() const override;
    QWidget *buddy() override;

private:
    QSpinBox *m_spin;
    int m_applied = 0;
};

/// On or off, applied at once.
class SwitchField : public FieldEditor
{
    Q_OBJECT
public:
    SwitchField(const Param &param, QWidget *parent);
    void show(const YamlNode *node) override;
    QWidget *buddy() override;

private:
    Switch *m_switch;
};

/// One of a few: side by side where the words are short, else a list to open.
class ChoiceField : public FieldEditor
{
    Q_OBJECT
public:
    ChoiceField(const Param &param, std::vector<Param::Choice> choices, QWidget *parent);
    void show(const YamlNode *node) override;
    QWidget *buddy() override;

private:
    void choose(int index);
    std::vector<Param::Choice> m_choices;
    QComboBox *m_combo = nullptr;
    SegmentedControl *m_segments = nullptr;
    QString m_applied;
};

/// Says where a secret is kept; it never stands in a file.
class SecretHint : public FieldEditor
{
    Q_OBJECT
public:
    SecretHint(const Param &param, QWidget *parent);
    void show(const YamlNode *) override {}
};

} // namespace tw
