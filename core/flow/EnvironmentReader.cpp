// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/EnvironmentReader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tw {
namespace {

const std::vector<std::string> kKeys{"schema", "name", "kind", "listen", "journal", "connections"};
const std::vector<std::string> kJournalKeys{"quota",     "reserve", "max_bodies", "keep_bodies",
                                            "keep_runs", "encrypt"};
constexpr std::int64_t kSmallQuota = 10ll << 20;
const std::vector<std::string> kKinds{"local", "sandbox", "qa", "production"};

bool isListenAddress(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0)
        return false;
    const std::string_view port = text.substr(colon + 1);
    unsigned number = 0;
    const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
    return failure == std::errc() && end == port.data() + port.size() && number <= 65535 &&
           text.find_first_of(" /\t") == std::string_view::npos;
}

/// "20GB": a whole number and KB, MB, GB or TB (powers of 1024).
std::optional<std::int64_t> bytesOf(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr std::string_view kUnits[] = {"KB", "MB", "GB", "TB"};
    for (int power = 0; power < 4; ++power) {
        if (failure == std::errc() && number > 0 && number < (1 << 20) && unit == kUnits[power])
            return number << (10 * (power + 1));
    }
    return std::nullopt;
}

class Reader
{
public:
    Reader(const std::map<std::string, std::string> &connections, Findings &findings)
        : m_known(connections), m_findings(findings)
    {}

