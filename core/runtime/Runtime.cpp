// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/Runtime.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/engine/Engine.h"
#include "core/flow/CalledFlows.h"
#include "core/flow/SecretSource.h"
#include "core/net/HttpClient.h"
#include "core/ops/AdminServer.h"
#include "core/ops/Escalation.h"
#include "core/ops/Metrics.h"
#include "core/runtime/AdminFile.h"
#include "core/runtime/ChosenFlows.h"
#include "core/runtime/ConnectionResolver.h"
#include "core/runtime/DataFolder.h"
#include "core/runtime/EventFile.h"
#include "core/runtime/JournalCare.h"
#include "core/runtime/JournalCopies.h"
#include "core/runtime/JournalSeal.h"
#include "core/runtime/PrivacyFile.h"
#include "core/runtime/Receiver.h"
#include "core/runtime/RefusalLog.h"
#include "core/runtime/TriggerDoor.h"
#include "core/store/FileCheck.h"
#include "core/store/SqliteJournal.h"

#include <QObject>
#include <algorithm>
#include <filesystem>

namespace tw {
namespace {

constexpr const char *kAnyPort = "127.0.0.1:0";
constexpr std::chrono::hours kRetentionPause{1};

Error firstFinding(const std::vector<Diagnostic> &findings)
{
    const auto found = std::find_if(findings.begin(), findings.end(), [](const Diagnostic &one) {
        return one.severity == Severity::Error;
    });
    return configError(found->code, found->message + (found->fix.empty() ? "" : ' ' + found->fix))
        .at(found->file + ':' + std::to_string(found->line) + ':'
            + std::to_string(found->column));
}

} // namespace

/// Everything behind the door. Its parts end in the order of the destructor: nobody hands in events,
/// then no step runs, then what is queued for the journal is written.
class Runtime::Impl : public QObject
{
public:
    Impl(Clock &clock, RunObserver &observer, RuntimeOptions options)
        : m_clock(clock), m_observer(observer), m_metrics(observer), m_bell(m_metrics),
          m_options(std::move(options)), m_refusals(clock)
    {
        m_receiver.onRefused([this](const Error &why) {
            m_refusals.write({}, {}, why);
            m_metrics.refusedAtDoor(why);
        });
    }
    ~Impl() override
    {
        m_receiver.stopListening();
        m_adminFile.reset();
        m_copyEraser.reset();
        m_admin.reset();
        m_escalation.reset();
        m_doors.clear();
        m_engine.reset();
        m_connections.clear();
        m_store.reset();
    }

    Result<void> start(const Project &project, const Registry &base,
                       const SecretSource &secrets);
    void inject(const std::string &json, const std::string &trigger,
                std::function<void(Result<Acceptance>)> done);
    void openReviews(int limit, std::function<void(Result<std::vector<ReviewRow>>)> done);
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    ReadyInfo m_ready;
    std::vector<std::unique_ptr<sandbox::Double>> m_doubles;
    std::unique_ptr<Engine> m_engine;

private:
    using Flows = std::vector<const FlowDocument *>;

    Result<Unfinished> openJournal(const JournalSettings &settings);
    KeyPlaces keyPlaces() const;
    Result<void> connect(const ProjectEnvironment &environment, const Project &project,
                         const Flows &flows, const Registry &registry,
                         const SecretSource &secrets);
    Result<void> deploy(const Flows &flows, const Registry &registry, const FlowLibrary &library);
    Result<void> startTriggers();
    void registerWebhooks();
    Result<void> openAdmin(const Registry &registry);
    void watchOpenWork();
    void storeStopped(const Error &error);
    void forgetOld();
    Services services() { return {m_clock, m_http, m_engine.get()}; }

