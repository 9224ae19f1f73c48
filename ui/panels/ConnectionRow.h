// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/FlowModel.h"

#include <QWidget>

#include <map>

class QComboBox;

namespace tw {

class TextLabel;

/// Which connection a step uses, out of those of its type; hidden for steps that need none.
class ConnectionRow : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectionRow(QWidget *parent = nullptr);

    /// `known`: name -> type.
    void show(const FlowStep &step, const NodeDescriptor *node,
              const std::map<std::string, std::string> &known);
    using QWidget::show;

Q_SIGNALS:
    void chosen(const QString &name); ///< Another one than the step has.

private:
    QComboBox *m_choice;
    TextLabel *m_help;
    QString m_name;
};

} // namespace tw
