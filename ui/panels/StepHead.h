// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/FlowModel.h"

#include <QWidget>

class QLineEdit;

namespace tw {

class TextLabel;
class TileWidget;

/// The head of the inspector: tile, kind and name of a step, and what else can be done with it.
/// The name is edited in place and told when it is complete.
class StepHead : public QWidget
{
    Q_OBJECT
public:
    explicit StepHead(QWidget *parent = nullptr);

    void show(const FlowStep &step, const NodeDescriptor *node);
    using QWidget::show;
    void rename(); ///< Puts the cursor into the name.

Q_SIGNALS:
    void renamed(const QString &name);
    void offRequested(); ///< To be switched off, or on again.
    void deleteRequested();

private:
    TileWidget *m_tile;
    TextLabel *m_kind;
    QLineEdit *m_name;
    QString m_shown; ///< The name as the flow has it.
};

} // namespace tw
