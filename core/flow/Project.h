// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/CalledFlows.h"
#include "core/flow/FlowDocument.h"
#include "core/vault/Masker.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

class Findings;

/// Where a connection points in one environment. Secrets stand as references
/// (`${secret:stripe/api_key}`), never as values.
struct EnvironmentConnection
{
    std::string type;
    bool useDouble = false; ///< `double: true`: the runtime starts a double and points here.
    const YamlNode *with = nullptr;
    TextPosition at;
};

/// What a runner keeps, for how long, and how. What is 0 has no bound.
struct JournalSettings
{
    std::int64_t quotaBytes = 0;             ///< Events are refused shortly before it is reached.
    std::int64_t reserveBytes = 64ll << 20;  ///< Space that the disk must have left; at most 1/20 of it.
    std::int64_t bodyBytes = 0;              ///< Beyond it the oldest bodies go before their time.
    std::chrono::hours keepBodies{7 * 24};
    std::chrono::hours keepRuns{35 * 24};    ///< As long repeats of an event are recognised.
    bool encrypt = false;
};

/// One file of environments/, or the built-in `local`. Connections point into `tree`; so it moves
/// but does not copy. `with` holds what is left for the connector: `type` and `double` are taken
/// out.
struct ProjectEnvironment
{
    ProjectEnvironment() = default;
    ProjectEnvironment(ProjectEnvironment &&) = default;
    ProjectEnvironment &operator=(ProjectEnvironment &&) = default;

    std::string name;
    std::string kind = "local"; ///< local, sandbox, qa, production.
    std::string file;
    std::string text;
    YamlNode tree;
    std::map<std::string, EnvironmentConnection> connections;
    std::string listen; ///< "127.0.0.1:8787" or empty.
    JournalSettings journal;
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
    bool isSingleFlow() const { return m_isSingleFlow; }
    const std::map<std::string, std::string> &connections() const { return m_connections; }
    std::vector<std::unique_ptr<FlowDocument>> &flows() { return m_flows; }
    const std::vector<std::unique_ptr<FlowDocument>> &flows() const { return m_flows; }
    FlowDocument *flow(std::string_view id);
    FlowLibrary library() const; ///< What its flows can call.
    std::vector<std::string> environmentNames() const; ///< Always has "local".
    /// Error Config `flow.unknown_environment`, naming those that exist.
    Result<ProjectEnvironment> environment(const std::string &name) const;
    std::vector<std::string> sampleFiles() const;

    /// `mapping: {portable: true}`: only what every JSONata engine knows; the rest is reported.
    bool isPortable() const { return m_isPortable; }

    /// `privacy: {mask: […], keep: […]}`: what a Masker is made with.
    const PrivacyRules &privacy() const { return m_privacy; }

    /// `base` with what the project knows better about other systems: the files that connectors name
    /// in ProjectFacts. `base` itself where there is none, which must outlive the answer then. Error
    /// Config `flow.bad_facts`, at the place in the file.
    Result<std::shared_ptr<const Registry>> registry(const Registry &base) const;

    /// Everything `tidewire validate` says about the folder. Portable when the project or `options`
    /// says so.
    std::vector<Diagnostic> validate(const Registry &registry,
                                     FlowCheckOptions options = {}) const;

private:
    Project() = default;
    void readFolder();
    void readProjectFile(const std::string &file);
    void readConnections(const YamlNode &node, Findings &findings);
    void readMapping(const YamlNode &node, Findings &findings);
    void readPrivacy(const YamlNode &node, Findings &findings);
    void addFlow(const std::string &file);
    bool m_isSingleFlow = false;
    bool m_isPortable = false;
    std::string m_folder, m_name, m_owner;
    std::map<std::string, std::string> m_connections;
    PrivacyRules m_privacy;
    std::vector<std::unique_ptr<FlowDocument>> m_flows;
    std::map<std::string, TextPosition> m_connectionPlaces;
    std::map<std::string, std::string> m_environmentFiles; ///< Name -> path.
    std::vector<Diagnostic> m_problems;
};

} // namespace tw
