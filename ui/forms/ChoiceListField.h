// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/FieldEditor.h"

class QFrame;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace tw {

class ChipFlow;
class SearchField;

/// Several of many (275 event types): chips of the chosen ones and a button that opens a list with
/// a search. With open choices, Enter in the search takes what is written ("charge.*").
class ChoiceListField : public FieldEditor
{
    Q_OBJECT
public:
    ChoiceListField(const Param &param, QWidget *parent);
    ~ChoiceListField() override;
    void show(const YamlNode *node) override;
    QWidget *buddy() override;

    /// Adds or takes away one value, as a click in the list does.
    void toggle(const QString &value);

private:
    void openList();
    void buildList();
    void filter(const QString &words);
    void takeTyped();
    void mark();

    ChipFlow *m_chips;
    QPushButton *m_open;
    QFrame *m_popup = nullptr;
    SearchField *m_search = nullptr;
    QListWidget *m_list = nullptr;
    QStringList m_chosen;
};

} // namespace tw
