// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Project.h"
#include "ui/models/FlowModel.h"
#include "ui/models/RunModel.h"

#include <QObject>

#include <memory>
#include <vector>

namespace tw {

/// A flow of the project, with its run. Without a tab it keeps its text and its run.
struct OpenFlow
{
    bool hasTab = true;
    std::unique_ptr<FlowModel> model;
    std::unique_ptr<RunModel> run;
};

/// The open project and which of its flows is in front. Owns both. Opening another project drops
/// the flows of the one before: whoever asks for it has settled what is unsaved.
class Workspace : public QObject
{
    Q_OBJECT
public:
    explicit Workspace(const Registry &registry, QObject *parent = nullptr);
    ~Workspace() override;

    Result<void> open(const QString &path);
    /// A new flow beside the others; its file is written by the first save.
    Result<void> addFlow(const QString &name);

    const Registry &registry() const { return m_known ? *m_known : m_registry; }
    const Project *project() const { return m_project.get(); }
    const std::map<std::string, std::string> *connections() const;
    const std::vector<std::unique_ptr<OpenFlow>> &flows() const { return m_flows; }
    /// The flows with a tab, in the order of the project.
    std::vector<OpenFlow *> tabs() const;
    OpenFlow *current() const { return m_current; }
    /// Brings a flow to the front and gives it a tab if it has none.
    void setCurrent(OpenFlow *flow);
    /// Takes the tab away. Whoever asks for it has settled what is unsaved.
    void closeTab(OpenFlow &flow);
    /// Back to what the file says; a flow that was never saved goes for good.
    void discard(OpenFlow &flow);
    std::vector<FlowModel *> dirtyFlows() const;
    /// What can be said about the project beyond its flows: environments, project file.
    QString path() const { return m_path; }

Q_SIGNALS:
    /// The flows listed are about to go.
    void closing();
    void opened();
    void currentChanged();
    void flowsChanged(); ///< One was added, closed, renamed, saved or became dirty.

private:
    void adopt(FlowDocument &document);

    const Registry &m_registry;
    std::shared_ptr<const Registry> m_known; ///< With what the project knows; outlives its flows.
    std::unique_ptr<Project> m_project;
    std::vector<std::unique_ptr<OpenFlow>> m_flows;
    OpenFlow *m_current = nullptr;
    QString m_path;
};

} // namespace tw
