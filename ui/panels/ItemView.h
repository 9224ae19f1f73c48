// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/RunModel.h"

#include <QPointer>
#include <QWidget>

class QStackedWidget;
class QTableView;
class QToolButton;

namespace tw {

class ErrorCard;
class JsonViewer;
class SegmentedControl;
class TextLabel;
class ValueTableModel;

/// The right half of the run panel: input, output or error of one item of the selected step.
class ItemView : public QWidget
{
    Q_OBJECT
public:
    enum Side { Input, Output, Failure };

    explicit ItemView(QWidget *parent = nullptr);

    void setRun(RunModel *run);
    /// Shows the step's items, those that failed first of all.
    void showStep(const QString &step);
    void showItem(int index);
    int itemIndex() const { return m_index; }
    QString step() const { return m_step; }
    QString shownText() const;

Q_SIGNALS:
    void settingsRequested(const QString &step);

private:
    void refresh();
    DocumentPtr message(const StepItem &item) const;
    void copy() const;
    QWidget *makeBar();

    QPointer<RunModel> m_run;
    QString m_step;
    int m_index = 0;
    SegmentedControl *m_side;
    SegmentedControl *m_form;
    TextLabel *m_place;
    QToolButton *m_back;
    QToolButton *m_forward;
    ErrorCard *m_error;
    QStackedWidget *m_views;
    JsonViewer *m_json;
    QTableView *m_table;
    ValueTableModel *m_rows;
    TextLabel *m_empty;
};

} // namespace tw
