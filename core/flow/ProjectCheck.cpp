// SPDX-License-Identifier: GPL-3.0-or-later
// Project::validate(): what the files of a project say together.
#include "core/base/Text.h"
#include "core/flow/EnvironmentReader.h"
#include "core/flow/FileText.h"
#include "core/flow/Project.h"

#include <QRegularExpression>
#include <filesystem>

namespace tw {
namespace {

/// Findings about a flow that only the project can see.
class FlowInProject
{
public:
    FlowInProject(const FlowDocument &document, Findings &findings)
        : m_document(document), m_findings(findings)
    {}

    /// Types that there are not are told elsewhere.
    void checkConnections(const std::map<std::string, std::string> &known, const Registry &registry)
    {
        const YamlNode *connections = m_document.tree().find("connections");
        if (!m_document.isSound() || !connections || !connections->isMap())
            return;
        std::vector<std::string> names;
        for (const auto &[name, type] : known)
            names.push_back(name);
        for (const YamlNode::Entry &entry : connections->entries) {
            m_findings.enter("connections/" + entry.key);
            const auto found = known.find(entry.key);
            if (found == known.end()) {
                m_findings.error(entry.keyAt, "flow.unknown_connection",
                                 "The project has no connection " + inQuotes(entry.key) + '.',
                                 didYouMean(entry.key, names, "Add it to tidewire.yaml."));
            } else if (found->second != entry.value.scalar && registry.connector(found->second)
                       && registry.connector(entry.value.scalar)) {
                m_findings.error(entry.value.at, "flow.wrong_connection",
                                 "In this project " + inQuotes(entry.key) + " is of type " +
                                     inQuotes(found->second) + '.',
                                 "Write \"" + entry.key + ": " + found->second + "\".");
            }
        }
    }

    void checkId(std::map<std::string, std::string> &idFiles)
    {
        const YamlNode *id = m_document.tree().find("id");
        if (!m_document.isSound() || !id || !id->isScalar())
            return;
        m_findings.enter("id");
        const std::string name = std::filesystem::path(m_document.file()).filename().string();
        const auto [known, isNew] = idFiles.emplace(id->scalar, name);
        if (!isNew) {
            m_findings.error(id->at, "flow.duplicate_id",
                             "The flow in " + known->second + " has the same id.",
                             "Give one of the two another id.");
        } else if (name != id->scalar + ".flow.yaml") {
            m_findings.warning(id->at, "flow.file_name",
                               "The flow " + inQuotes(id->scalar) + " is in the file " + name + '.',
                               "Call the file " + id->scalar + ".flow.yaml.");
        }
    }

private:
    const FlowDocument &m_document;
    Findings &m_findings;
};

void checkEnvironment(const ProjectEnvironment &environment, const Registry &registry,
                      Findings &findings)
{
    for (const auto &[name, connection] : environment.connections) {
        const ConnectorDescriptor *connector = registry.connector(connection.type);
        if (!connector)
            continue;
        findings.enter("connections/" + name);
        if (!connection.with && !connection.useDouble) {
            findings.warning({}, "flow.connection_missing",
                             "The environment does not say how to reach " + inQuotes(name) + '.',
                             "Add its settings under \"connections\", or {double: true}.");
            continue;
        }
        std::vector<Diagnostic> found;
        readSettings(connector->connection, connection.with, environment.file, connection.at,
                     "the connection " + inQuotes(name), found);
        // A double brings what it needs itself.
        if (connection.useDouble)
            std::erase_if(found,
                          [](const auto &one) { return one.code == "flow.missing_setting"; });
        findings.adopt(std::move(found), connection.at);
    }
}

/// Of an error whose place is "file:line:column" or the file alone.
Diagnostic findingOf(const Error &error)
{
    static const QRegularExpression kPlace(QStringLiteral("^(.*?):(\\d+):(\\d+)$"));
    Diagnostic finding;
    finding.code = error.code;
    finding.message = error.message;
    finding.file = error.where;
    const auto place = kPlace.match(toQString(error.where));
    if (place.hasMatch()) {
        finding.file = toUtf8(place.captured(1));
        finding.line = place.captured(2).toInt();
        finding.column = place.captured(3).toInt();
    }
    return finding;
}

void append(std::vector<Diagnostic> &all, std::vector<Diagnostic> more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

} // namespace

std::vector<Diagnostic> Project::validate(const Registry &base, FlowCheckOptions options) const
{
    const auto better = this->registry(base);
    const Registry &registry = better ? **better : base;
    const FlowLibrary known = library();
    if (!m_isSingleFlow)
        options.flows = &known;
    options.portable = options.portable || m_isPortable;
    std::vector<Diagnostic> all = m_problems;
    if (!better)
        all.push_back(findingOf(better.error()));
    if (!m_isSingleFlow) {
        Findings findings((std::filesystem::path(m_folder) / "tidewire.yaml").string());
        for (const auto &[name, type] : m_connections) {
            if (registry.connector(type))
                continue;
            findings.enter("connections/" + name);
            findings.error(m_connectionPlaces.at(name), "flow.unknown_connector",
                           "There is no connector " + inQuotes(type) + '.',
                           "Run \"tidewire nodes\" to see what there is.");
        }
        append(all, std::move(findings.all()));
    }
    std::map<std::string, std::string> idFiles;
    for (const auto &document : m_flows) {
        append(all, validateFlow(*document, registry, options));
        if (m_isSingleFlow)
            continue;
        Findings findings(document->file());
        FlowInProject check(*document, findings);
        check.checkId(idFiles);
        check.checkConnections(m_connections, registry);
        append(all, std::move(findings.all()));
    }
    for (const auto &[name, file] : m_environmentFiles) {
        Findings findings(file);
        auto text = readTextFile(file);
        if (text) {
            checkEnvironment(readEnvironment(name, file, std::move(*text), m_connections, findings),
                             registry, findings);
        } else {
            findings.error({0, 0, 0}, text.error().code, text.error().message, {});
        }
        append(all, std::move(findings.all()));
    }
    return all;
}

} // namespace tw
