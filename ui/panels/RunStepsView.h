// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/RunStepsModel.h"

#include <QWidget>

class QListView;

namespace tw {

/// The left half of the run panel: each step with its items, its bar on the time line, its time.
class RunStepsView : public QWidget
{
    Q_OBJECT
public:
    explicit RunStepsView(QWidget *parent = nullptr);

    RunStepsModel &model() { return *m_model; }
    void select(const QString &step);

Q_SIGNALS:
    void picked(const QString &step);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    RunStepsModel *m_model;
    QListView *m_list;
};

} // namespace tw
