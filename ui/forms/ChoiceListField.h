// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

class QPushButton;

namespace tw {

class ChipFlow;
class PickList;

/// Several of many (275 event types, what can be expanded in an object): chips of the chosen ones
/// and a button that opens a list with a search. With open choices others can be written, too
/// ("charge.*"); what the file has and the list has not stays as it is.
class ChoiceListField : public FieldEditor
{
    Q_OBJECT
public:
    ChoiceListField(const Param &param, QWidget *parent);
    ~ChoiceListField() override;
    void show(const YamlNode *node) override;
    QWidget *buddy() override;
    void settingsChanged(const Settings &settings) override;

    /// Adds or takes away one value, as a click in the list does.
    void toggle(const QString &value);

private:
    void openList();
    void fill();

    ChipFlow *m_chips;
    QPushButton *m_open;
    PickList *m_list = nullptr;
    std::vector<Param::Choice> m_choices; ///< Declared ones, and what the other settings suggest.
    QStringList m_chosen;
};

} // namespace tw
