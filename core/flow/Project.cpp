// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/Project.h"

#include "core/base/Text.h"
#include "core/flow/EnvironmentReader.h"
#include "core/flow/FileText.h"

#include <algorithm>
#include <filesystem>

namespace tw {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kProjectKeys{
    "schema", "name", "owner", "description", "connections", "ownership", "mapping", "privacy"};
constexpr std::size_t kMostFiles = 10'000;

/// Sorted, so that every machine sees the same order.
std::vector<std::string> filesIn(const fs::path &folder, std::string_view ending)
{
    std::vector<std::string> files;
    std::error_code failure;
    for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
         at.increment(failure)) {
        const std::string name = at->path().filename().string();
        std::error_code ignored;
        if (name.ends_with(ending) && name.front() != '.' && at->is_regular_file(ignored) &&
            files.size() < kMostFiles)
            files.push_back(at->path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Error firstError(const std::vector<Diagnostic> &findings)
{
    const auto found = std::find_if(findings.begin(), findings.end(), [](const Diagnostic &one) {
        return one.severity == Severity::Error;
    });
    Error error =
        configError(found->code, found->message + (found->fix.empty() ? "" : ' ' + found->fix));
    return std::move(error).at(found->file + ':' + std::to_string(found->line) + ':' +
                               std::to_string(found->column));
}

} // namespace

Result<std::unique_ptr<Project>> Project::open(const std::string &path)
{
    std::error_code failure;
    std::unique_ptr<Project> project(new Project);
    fs::path place(path);
    if (place.filename() == "tidewire.yaml")
        place = place.has_parent_path() ? place.parent_path() : fs::path(".");
    if (fs::is_directory(place, failure)) {
        if (!fs::is_regular_file(place / "tidewire.yaml", failure))
            return configError("flow.no_project",
                               place.string() + " is not a project: it has no tidewire.yaml.");
        project->m_folder = place.string();
        project->readFolder();
        return project;
    }
    auto document = FlowDocument::load(place.string());
    if (!document)
        return std::move(document).error();
    project->m_isSingleFlow = true;
    project->m_folder = place.has_parent_path() ? place.parent_path().string() : ".";
    project->m_connections = document->flow().connections;
    project->m_name =
        document->flow().name.empty() ? place.filename().string() : document->flow().name;
    project->m_flows.push_back(std::make_unique<FlowDocument>(std::move(*document)));
    return project;
}

void Project::readFolder()
{
    const fs::path folder(m_folder);
    m_name = fs::absolute(folder).lexically_normal().filename().string();
    readProjectFile((folder / "tidewire.yaml").string());
    for (const std::string &file : filesIn(folder / "flows", ".flow.yaml"))
        addFlow(file);
    for (const std::string &file : filesIn(folder / "environments", ".yaml"))
        m_environmentFiles.emplace(fs::path(file).stem().string(), file);
}

void Project::addFlow(const std::string &file)
{
    auto document = FlowDocument::load(file);
    if (document) {
        m_flows.push_back(std::make_unique<FlowDocument>(std::move(*document)));
        return;
    }
    Findings findings(file);
    findings.error({0, 0, 0}, document.error().code, document.error().message, {});
    m_problems.push_back(findings.all().front());
}

void Project::readProjectFile(const std::string &file)
{
    Findings findings(file);
    auto text = readTextFile(file);
    const YamlParse parsed = text ? parseYaml(*text) : YamlParse{};
    if (!text)
        findings.error({0, 0, 0}, text.error().code, text.error().message, {});
    for (const YamlProblem &problem : parsed.problems)
        findings.problem(problem);
    const YamlNode &root = parsed.root;
    const YamlNode *schema = root.find("schema");
    if (text && parsed.problems.empty() &&
        (!schema || (schema->scalar != "project/1" && !schema->scalar.starts_with("project/1.")))) {
        findings.error(schema ? schema->at : TextPosition{}, "flow.schema_version",
                       "This is not a project file that this program can read.",
                       "Begin the file with \"schema: project/1\".");
    }
    for (const YamlNode::Entry &entry : root.entries) {
        if (std::find(kProjectKeys.begin(), kProjectKeys.end(), entry.key) == kProjectKeys.end())
            findings.unknownKey(entry, "A project", kProjectKeys);
        else if (entry.key == "name" && !entry.value.scalar.empty())
            m_name = entry.value.scalar;
        else if (entry.key == "owner")
            m_owner = entry.value.scalar;
        else if (entry.key == "connections")
            readConnections(entry.value, findings);
        else if (entry.key == "mapping")
            readMapping(entry.value, findings);
        else if (entry.key == "privacy")
            readPrivacy(entry.value, findings);
    }
    m_problems = std::move(findings.all());
}

void Project::readConnections(const YamlNode &node, Findings &findings)
{
    for (const YamlNode::Entry &entry : node.entries) {
        findings.enter("connections/" + entry.key);
        const YamlNode *type = entry.value.find("type");
        if (!type || !type->isScalar()) {
            findings.error(entry.keyAt, "flow.missing_setting",
                           "The connection " + inQuotes(entry.key) + " has no type.",
                           "Write \"" + entry.key + ": {type: stripe}\", for example.");
            continue;
        }
        for (const YamlNode::Entry &inner : entry.value.entries) {
            if (inner.key != "type" && inner.key != "title")
                findings.unknownKey(inner, "A connection of a project", {"type", "title"});
        }
        if (!isName(entry.key)) {
            findings.error(entry.keyAt, "flow.bad_id",
                           inQuotes(entry.key) + " cannot be the name of a connection.",
                           "Use lower-case letters, digits and underscores.");
        }
        m_connections[entry.key] = type->scalar;
        m_connectionPlaces[entry.key] = type->at;
    }
    findings.enter({});
}

void Project::readMapping(const YamlNode &node, Findings &findings)
{
    findings.enter("mapping");
    if (!node.isMap()) {
        findings.error(node.at, "flow.wrong_type", "\"mapping\" must be a map.",
                       "Write \"mapping: {portable: true}\".");
    }
    for (const YamlNode::Entry &entry : node.entries) {
        const std::string &word = entry.value.scalar;
        if (entry.key != "portable")
            findings.unknownKey(entry, "The mapping of a project", {"portable"});
        else if (!entry.value.isScalar() || (word != "true" && word != "false"))
            findings.error(entry.value.at, "flow.wrong_type", "\"portable\" is true or false.",
                           "Write \"portable: true\".");
        else
            m_isPortable = word == "true";
    }
    findings.enter({});
}

FlowDocument *Project::flow(std::string_view id)
{
    const auto found = std::find_if(m_flows.begin(), m_flows.end(), [id](const auto &document) {
        return document->flow().id == id;
    });
    return found == m_flows.end() ? nullptr : found->get();
}

FlowLibrary Project::library() const
{
    FlowLibrary library;
    for (const auto &document : m_flows)
        library.emplace(document->flow().id, document.get());
    return library;
}

std::vector<std::string> Project::environmentNames() const
{
    std::vector<std::string> names{"local"};
    for (const auto &[name, file] : m_environmentFiles) {
        if (name != "local")
            names.push_back(name);
    }
    return names;
}

Result<ProjectEnvironment> Project::environment(const std::string &name) const
{
    const auto known = m_environmentFiles.find(name);
    if (known == m_environmentFiles.end()) {
        if (name == "local")
            return localEnvironment(m_connections);
        std::string names;
        for (const std::string &one : environmentNames())
            names += (names.empty() ? "" : ", ") + one;
        return configError("flow.unknown_environment", "There is no environment " + inQuotes(name) +
                                                           ". There are: " + names + '.');
    }
    auto text = readTextFile(known->second);
    if (!text)
        return std::move(text).error();
    Findings findings(known->second);
    ProjectEnvironment environment =
        readEnvironment(name, known->second, std::move(*text), m_connections, findings);
    if (hasErrors(findings.all()))
        return firstError(findings.all());
    return environment;
}

std::vector<std::string> Project::sampleFiles() const
{
    return filesIn(fs::path(m_folder) / "samples", ".json");
}

} // namespace tw