    void read(ProjectEnvironment &environment)
    {
        if (!environment.tree.isMap()) {
            m_findings.error({}, "flow.wrong_type",
                             "This is not an environment: the file must be a map.",
                             "Begin with \"schema: environment/1\".");
            return;
        }
        checkHead(environment);
        for (YamlNode::Entry &entry : environment.tree.entries) {
            if (entry.key == "connections" && entry.value.isMap())
                readConnections(environment, entry.value);
            if (entry.key == "journal")
                readJournal(environment.journal, entry.value);
        }
        addMissing(environment);
    }

private:
    void checkHead(ProjectEnvironment &environment)
    {
        const YamlNode &tree = environment.tree;
        for (const YamlNode::Entry &entry : tree.entries) {
            if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end())
                m_findings.unknownKey(entry, "An environment", kKeys);
        }
        const YamlNode *schema = tree.find("schema");
        if (!schema ||
            (schema->scalar != "environment/1" && !schema->scalar.starts_with("environment/1."))) {
            m_findings.error(schema ? schema->at : TextPosition{}, "flow.schema_version",
                             schema ? "This program cannot read the format " +
                                          inQuotes(schema->scalar) + '.'
                                    : std::string("The file does not say which format it has."),
                             "Write \"schema: environment/1\".");
        }
        if (const YamlNode *kind = tree.find("kind")) {
            environment.kind = kind->scalar;
            if (std::find(kKinds.begin(), kKinds.end(), kind->scalar) == kKinds.end()) {
                m_findings.error(
                    kind->at, "flow.unknown_choice",
                    inQuotes(kind->scalar) + " is not a kind of environment.",
                    didYouMean(kind->scalar, kKinds, "Use local, sandbox, qa or production."));
            }
        } else {
            environment.kind = environment.name == "local" ? "local" : "sandbox";
        }
        if (const YamlNode *listen = tree.find("listen")) {
            environment.listen = listen->scalar;
            if (!isListenAddress(listen->scalar)) {
                m_findings.error(listen->at, "flow.bad_address",
                                 "\"listen\" must be an address and a port.",
                                 "Write for example \"listen: 127.0.0.1:8787\".");
            }
        }
        const YamlNode *name = tree.find("name");
        if (name && name->scalar != environment.name) {
            m_findings.warning(name->at, "flow.file_name",
                               "The file is called " + inQuotes(environment.name) +
                                   " but names itself " + inQuotes(name->scalar) + '.',
                               "Write \"name: " + environment.name + "\".");
        }
    }

    void readJournal(JournalSettings &journal, const YamlNode &node)
    {
        if (!node.isMap()) {
            m_findings.error(node.at, "flow.wrong_type", "\"journal\" must be a map.",
                             "Write for example \"journal: {quota: 20GB, keep_bodies: 7d}\".");
            return;
        }
        for (const YamlNode::Entry &entry : node.entries) {
            if (std::find(kJournalKeys.begin(), kJournalKeys.end(), entry.key)
                == kJournalKeys.end())
                m_findings.unknownKey(entry, "A journal", kJournalKeys);
        }
        readBytes(node, "quota", journal.quotaBytes);
        readBytes(node, "reserve", journal.reserveBytes);
        readBytes(node, "max_bodies", journal.bodyBytes);
        checkSizes(node, journal);
        readHours(node, "keep_bodies", journal.keepBodies);
        readHours(node, "keep_runs", journal.keepRuns);
        if (journal.keepRuns < journal.keepBodies)
            m_findings.error((node.find("keep_runs") ? node.find("keep_runs")
                                                     : node.find("keep_bodies"))->at,
                             "flow.bad_journal", "Bodies cannot be kept longer than their runs.",
                             "Make \"keep_runs\" the longer one.");
        const YamlNode *encrypt = node.find("encrypt");
        journal.encrypt = encrypt && encrypt->scalar == "true";
        if (encrypt && encrypt->scalar != "true" && encrypt->scalar != "false")
            m_findings.error(encrypt->at, "flow.wrong_type", "\"encrypt\" must be true or false.",
                             "Write \"encrypt: true\".");
    }

    void checkSizes(const YamlNode &node, const JournalSettings &journal)
    {
        if (journal.quotaBytes > 0 && journal.quotaBytes < kSmallQuota)
            m_findings.warning(node.find("quota")->at, "flow.small_quota",
                               "A quota of " + inQuotes(node.find("quota")->scalar)
                                   + " holds a few events at most; then events are refused.",
                               "Write for example \"quota: 20GB\".");
        if (journal.quotaBytes > 0 && journal.bodyBytes > journal.quotaBytes)
            m_findings.warning(node.find("max_bodies")->at, "flow.bad_journal",
                               "\"max_bodies\" is more than the quota, so it has no effect: events are "
                               "refused before.",
                               "Make it smaller than \"quota\", or leave it out.");
    }

    void readBytes(const YamlNode &node, const char *key, std::int64_t &into)
    {
        const YamlNode *size = node.find(key);
        if (!size)
            return;
        if (const auto bytes = bytesOf(size->scalar))
            into = *bytes;
        else
            m_findings.error(size->at, "flow.bad_journal",
                             inQuotes(key) + " must be a size, not " + inQuotes(size->scalar) + '.',
                             "Write a whole number and a unit: 500MB, 20GB or 1TB.");
    }

    void readHours(const YamlNode &node, const char *key, std::chrono::hours &into)
    {
        const YamlNode *span = node.find(key);
        if (!span)
            return;
        const auto parsed = parseDuration(span->scalar);
        if (parsed && *parsed >= std::chrono::hours(1))
            into = std::chrono::duration_cast<std::chrono::hours>(*parsed);
        else
            m_findings.error(span->at, "flow.bad_journal",
                             inQuotes(key) + " must be a time of at least one hour, not "
                                 + inQuotes(span->scalar) + '.',
                             "Write for example 12h or 30d.");
    }

    void readConnections(ProjectEnvironment &environment, YamlNode &node)
    {
        std::vector<std::string> names;
        for (const auto &[name, type] : m_known)
            names.push_back(name);
        for (YamlNode::Entry &entry : node.entries) {
            EnvironmentConnection connection;
            const auto known = m_known.find(entry.key);
            if (known != m_known.end()) {
                connection.type = known->second;
            } else {
                m_findings.error(entry.keyAt, "flow.unknown_connection",
                                 "The project has no connection " + inQuotes(entry.key) + '.',
                                 didYouMean(entry.key, names, "Add it to tidewire.yaml."));
            }
            if (!entry.value.isMap()) {
                m_findings.error(entry.value.isNull() ? entry.keyAt : entry.value.at,
                                 "flow.wrong_type", inQuotes(entry.key) + " must be a map.",
                                 "Write {double: true} or the settings of the connection.");
                continue;
            }
            takeOwnKeys(environment, connection, entry.value);
            connection.with = &entry.value;
            connection.at = entry.keyAt;
            environment.connections.emplace(entry.key, std::move(connection));
        }
    }

    void takeOwnKeys(const ProjectEnvironment &environment, EnvironmentConnection &connection,
                     YamlNode &node)
    {
        for (const YamlNode::Entry &entry : node.entries) {
            if (entry.key == "double") {
                connection.useDouble = entry.value.scalar == "true";
                checkDouble(environment, connection, entry);
            } else if (entry.key == "type") {
                if (connection.type.empty())
                    connection.type = entry.value.scalar;
                else if (connection.type != entry.value.scalar)
                    m_findings.error(entry.value.at, "flow.wrong_connection",
                                     "The project says that this connection is of type " +
                                         inQuotes(connection.type) + '.',
                                     "Remove \"type\" here.");
            }
        }
        std::erase_if(node.entries, [](const YamlNode::Entry &entry) {
            return entry.key == "double" || entry.key == "type";
        });
    }

    void checkDouble(const ProjectEnvironment &environment, const EnvironmentConnection &connection,
                     const YamlNode::Entry &entry)
    {
        if (!connection.useDouble && entry.value.scalar != "false") {
            m_findings.error(entry.value.at, "flow.wrong_type", "\"double\" must be true or false.",
                             "Write \"double: true\".");
        } else if (connection.useDouble && environment.kind == "production") {
            m_findings.error(entry.keyAt, "flow.double_in_production",
                             "A production environment cannot use a double.",
                             "Remove \"double\" and write the settings of the connection.");
        }
    }

    void addMissing(ProjectEnvironment &environment)
    {
        for (const auto &[name, type] : m_known) {
            if (environment.connections.contains(name))
                continue;
            EnvironmentConnection connection;
            connection.type = type;
            connection.useDouble = environment.kind == "local";
            environment.connections.emplace(name, connection);
        }
    }

    const std::map<std::string, std::string> &m_known;
    Findings &m_findings;
};

} // namespace

ProjectEnvironment readEnvironment(const std::string &name, std::string file, std::string text,
                                   const std::map<std::string, std::string> &connections,
                                   Findings &findings)
{
    ProjectEnvironment environment;
    environment.name = name;
    environment.file = std::move(file);
    environment.text = std::move(text);
    YamlParse parsed = parseYaml(environment.text);
    for (const YamlProblem &problem : parsed.problems)
        findings.problem(problem);
    environment.tree = std::move(parsed.root);
    if (parsed.problems.empty())
        Reader(connections, findings).read(environment);
    return environment;
}

ProjectEnvironment localEnvironment(const std::map<std::string, std::string> &connections)
{
    ProjectEnvironment environment;
    environment.name = "local";
    for (const auto &[name, type] : connections)
        environment.connections[name] = {type, true, nullptr, {}};
    return environment;
}

} // namespace tw
