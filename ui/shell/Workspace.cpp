// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/Workspace.h"

#include "core/base/Text.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace tw {

Workspace::Workspace(const Registry &registry, QObject *parent)
    : QObject(parent), m_registry(registry)
{}

Workspace::~Workspace() = default;

Result<void> Workspace::open(const QString &path)
{
    auto project = Project::open(toUtf8(path));
    if (!project)
        return project.error();
    auto known = (*project)->registry(m_registry);
    if (!known)
        return known.error();
    Q_EMIT closing();
    m_flows.clear();
    m_known = std::move(*known);
    m_current = nullptr;
    m_project = std::move(*project);
    m_path = path;
    for (const auto &document : m_project->flows())
        adopt(*document);
    m_current = m_flows.empty() ? nullptr : m_flows.front().get();
    Q_EMIT opened();
    Q_EMIT currentChanged();
    return {};
}

Result<void> Workspace::addFlow(const QString &name)
{
    if (!m_project)
        return configError("desktop.no_project", "Open a project folder first.");
    std::string id = slug(toUtf8(name));
    for (int number = 2; m_project->flow(id); ++number)
        id = slug(toUtf8(name)) + '_' + std::to_string(number);
    const QDir folder(toQString(m_project->folder()));
    const QString file = folder.filePath(QStringLiteral("flows/%1.flow.yaml").arg(toQString(id)));
    if (!folder.mkpath(QStringLiteral("flows")))
        return configError("desktop.no_folder",
                           "The folder \"flows\" cannot be made in the project.");
    const std::string text = FlowDocument::blank(id, toUtf8(name)).text();
    m_project->flows().push_back(std::make_unique<FlowDocument>(text, toUtf8(file)));
    adopt(*m_project->flows().back());
    m_flows.back()->model->markUnsaved();
    m_current = m_flows.back().get();
    Q_EMIT flowsChanged();
    Q_EMIT currentChanged();
    return {};
}

void Workspace::adopt(FlowDocument &document)
{
    auto flow = std::make_unique<OpenFlow>();
    flow->model = std::make_unique<FlowModel>(document, *m_known);
    flow->run = std::make_unique<RunModel>();
    connect(flow->model.get(), &FlowModel::dirtyChanged, this, &Workspace::flowsChanged);
    m_flows.push_back(std::move(flow));
}

const std::map<std::string, std::string> *Workspace::connections() const
{
    return m_project ? &m_project->connections() : nullptr;
}

std::vector<OpenFlow *> Workspace::tabs() const
{
    std::vector<OpenFlow *> tabs;
    for (const auto &flow : m_flows) {
        if (flow->hasTab)
            tabs.push_back(flow.get());
    }
    return tabs;
}

void Workspace::setCurrent(OpenFlow *flow)
{
    if (flow == m_current || !flow)
        return;
    flow->hasTab = true;
    m_current = flow;
    Q_EMIT flowsChanged();
    Q_EMIT currentChanged();
}

void Workspace::closeTab(OpenFlow &flow)
{
    const std::vector<OpenFlow *> before = tabs();
    const auto place = std::find(before.begin(), before.end(), &flow);
    flow.hasTab = false;
    if (&flow != m_current || place == before.end()) {
        Q_EMIT flowsChanged();
        return;
    }
    if (place + 1 != before.end())
        m_current = *(place + 1);
    else
        m_current = place == before.begin() ? nullptr : *(place - 1);
    Q_EMIT flowsChanged();
    Q_EMIT currentChanged();
}

void Workspace::discard(OpenFlow &flow)
{
    if (QFileInfo::exists(toQString(flow.model->document().file())))
        return flow.model->revert();
    closeTab(flow);
    const FlowDocument *document = &flow.model->document();
    std::erase_if(m_flows, [&flow](const auto &one) { return one.get() == &flow; });
    std::erase_if(m_project->flows(),
                  [document](const auto &one) { return one.get() == document; });
    Q_EMIT flowsChanged();
}

std::vector<FlowModel *> Workspace::dirtyFlows() const
{
    std::vector<FlowModel *> dirty;
    for (const auto &flow : m_flows) {
        if (flow->model->isDirty())
            dirty.push_back(flow->model.get());
    }
    return dirty;
}

} // namespace tw
