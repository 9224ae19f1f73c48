// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/ProblemsModel.h"

#include <QWidget>

class QListView;
class QStackedWidget;

namespace tw {

/// What is wrong with the flow, one row each with the way to mend it; Enter goes there.
class ProblemsView : public QWidget
{
    Q_OBJECT
public:
    explicit ProblemsView(QWidget *parent = nullptr);

    void set(const std::vector<Diagnostic> &problems);
    const ProblemsModel &model() const { return *m_model; }

Q_SIGNALS:
    void picked(const tw::Diagnostic &problem);

private:
    ProblemsModel *m_model;
    QListView *m_list;
    QStackedWidget *m_pages;
};

} // namespace tw
