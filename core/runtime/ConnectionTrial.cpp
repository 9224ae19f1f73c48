// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/ConnectionTrial.h"

#include "core/flow/SecretSource.h"
#include "core/runtime/ConnectionResolver.h"

#include <algorithm>

namespace tw {

bool ConnectionTrial::Tried::isFine() const
{
    return std::none_of(findings.begin(), findings.end(), [](const ProbeFinding &finding) {
        return finding.kind == ProbeFinding::Kind::Failed;
    });
}

ConnectionTrial::ConnectionTrial(const Project &project, const Registry &registry, Clock &clock,
                                 const SecretSource &secrets)
    : m_project(project), m_base(registry), m_clock(clock), m_secrets(secrets)
{}

ConnectionTrial::~ConnectionTrial() = default;

std::map<std::string, std::vector<Right>> ConnectionTrial::rightsOf(const Project &project,
                                                                    const Registry &registry)
{
    std::map<std::string, std::vector<Right>> rights;
    for (const auto &document : project.flows()) {
        for (const FlowStep &step : document->flow().steps) {
            const NodeDescriptor *type = registry.node(step.type);
            if (!type || !type->rights || step.connection.empty() || step.disabled)
                continue;
            std::vector<Diagnostic> ignored;
            const Settings settings = readSettings(type->params, step.with, document->file(), step.at,
                                                   step.id, ignored);
            std::vector<Right> &needed = rights[step.connection];
            for (Right &right : type->rights(settings)) {
                const auto same = std::find_if(needed.begin(), needed.end(), [&](const Right &known) {
                    return known.resource == right.resource;
                });
                if (same == needed.end())
                    needed.push_back(std::move(right));
                else
                    same->write = same->write || right.write;
            }
        }
    }
    return rights;
}

void ConnectionTrial::start(const std::string &environment, const std::string &only,
                            std::function<void(Result<std::vector<Tried>>)> done)
{
    m_done = std::move(done);
    const auto fail = [this](Error error) {
        QMetaObject::invokeMethod(
            this, [this, error = std::move(error)] { m_done(error); }, Qt::QueuedConnection);
    };
    auto known = m_project.registry(m_base);
    if (!known)
        return fail(std::move(known).error());
    const Registry &registry = **known;
    auto place = m_project.environment(environment);
    if (!place)
        return fail(std::move(place).error());
    std::map<std::string, std::string> wanted = m_project.connections();
    for (const auto &flow : m_project.flows())
        wanted.insert(flow->flow().connections.begin(), flow->flow().connections.end());
    if (!only.empty() && wanted.count(only) == 0)
        return fail(configError("runtime.no_connection",
                                "The project has no connection \"" + only + "\"."));
    m_rights = rightsOf(m_project, registry);
    ConnectionResolver resolver(*place, registry, m_secrets,
                                {m_clock, 1, [](const std::string &) { return std::string(); }});
    for (const auto &[name, type] : wanted) {
        if (!only.empty() && name != only)
            continue;
        Tried tried{name, type, false, {}};
        const auto given = place->connections.find(name);
        tried.isDouble = given != place->connections.end() && given->second.useDouble;
        auto connection = resolver.connect(name, type, {m_clock, m_http, nullptr});
        if (!connection)
            tried.findings.push_back({ProbeFinding::Kind::Failed, "Settings",
                                      connection.error().text(), {}});
        m_connections.push_back(connection ? *connection : nullptr);
        m_tried.push_back(std::move(tried));
    }
    m_doubles = resolver.takeDoubles();
    QMetaObject::invokeMethod(this, [this] { next(0); }, Qt::QueuedConnection);
}

void ConnectionTrial::next(std::size_t at)
{
    if (at == m_tried.size())
        return m_done(std::move(m_tried));
    const bool asked = m_connections[at]
        && m_connections[at]->probe(m_rights[m_tried[at].name], this,
                                    [this, at](std::vector<ProbeFinding> findings) {
                                        m_tried[at].findings = std::move(findings);
                                        next(at + 1);
                                    });
    if (!asked)
        next(at + 1);
}

} // namespace tw