    Clock &m_clock;
    RunObserver &m_observer;
    ops::Metrics m_metrics;
    ops::WaitBell m_bell;
    RuntimeOptions m_options;
    std::shared_ptr<const Registry> m_registry; ///< With what the project knows; outlives the flows.
    std::unique_ptr<DataFolder> m_folder;
    HttpClient m_http;
    std::unique_ptr<FileCheck> m_check;
    JournalSettings m_journal;
    std::unique_ptr<JournalSeal> m_seal; ///< Outlives the store.
    std::unique_ptr<Backups> m_backups;
    std::unique_ptr<StoreThread> m_store;
    Connections m_connections;
    RefusalLog m_refusals;
    Receiver m_receiver;
    std::vector<std::unique_ptr<TriggerDoor>> m_doors;
    std::unique_ptr<CopyEraser> m_copyEraser;
    std::unique_ptr<ops::AdminServer> m_admin;
    std::unique_ptr<AdminFile> m_adminFile;
    std::unique_ptr<ops::Escalation> m_escalation;
};

Result<void> Runtime::Impl::start(const Project &project, const Registry &base,
                                  const SecretSource &secrets)
{
    auto known = project.registry(base);
    if (!known)
        return std::move(known).error();
    m_registry = std::move(*known);
    const Registry &registry = *m_registry;
    auto environment = project.environment(m_options.environment);
    if (!environment)
        return std::move(environment).error();
    auto flows = chosenFlows(project, m_options.flows);
    if (!flows)
        return std::move(flows).error();
    const FlowLibrary library = project.library();
    auto called = withCalled(*flows, registry, library);
    if (!called)
        return std::move(called).error();
    for (const FlowDocument *document : *called) {
        const auto findings = validateFlow(*document, registry, {.flows = &library});
        if (hasErrors(findings))
            return firstFinding(findings);
    }
    auto unfinished = openJournal(environment->journal);
    if (!unfinished)
        return std::move(unfinished).error();
    if (auto kept = privacy_file::write(m_folder->file("privacy.json"), project.privacy()); !kept)
        return kept;
    if (auto connected = connect(*environment, project, *called, registry, secrets); !connected)
        return connected;
    if (auto deployed = deploy(*flows, registry, library); !deployed)
        return deployed;
    m_engine->resume(std::move(*unfinished));
    if (auto started = startTriggers(); !started)
        return started;
    const std::string address = !m_options.listen.empty() ? m_options.listen
        : !environment->listen.empty()                    ? environment->listen
                                                          : kAnyPort;
    if (auto open = m_receiver.open(address); !open)
        return open;
    registerWebhooks();
    if (auto admin = openAdmin(registry); !admin)
        return admin;
    watchOpenWork();
    forgetOld();
    return {};
}

KeyPlaces Runtime::Impl::keyPlaces() const
{
    KeyPlaces places;
    places.folder = m_folder->path();
    places.passphrase = m_options.passphrase;
    places.keychain = m_options.keychain;
    return places;
}

Result<Unfinished> Runtime::Impl::openJournal(const JournalSettings &settings)
{
    m_journal = settings;
    auto folder = DataFolder::open(m_options.dataDir);
    if (!folder)
        return std::move(folder).error();
    m_folder = std::move(*folder);
    SqliteOptions options{m_folder->file("journal.db")};
    options.quotaBytes = settings.quotaBytes;
    options.reserveBytes = settings.reserveBytes;
    auto journal = SqliteJournal::open(options);
    if (!journal)
        return journalCare::withWayOut(std::move(journal).error(), m_options.dataDir);
    auto seal = JournalSeal::attach(**journal, keyPlaces(), settings.encrypt || m_options.encrypt,
                                    m_clock.now());
    if (!seal)
        return std::move(seal).error();
    m_seal = std::move(*seal);
    journalCare::tellDamagedRows(**journal, m_options.dataDir);
    auto unfinished = readUnfinished(**journal);
    if (!unfinished)
        return unfinished;
    const std::string file = m_folder->file("journal.db");
    std::error_code ignored;
    if (std::filesystem::file_size(file, ignored) > std::uintmax_t(kCheckAtOpenBytes))
        m_check = std::make_unique<FileCheck>(
            file, [this](const Error &error) { storeStopped(error); });
    m_store = std::make_unique<StoreThread>(std::move(*journal));
    m_store->onStopped([this](const Error &error) { storeStopped(error); });
    if (!m_options.dataDir.empty())
        m_backups = std::make_unique<Backups>(m_clock, m_options.dataDir);
    m_engine = std::make_unique<Engine>(*m_store, m_clock, m_bell, m_options.seed);
    return unfinished;
}

Result<void> Runtime::Impl::connect(const ProjectEnvironment &environment, const Project &project,
                                    const Flows &flows, const Registry &registry,
                                    const SecretSource &secrets)
{
    ConnectionResolver resolver(environment, registry, secrets,
                                {m_clock, m_options.seed, [this](const std::string &connector) {
                                     return m_folder->kept("double-" + connector);
                                 }});
    std::map<std::string, std::string> wanted;
    for (const auto &[name, connection] : environment.connections) {
        if (connection.useDouble)
            wanted[name] = connection.type;
    }
    for (const FlowDocument *document : flows) {
        for (const auto &[name, type] : document->flow().connections) {
            const auto declared = project.connections().find(name);
            wanted[name] = declared == project.connections().end() ? type : declared->second;
        }
    }
    if (auto found = resolver.findSecrets(wanted); !found)
        return found;
    for (const auto &[name, type] : wanted) {
        auto connection = resolver.connect(name, type, services());
        if (!connection)
            return std::move(connection).error();
        m_connections[name] = std::move(*connection);
    }
    m_doubles = resolver.takeDoubles();
    for (const auto &running : m_doubles)
        m_ready.doubles[running->connector()] = running->url();
    return {};
}

Result<void> Runtime::Impl::deploy(const Flows &flows, const Registry &registry,
                                   const FlowLibrary &library)
{
    for (const FlowDocument *document : flows) {
        auto flow = DeployedFlow::create(*document, registry, services(), m_connections, library);
        if (!flow)
            return std::move(flow).error();
        m_engine->deploy(std::move(*flow));
    }
    m_engine->onOldVersion([this](const KeptFlow &kept) {
        return DeployedFlow::createKept(kept.text, kept.flow + ".flow.yaml", *m_registry,
                                        services(), m_connections);
    });
    return {};
}

Result<void> Runtime::Impl::startTriggers()
{
    for (const auto &flow : m_engine->flows()) {
        for (auto &node : flow->nodes()) {
            if (!node.trigger)
                continue;
            m_doors.push_back(std::make_unique<TriggerDoor>(flow->id(), node.id, *m_engine,
                                                            m_receiver, m_metrics, m_refusals));
            if (auto started = node.trigger->start(*m_doors.back()); !started)
                return std::move(started).error().at(flow->id() + '/' + node.id);
        }
    }
    return {};
}

void Runtime::Impl::registerWebhooks()
{
    m_ready.listen = m_receiver.url();
    for (const auto &door : m_doors) {
        if (door->path().empty())
            continue;
        const std::string url = m_ready.listen + door->path();
        const std::string name = door->flow() + '/' + door->trigger();
        m_ready.webhooks[name] = url;
        for (const auto &flow : m_engine->flows()) {
            const int index = flow->id() == door->flow() ? flow->indexOf(door->trigger()) : -1;
            if (index < 0)
                continue;
            const auto &node = flow->nodes()[static_cast<std::size_t>(index)];
            m_ready.hints.emplace(name, node.trigger->hint(url));
            node.trigger->opened(url);
            for (const auto &running : m_doubles) {
                if (running->connector() == node.type->connection)
                    running->addWebhook({url, {}, node.settings.list("events")});
            }
        }
    }
}

Result<void> Runtime::Impl::openAdmin(const Registry &registry)
{
    if (m_options.admin.empty())
        return {};
    const Secret token = newAdminToken();
    m_admin = std::make_unique<ops::AdminServer>(*m_engine, m_metrics, m_clock, token);
    m_admin->setRegistry(registry);
    if (auto open = m_admin->open(m_options.admin, m_options.adminWithoutTls); !open)
        return open;
    m_ready.admin = m_admin->url();
    if (!m_options.dataDir.empty()) {
        m_copyEraser = std::make_unique<CopyEraser>(m_options.dataDir, m_seal.get());
        m_admin->onErase([this](const ops::DeskCall &call, auto done) {
            m_copyEraser->erase(call, std::move(done));
        });
    }
    auto file = AdminFile::write(m_folder->file("admin.json"), m_ready.admin, token);
    if (!file)
        return std::move(file).error();
    m_adminFile = std::move(*file);
    m_admin->setReady(true);
    return {};
}

void Runtime::Impl::watchOpenWork()
{
    m_escalation = std::make_unique<ops::Escalation>(*m_engine, m_clock,
                                                     ops::escalationsOf(*m_engine), nullptr);
    m_bell.wakes(*m_escalation);
    if (m_admin)
        m_admin->onChange([this] { m_bell.ring(); });
}

void Runtime::Impl::storeStopped(const Error &error)
{
    qCCritical(log::runtime).noquote() << toQString(error.text());
    m_receiver.setTrouble(error.message);
    if (m_admin)
        m_admin->setTrouble(error.message);
    m_engine->stop(std::chrono::milliseconds(0), [] {});
    if (m_options.failed)
        m_options.failed(error);
}

void Runtime::Impl::forgetOld()
{
    m_store->submit<int>(
        this,
        [now = m_clock.now(), kept = m_journal](Journal &journal) {
            Retention retention;
            retention.now = now;
            retention.bodies = kept.keepBodies;
            retention.runs = kept.keepRuns;
            retention.bytes = kept.bodyBytes > 0 ? kept.bodyBytes : kept.quotaBytes / 10 * 8;
            return journal.forget(retention);
        },
        [this](const Result<int> &rows) {
            const bool more = rows && *rows >= Retention{}.rows;
            const bool bounded = m_journal.bodyBytes > 0 || m_journal.quotaBytes > 0;
            const std::chrono::milliseconds pause = bounded ? std::chrono::minutes(1)
                                                            : kRetentionPause;
            m_clock.callAfter(more ? std::chrono::milliseconds(100) : pause,
                              this, [this] { forgetOld(); });
        });
}

void Runtime::Impl::inject(const std::string &json, const std::string &trigger,
                           std::function<void(Result<Acceptance>)> done)
{
    auto event = readEventFile(json, m_clock.now());
    const auto takers = event ? takersOf(*m_engine, event->type, {trigger, !m_options.flows.empty()})
                              : Result<std::vector<EventTaker>>(event.error());
    if (takers)
        return acceptAt(*m_engine, *takers, *event, std::move(done));
    const Error reason = takers.error();
    QMetaObject::invokeMethod(
        this, [done = std::move(done), reason] { done(reason); }, Qt::QueuedConnection);
}

void Runtime::Impl::openReviews(int limit,
                                std::function<void(Result<std::vector<ReviewRow>>)> done)
{
    m_engine->inJournal<std::vector<ReviewRow>>(
        [limit](Journal &journal) {
            ReviewQuery query;
            query.status = ReviewStatus::Open;
            query.limit = limit;
            return journal.desk().reviews(query);
        },
        std::move(done));
}

void Runtime::Impl::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    m_receiver.stopListening();
    if (m_admin)
        m_admin->setReady(false);
    m_engine->stop(grace, std::move(done));
}

