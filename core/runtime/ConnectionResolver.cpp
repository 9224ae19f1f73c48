// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/ConnectionResolver.h"

#include "core/flow/SecretSource.h"
#include "core/schema/SecretRef.h"

#include <algorithm>

namespace tw {
namespace {

void setScalar(YamlNode &map, const std::string &key, std::string value)
{
    YamlNode scalar;
    scalar.kind = YamlNode::Kind::Scalar;
    scalar.scalar = std::move(value);
    map.kind = YamlNode::Kind::Map;
    for (YamlNode::Entry &entry : map.entries) {
        if (entry.key == key) {
            entry.value = std::move(scalar);
            return;
        }
    }
    map.entries.push_back({key, {}, std::move(scalar)});
}

std::string placeOf(const Diagnostic &finding)
{
    return finding.file + ':' + std::to_string(finding.line) + ':'
        + std::to_string(finding.column);
}

} // namespace

ConnectionResolver::ConnectionResolver(const ProjectEnvironment &environment,
                                       const Registry &registry, const SecretSource &secrets,
                                       DoubleSettings doubles)
    : m_environment(environment), m_registry(registry), m_secrets(secrets),
      m_doubleSettings(std::move(doubles))
{}

Result<sandbox::Double *> ConnectionResolver::doubleOf(const ConnectorDescriptor &connector)
{
    for (const auto &running : m_doubles) {
        if (running->connector() == connector.id)
            return running.get();
    }
    if (!connector.startDouble)
        return configError("runtime.no_double", "There is no double of " + connector.title
                                                    + ". Remove \"double: true\".");
    const sandbox::DoubleOptions options{m_doubleSettings.clock, "127.0.0.1", 0,
                                         m_doubleSettings.seed,
                                         m_doubleSettings.dataDir(connector.id)};
    auto started = connector.startDouble(options);
    if (!started)
        return std::move(started).error();
    m_doubles.push_back(std::move(*started));
    return m_doubles.back().get();
}

Result<void>
ConnectionResolver::findSecrets(const std::map<std::string, std::string> &connections) const
{
    std::string missing;
    int count = 0;
    for (const auto &[name, type] : connections) {
        const ConnectorDescriptor *connector = m_registry.connector(type);
        const auto given = m_environment.connections.find(name);
        const bool isGiven = given != m_environment.connections.end();
        if (!connector || (isGiven && given->second.useDouble))
            continue;
        for (const Param &param : connector->connection) {
            const YamlNode *written
                = isGiven && given->second.with ? given->second.with->find(param.id()) : nullptr;
            const auto named = written ? parseSecretRef(written->scalar) : std::nullopt;
            const SecretRef reference = named.value_or(SecretRef{name, param.id()});
            if (param.type() != Param::Type::Secret || (!named && !param.isRequired())
                || m_secrets.find(reference.connection, reference.field))
                continue;
            missing += (count++ == 0 ? "" : "\n") + ("The connection \"" + name + "\" needs the secret \"")
                + param.id() + "\". " + m_secrets.hint(reference.connection, reference.field);
        }
    }
    if (count == 0)
        return {};
    return configError("runtime.missing_secret",
                       (count == 1 ? std::string() : std::to_string(count) + " secrets are missing.\n")
                           + missing)
        .at(m_environment.file);
}

Result<void> ConnectionResolver::addSecrets(Settings &settings, const std::string &name,
                                            const ConnectorDescriptor &connector,
                                            const YamlNode &node, sandbox::Double *standIn)
{
    const auto given = standIn ? standIn->connectionSecrets() : std::map<std::string, Secret>();
    for (const Param &param : connector.connection) {
        if (param.type() != Param::Type::Secret)
            continue;
        if (const auto own = given.find(param.id()); own != given.end()) {
            settings.setSecret(param.id(), own->second);
            continue;
        }
        const YamlNode *written = node.find(param.id());
        const auto named = written ? parseSecretRef(written->scalar) : std::nullopt;
        const SecretRef reference = named.value_or(SecretRef{name, param.id()});
        if (auto found = m_secrets.find(reference.connection, reference.field))
            settings.setSecret(param.id(), std::move(*found));
        else if (named || param.isRequired())
            return configError("runtime.missing_secret",
                               "The connection \"" + name + "\" needs the secret \"" + param.id()
                                   + "\". " + m_secrets.hint(reference.connection, reference.field))
                .at(m_environment.file);
    }
    return {};
}

Result<Settings> ConnectionResolver::settingsOf(const std::string &name,
                                                const ConnectorDescriptor &connector,
                                                const EnvironmentConnection *given,
                                                sandbox::Double *standIn)
{
    YamlNode node;
    node.kind = YamlNode::Kind::Map;
    if (given && given->with)
        node = *given->with;
    if (standIn) {
        for (auto &[key, value] : standIn->connectionSettings())
            setScalar(node, key, value);
    }
    // Required secrets need not be written down: their reference follows from their name.
    YamlNode checked = node;
    for (const Param &param : connector.connection) {
        if (param.type() == Param::Type::Secret && !checked.find(param.id()))
            setScalar(checked, param.id(), SecretRef{name, param.id()}.text());
    }
    std::vector<Diagnostic> findings;
    Settings settings
        = readSettings(connector.connection, &checked, m_environment.file,
                       given ? given->at : TextPosition{}, "the connection \"" + name + "\"",
                       findings);
    for (const Diagnostic &finding : findings) {
        if (finding.severity == Severity::Error)
            return configError(finding.code,
                               finding.message + (finding.fix.empty() ? "" : ' ' + finding.fix))
                .at(placeOf(finding));
    }
    if (auto added = addSecrets(settings, name, connector, node, standIn); !added)
        return std::move(added).error();
    return settings;
}

Result<std::shared_ptr<Connection>> ConnectionResolver::connect(const std::string &name,
                                                                const std::string &type,
                                                                const Services &services)
{
    const ConnectorDescriptor *connector = m_registry.connector(type);
    if (!connector || !connector->connect)
        return configError("flow.unknown_connection",
                           "The connection \"" + name + "\" has the unknown type \"" + type
                               + "\".");
    const auto found = m_environment.connections.find(name);
    const EnvironmentConnection *given
        = found == m_environment.connections.end() ? nullptr : &found->second;
    sandbox::Double *standIn = nullptr;
    if (given && given->useDouble) {
        auto running = doubleOf(*connector);
        if (!running)
            return std::move(running).error().at(m_environment.file);
        standIn = *running;
    }
    auto settings = settingsOf(name, *connector, given, standIn);
    if (!settings)
        return std::move(settings).error();
    if (connector->fits && !standIn) {
        if (auto fits = connector->fits(*settings, m_environment.kind); !fits) {
            Error error = std::move(fits).error();
            error.message = "The connection \"" + name + "\": " + error.message;
            return std::move(error).at(m_environment.file);
        }
    }
    return connector->connect(services, name, std::move(*settings));
}

} // namespace tw
