// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/FlowCanvas.h"
#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

#include <QObject>
#include <QPointer>

namespace tw {

/// Ties a canvas to a flow: what people do on the canvas becomes edits, and the flow and its run
/// become what the canvas shows. One gesture is one undo step. Selection is kept the same on both
/// sides. Holds no widget but the canvas it was given.
class CanvasBinding : public QObject
{
    Q_OBJECT
public:
    explicit CanvasBinding(FlowCanvas &canvas, QObject *parent = nullptr);

    /// `connections` of the project; a new step takes the first of its type. Null shows nothing.
    void setModels(FlowModel *flow, RunModel *run,
                   const std::map<std::string, std::string> *connections);

    /// Adds a step behind the selected one, wired to its first free exit, or in the middle.
    void addStep(const QString &type);
    /// Adds a step at a place; `from` and `exit` (canvas names) are empty for one on its own.
    void addStepAt(const QString &type, const QPoint &place, const QString &from,
                   const QString &exit);
    void insertStep(const QString &type, const QPoint &place, const std::optional<EdgeRef> &edge);
    void deleteSteps(const QStringList &ids, bool join);
    void toggleOff(); ///< Switches the selected steps off or on.
    void tidy(const QStringList &ids);
    void setNote(const QString &id, const QString &text);
    void setGroup(const QString &id, const QString &title);

Q_SIGNALS:
    void openRequested(const QString &step);
    void edgePicked(const QString &step);

private:
    void sync();
    void move(const QHash<QString, QPoint> &positions);
    void addNote(const QPoint &place);
    void addGroup(const QStringList &ids);
    void foldGroup(const QString &id, bool folded);
    std::string connectionFor(const NodeDescriptor *node) const;
    edit::AddStep stepEdit(const QString &type, const QPoint &place) const;
    void selectAdded();

    FlowCanvas &m_canvas;
    QPointer<FlowModel> m_flow;
    QPointer<RunModel> m_run;
    const std::map<std::string, std::string> *m_connections = nullptr;
    bool m_telling = false; ///< A selection of the canvas is on its way to the flow.
    bool m_showing = false; ///< A selection of the flow is on its way to the canvas.
};

} // namespace tw
