// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/DeployedFlow.h"
#include "core/flow/Project.h"
#include "core/ops/Shadow.h"
#include "core/runtime/JournalSeal.h"
#include "core/sandbox/Double.h"

#include <QObject>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

class SecretSource;

/// Where recorded runs of a data folder are rehearsed: on the version that they ran on, and on the
/// flow as the project has it now. Reads the journal, also beside a runner that works on it; sends
/// nothing anywhere. Lives on a thread with an event loop; what it is given must outlive it.
class Stage final : public QObject
{
public:
    struct Place
    {
        std::string dataDir;
        const Project &project;
        std::string environment = "local"; ///< For the settings of connections.
        KeyPlaces keys;
    };

    /// Errors: Config `runtime.no_journal`, `store.older_format`, those of the environment and of
    /// the key.
    static Result<std::unique_ptr<Stage>> open(Place place, const Registry &registry, Clock &clock,
                                               const SecretSource &secrets);
    ~Stage() override;

    struct Rerun
    {
        RunHistory recorded;
        ops::RehearsedRun rehearsed;
        /// In what the rehearsal and the record differ; empty: the run can be told again as it was.
        std::vector<std::string> differences;
    };
    void rerun(std::int64_t run, std::function<void(Result<Rerun>)> done);
    /// What sending a dead letter again would send, with its corrected input, on the flow as the
    /// project has it now. What the steps know that the other side refuses stands in the effects'
    /// `objections`; what else it would meet there is not known, and is taken as done.
    void preview(std::int64_t letter, std::function<void(Result<ops::RehearsedRun>)> done);
    /// Runs that ended, as they were and as the project's flow would do them: the newest `query.limit`
    /// that can be told again; replays are the same event once more and do not count.
    void shadow(const RunQuery &query, std::function<void(Result<ops::ShadowReport>)> done);

private:
    using Rehearsed = std::vector<ops::RehearsedRun>;
    using Done = std::function<void(Result<Rehearsed>)>;

    Stage(const Place &place, std::shared_ptr<const Registry> registry, Clock &clock);
    Result<void> connect(const SecretSource &secrets);
    struct Recorded
    {
        std::vector<RunHistory> runs;
        int leftOut = 0;
    };
    Result<Recorded> historiesOf(RunQuery query) const;
    Result<RunHistory> replayOf(std::int64_t letter) const;
    void rehearse(std::vector<RunHistory> runs, const ops::Rehearsal::Make &make, Done done);
    void rehearseAsTheyWere(std::vector<RunHistory> runs, Done done);
    ops::Rehearsal::Make oldVersion(const std::string &flow, const std::string &version) const;
    ops::Rehearsal::Make presentVersion(const std::string &flow) const;

    std::string m_dataDir;
    const Project &m_project;
    std::string m_environment;
    std::shared_ptr<const Registry> m_registry; ///< With what the project knows.
    Clock &m_clock;
    HttpClient m_http;
    std::vector<std::unique_ptr<sandbox::Double>> m_doubles;
    Connections m_connections;
    std::unique_ptr<JournalSeal> m_seal;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<ops::Rehearsal> m_rehearsal;
};

} // namespace tw
