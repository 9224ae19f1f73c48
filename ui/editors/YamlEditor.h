// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editors/Scintilla.h"
#include "ui/models/FlowModel.h"

#include <QPointer>

namespace tw {

/// The flow's file as text: the same document as the canvas, live in both directions. Typing is an
/// edit of the document (and one undo step with what was typed before it); changes from elsewhere
/// replace only what differs, so that cursor and scroll stay. Undo is the document's.
class YamlEditor : public QsciScintilla
{
    Q_OBJECT
public:
    explicit YamlEditor(QWidget *parent = nullptr);

    /// Null shows nothing. The model may go while it is shown.
    void setModel(FlowModel *model);
    void goTo(int line, int column);

private:
    void typed();
    void takeOver();
    void markProblems();
    void tellProblem(int position);

    QPointer<FlowModel> m_model;
    bool m_taking = false;
};

} // namespace tw
