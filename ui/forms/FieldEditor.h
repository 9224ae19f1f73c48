// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"
#include "core/schema/Param.h"
#include "ui/models/ExpressionPreview.h"

#include <QStringList>
#include <QWidget>

#include <functional>

namespace tw {

/// A field that a mapping can fill, as the steps behind it tell.
struct TargetField
{
    QString name; ///< "address.city".
    QString type; ///< "text", "money".
    bool isRequired = false;
    bool canBeUnset = true; ///< The other side takes null for it.
};

/// What fields may ask about the place where they stand.
struct FormContext
{
    std::function<std::vector<TargetField>()> targets; ///< May be empty; for mappings.
    std::function<ExpressionPreview(const std::string &)> preview;
    QStringList steps; ///< Ids that a step reference can name.
};

/// The control of one setting. It shows the applied value and holds the edited one apart: typing
/// changes nothing until commit() (Enter, leaving the field), Escape goes back. Each commit that
/// differs is told once, as a path below the setting and the new value.
class FieldEditor : public QWidget
{
    Q_OBJECT
public:
    FieldEditor(const Param &param, QWidget *parent);

    const Param &param() const { return m_param; }
    /// Shows what the file says; null: the setting is absent. Must not tell anything.
    virtual void show(const YamlNode *node) = 0;
    /// Hands in what is edited and not yet applied.
    virtual void commit() {}
    virtual bool isEdited() const { return false; }
    /// The widget that a label belongs to.
    virtual QWidget *buddy() { return this; }
    /// Draws anew what depends on the context (results of expressions).
    virtual void refresh() {}
    /// What the whole form says now, for fields that follow from others.
    virtual void settingsChanged(const Settings &) {}

Q_SIGNALS:
    void committed(const tw::YamlPath &below, const tw::DocumentPtr &value);
    void renamed(const tw::YamlPath &below, const QString &name);
    /// Why what is typed cannot be taken; empty: it can.
    void objected(const QString &reason);

protected:
    QString defaultText() const;

private:
    Param m_param;
};

/// Values as an edit carries them.
namespace field {
DocumentPtr none(); ///< Removes the key.
DocumentPtr text(const QString &text);
DocumentPtr number(const QString &digits); ///< A JSON number, kept as written.
DocumentPtr integer(std::int64_t number);
DocumentPtr flag(bool on);
DocumentPtr list(const QStringList &items);

QString scalar(const YamlNode *node, const QString &otherwise = {});
QStringList scalars(const YamlNode *node);
} // namespace field

/// The control for a declared setting. Never null.
FieldEditor *makeField(const Param &param, const FormContext &context, QWidget *parent);

} // namespace tw
