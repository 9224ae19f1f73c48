// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

#include <QAbstractListModel>
#include <QPointer>

namespace tw {

/// The steps of a flow with what the present run did in each, as rows of the run panel: the order
/// of the file, failures last. Follows both models; either may go.
class RunStepsModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole,
        StateRole, ///< StepState
        KindRole,  ///< StepKind
        ItemsRole,
        BeginRole, ///< Of the whole time line, 0 to 1; negative: no bar.
        EndRole,
        TimeRole,
        FailedRole ///< Some items failed.
    };

    using QAbstractListModel::QAbstractListModel;

    void setModels(FlowModel *flow, RunModel *run);
    int rowOf(const QString &step) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    void rebuild();
    void refresh();
    double share(std::int64_t moment) const;

    QPointer<FlowModel> m_flow;
    QPointer<RunModel> m_run;
    QStringList m_steps;
};

} // namespace tw
