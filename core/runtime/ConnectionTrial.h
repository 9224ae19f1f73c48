// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Probe.h"
#include "core/connector/Registry.h"
#include "core/flow/Project.h"
#include "core/net/HttpClient.h"
#include "core/sandbox/Double.h"

#include <QObject>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

class SecretSource;

/// Tries the connections of a project in one environment before anything runs on them: whether they
/// sign in, and whether they may do what the flows need of them. Changes nothing outside. Lives on a
/// thread with an event loop; what it is given must outlive it.
class ConnectionTrial final : public QObject
{
public:
    struct Tried
    {
        std::string name;
        std::string type;
        bool isDouble = false;
        std::vector<ProbeFinding> findings; ///< Empty: it has nothing to try.
        bool isFine() const;
    };

    ConnectionTrial(const Project &project, const Registry &registry, Clock &clock,
                    const SecretSource &secrets);
    ~ConnectionTrial() override;

    /// `only`: this connection; empty: all. `done` once, later. Errors: those of the environment;
    /// Config `runtime.no_connection`. What fails for one connection is a finding about it.
    void start(const std::string &environment, const std::string &only,
               std::function<void(Result<std::vector<Tried>>)> done);

    /// What the project's flows need of each connection, each right once.
    static std::map<std::string, std::vector<Right>> rightsOf(const Project &project,
                                                              const Registry &registry);

private:
    void next(std::size_t at);

    const Project &m_project;
    const Registry &m_base;
    Clock &m_clock;
    const SecretSource &m_secrets;
    HttpClient m_http;
    std::vector<std::unique_ptr<sandbox::Double>> m_doubles;
    std::map<std::string, std::vector<Right>> m_rights;
    std::vector<std::shared_ptr<Connection>> m_connections; ///< Beside m_tried; null: not made.
    std::vector<Tried> m_tried;
    std::function<void(Result<std::vector<Tried>>)> m_done;
};

} // namespace tw
