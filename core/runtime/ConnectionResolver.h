// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/Project.h"
#include "core/sandbox/Double.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

class SecretSource;

/// Makes the connections of one environment: settings of its file, secrets from where they are
/// kept, and a running double in the place of a system where the file says `double: true` (one per
/// connector). All it is given must outlive it.
class ConnectionResolver
{
public:
    struct DoubleSettings
    {
        Clock &clock;
        std::uint64_t seed = 1;
        std::function<std::string(const std::string &connector)> dataDir;
    };

    ConnectionResolver(const ProjectEnvironment &environment, const Registry &registry,
                       const SecretSource &secrets, DoubleSettings doubles);

    /// Doubles that connections asked for; the caller takes them.
    std::vector<std::unique_ptr<sandbox::Double>> takeDoubles() { return std::move(m_doubles); }

    /// Whether all secrets are there that these connections (name -> type) need; a double brings its own.
    /// Error: Config `runtime.missing_secret`, which names all that are missing.
    Result<void> findSecrets(const std::map<std::string, std::string> &connections) const;

    /// Errors: Config with the place in the environment file.
    Result<std::shared_ptr<Connection>> connect(const std::string &name, const std::string &type,
                                                const Services &services);

private:
    Result<sandbox::Double *> doubleOf(const ConnectorDescriptor &connector);
    Result<Settings> settingsOf(const std::string &name, const ConnectorDescriptor &connector,
                                const EnvironmentConnection *given, sandbox::Double *standIn);
    Result<void> addSecrets(Settings &settings, const std::string &name,
                            const ConnectorDescriptor &connector, const YamlNode &node,
                            sandbox::Double *standIn);

    const ProjectEnvironment &m_environment;
    const Registry &m_registry;
    const SecretSource &m_secrets;
    DoubleSettings m_doubleSettings;
    std::vector<std::unique_ptr<sandbox::Double>> m_doubles;
};

} // namespace tw
