// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/FlowDocument.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

/// Where a connection points in one environment. Secrets stand as references
/// (`${secret:stripe/api_key}`), never as values.
struct EnvironmentConnection
{
    std::string type;
    bool useDouble = false; ///< `double: true`: the runtime starts a double and points here.
    const YamlNode *with = nullptr;
    TextPosition at;
};

struct ProjectEnvironment
{
    std::string name;
    std::string kind = "local"; ///< local, sandbox, qa, production.
    std::string file;
    std::string text;
    YamlNode tree;
    std::map<std::string, EnvironmentConnection> connections;
    std::string listen; ///< "127.0.0.1:8787" or empty.
};

/// A project folder: tidewire.yaml, flows/, environments/, samples/. Opening one runs and connects
/// nothing. A single flow file opens as a project of its own with the environment `local`.
class Project
{
public:
    static Result<std::unique_ptr<Project>> open(const std::string &path);

    const std::string &folder() const { return m_folder; }
    const std::string &name() const { return m_name; }
    const std::string &owner() const { return m_owner; }
    const std::map<std::string, std::string> &connections() const { return m_connections; }
    std::vector<std::unique_ptr<FlowDocument>> &flows() { return m_flows; }
    const std::vector<std::unique_ptr<FlowDocument>> &flows() const { return m_flows; }
    FlowDocument *flow(std::string_view id);
    std::vector<std::string> environmentNames() const; ///< Always has "local".
    /// Error Config `flow.unknown_environment`, naming those that exist.
    Result<ProjectEnvironment> environment(const std::string &name) const;
    std::vector<std::string> sampleFiles() const;

    /// Everything `tidewire validate` says about the folder.
    std::vector<Diagnostic> validate(const Registry &registry) const;

private:
    std::string m_folder, m_name, m_owner;
    std::map<std::string, std::string> m_connections;
    std::vector<std::unique_ptr<FlowDocument>> m_flows;
    std::map<std::string, std::string> m_environmentFiles;
    std::vector<Diagnostic> m_problems;
};

} // namespace tw
