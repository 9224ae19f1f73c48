// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Settings.h"
#include "ui/forms/MappingRow.h"

#include <vector>

class QPushButton;
class QVBoxLayout;

namespace tw {

class PickList;
class TextLabel;

/// Target field -> expression (Mapping) or exit -> condition (Cases): one row each, in the file's
/// order. A change touches its own key alone, so that one line of the file differs. Where the steps
/// behind tell what they take, fields are picked from that; a picked one is in the file once it has
/// an expression.
class MappingEditor : public FieldEditor
{
    Q_OBJECT
public:
    MappingEditor(const Param &param, const FormContext &context, QWidget *parent);
    void show(const YamlNode *node) override;
    void settingsChanged(const Settings &settings) override;
    void commit() override;
    bool isEdited() const override;
    void refresh() override;

    int rows() const { return static_cast<int>(m_rows.size()); }
    MappingRow *row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }
    MappingRow *addRow();
    /// Adds a line for a target field, or takes it away, as a click in the list does.
    void toggle(const QString &target);

private:
    bool isMapping() const { return param().type() == Param::Type::Mapping; }
    QString freeName() const;
    MappingRow *rowNamed(const QString &name) const;
    MappingRow *appendRow();
    void connectRow(MappingRow *row);
    void dropRow(MappingRow *row);
    void remove(MappingRow *row);
    void pick();
    void count();

    FormContext m_context;
    TextLabel *m_count;
    QVBoxLayout *m_lines;
    QPushButton *m_add;
    PickList *m_list = nullptr;
    std::vector<MappingRow *> m_rows; ///< Those of the file, then those that are not in it yet.
    QStringList m_pending;            ///< Names of the latter.
    QString m_ifMissing;
};

} // namespace tw
