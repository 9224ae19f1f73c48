// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

#include <QFrame>
#include <QPointer>

class QPlainTextEdit;
class QStackedWidget;
class QTabBar;

namespace tw {

class Chip;
class ConnectionRow;
class ParamForm;
class RetryForm;
class StepHead;
class TextLabel;

/// The selected step: its name, its settings as a form, retries, and a note. Every committed change
/// is one edit of the flow. Without a single selected step it says what to do.
class InspectorPanel : public QFrame
{
    Q_OBJECT
public:
    static constexpr int kWidth = 312;

    explicit InspectorPanel(QWidget *parent = nullptr);

    /// `connections` are the project's: name -> type. `run` gives samples; may be null.
    void setModel(FlowModel *model, const std::map<std::string, std::string> *connections,
                  RunModel *run);
    /// Hands in what is typed and not yet applied: before a run, a save, a check.
    void commitPending();
    void rename(); ///< Puts the cursor into the title.
    void focusSettings();
    ParamForm &form() { return *m_form; }
    /// The message that results beside expressions are for.
    DocumentPtr sample() const;

Q_SIGNALS:
    void deleteRequested(const QString &step);

private:
    QWidget *makeHead();
    QWidget *makeSettings();
    QWidget *makeNotes();
    void showStep();
    void refresh();
    void showFailures();
    void setField(const char *field, const DocumentPtr &value);

    QPointer<FlowModel> m_model;
    const std::map<std::string, std::string> *m_connections = nullptr;
    QPointer<RunModel> m_run;
    QString m_shown; ///< Id and type of the step whose form is built.

    QStackedWidget *m_pages;
    StepHead *m_head;
    QTabBar *m_tabs;
    Chip *m_failures;
    QStackedWidget *m_bodies;
    ConnectionRow *m_connection;
    TextLabel *m_help;
    ParamForm *m_form;
    RetryForm *m_retry;
    QPlainTextEdit *m_note;
};

} // namespace tw