Result<std::unique_ptr<Runtime>> Runtime::start(const Project &project, const Registry &registry,
                                                Clock &clock, const SecretSource &secrets,
                                                RunObserver &observer, RuntimeOptions options)
{
    auto impl = std::make_unique<Impl>(clock, observer, std::move(options));
    if (auto started = impl->start(project, registry, secrets); !started)
        return std::move(started).error();
    return std::unique_ptr<Runtime>(new Runtime(std::move(impl)));
}

Runtime::Runtime(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Runtime::~Runtime() = default;

const ReadyInfo &Runtime::ready() const
{
    return m_impl->m_ready;
}

void Runtime::inject(const std::string &json, std::function<void(Result<Acceptance>)> done,
                     const std::string &trigger)
{
    m_impl->inject(json, trigger, std::move(done));
}

void Runtime::openReviews(int limit, std::function<void(Result<std::vector<ReviewRow>>)> done)
{
    m_impl->openReviews(limit, std::move(done));
}

void Runtime::pauseConnection(const std::string &name, std::string who, std::string why,
                              std::function<void(Result<void>)> done)
{
    m_impl->m_engine->pauseConnection(name, std::move(who), std::move(why), std::move(done));
}

void Runtime::resumeConnection(const std::string &name, const std::string &who,
                               std::function<void(Result<void>)> done)
{
    m_impl->m_engine->resumeConnection(name, who, std::move(done));
}

std::vector<GateStatus> Runtime::gates() const
{
    return m_impl->m_engine->gates();
}

std::vector<sandbox::Double *> Runtime::doubles() const
{
    std::vector<sandbox::Double *> all;
    for (const auto &running : m_impl->m_doubles)
        all.push_back(running.get());
    return all;
}

sandbox::Double *Runtime::doubleOf(const std::string &connector) const
{
    const auto found = std::find_if(m_impl->m_doubles.begin(), m_impl->m_doubles.end(),
                                    [&](const auto &one) { return one->connector() == connector; });
    return found == m_impl->m_doubles.end() ? nullptr : found->get();
}

bool Runtime::isIdle() const
{
    return m_impl->m_engine->isIdle();
}

void Runtime::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    m_impl->stop(grace, std::move(done));
}

} // namespace tw
