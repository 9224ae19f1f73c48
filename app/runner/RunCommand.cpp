// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Prompt.h"
#include "app/runner/RunReport.h"
#include "app/runner/Signals.h"
#include "core/base/LogSink.h"
#include "core/flow/SecretSources.h"
#include "core/runtime/EventFile.h"
#include "core/vault/Keychain.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QTimer>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <optional>

namespace tw::runner {
namespace {

constexpr std::chrono::milliseconds kGrace{10'000};
constexpr std::chrono::seconds kNoRoom{5};
constexpr std::chrono::milliseconds kRest{700};
constexpr int kReviewsNamed = 20;
constexpr int kDemoAttempts = 5; // Four seconds: a demo that is turned away shall end.

struct RunCommandOptions
{
    std::string path;
    RuntimeOptions runtime;
    std::vector<std::string> eventFiles;
    std::string step; ///< Where they are handed in.
    int demo = 0;
    std::string admin = "127.0.0.1:0";
    bool untilIdle = false;
    bool json = false;
    std::string log; ///< "json", "text", or empty: text, and messages to a person as they are.
    std::string logLevel = "info";

    log::Sink::Options sink() const
    {
        return {log == "json" ? log::Form::Json : log::Form::Text,
                log::levelFromString(logLevel).value_or(log::Level::Info),
                {}};
    }
};

/// Qt drops lines before anybody formats them; the sink alone would be too late for debug.
void applyLogRules(const RunCommandOptions &options)
{
    QString rules;
    if (options.logLevel == "debug")
        rules += QStringLiteral("tw.*.debug=true\n");
    if (options.demo > 0) // the summary says it all
        rules += QStringLiteral("tw.connector.info=false\n");
    if (!rules.isEmpty())
        QLoggingCategory::setFilterRules(rules);
}

/// One `tidewire run`: starts the runtime, feeds it, ends when told or when idle.
class RunSession : public QObject
{
public:
    RunSession(const RunCommandOptions &options, const Registry &registry)
        : m_options(options), m_registry(registry), m_sink(m_clock, options.sink()),
          m_out(options.json), m_report(m_out, options.demo == 0), m_signals([this] { finish(kDone); })
    {
        // What a burst took goes back to the system once it is over: a runner rests most of the day.
        m_rest.setSingleShot(true);
        m_rest.setInterval(kRest);
        m_rest.callOnTimeout([] { malloc_trim(0); });
        m_out.sendMessages([this](std::string_view text) { say(text); });
    }

    int exec()
    {
        applyLogRules(m_options);
        const std::string dataDir = folderName(m_options.runtime.dataDir);
        if (!readEvents())
            return m_code;
        auto project = Project::open(m_options.path);
        if (!project)
            return failed(project.error());
        m_secrets.emplace(SecretChain::ofProject((*project)->folder(), dataDir,
                                                 &m_keychain, askPassphrase));
        m_secrets->onFound([this](const Secret &secret) { m_sink.protect(secret); });
        RuntimeOptions wanted = m_options.runtime;
        wanted.dataDir = dataDir;
        wanted.keychain = &m_keychain;
        wanted.passphrase = askPassphrase;
        wanted.admin = m_options.admin == "off" ? std::string() : m_options.admin;
        wanted.failed = [this](const Error &error) { finish(failed(error)); };
        auto runtime = Runtime::start(**project, m_registry, m_clock, *m_secrets, m_report, wanted);
        if (!runtime)
            return failed(runtime.error());
        m_runtime = std::move(*runtime);
        m_report.ready(m_runtime->ready());
        m_rest.start(); // The check of the flows took the most that a runner ever needs.
        m_report.setAwaited(endsByItself());
        m_report.onIdle([this] {
            m_rest.start();
            endWhenIdle();
        });
        inject();
        if (!deliverDemo())
            return m_code;
        m_fed = true;
        if (endsByItself())
            m_runtime->openReviews(kReviewsNamed, [this](const Result<std::vector<ReviewRow>> &open) {
                m_report.waitsFor(open ? *open : std::vector<ReviewRow>());
                endWhenIdle();
            });
        const int code = QCoreApplication::exec();
        m_runtime.reset();
        return code;
    }

private:
    void say(std::string_view text)
    {
        if (m_options.log.empty())
            std::fputs((m_sink.clean(text) + '\n').c_str(), stderr);
        else
            m_sink.line(log::Level::Warning, "run", text);
    }

    int failed(const Error &error)
    {
        if (m_options.log.empty())
            m_out.message(error.text());
        else
            m_sink.line(log::Level::Error, "run", error.text());
        m_code = error.kind == ErrorKind::Config ? kNotRight : kCouldNot;
        return m_code;
    }

    /// Before anything starts: a file that is no event ends it at once.
    bool readEvents()
    {
        for (const std::string &file : m_options.eventFiles) {
            auto json = readInput(file);
            if (!json)
                failed(json.error());
            else if (auto event = readEventFile(*json, m_clock.now()); !event)
                refused(file, event.error());
            else
                m_events.emplace_back(file, std::move(*json));
        }
        return m_code == kDone;
    }

    void refused(const std::string &file, const Error &why)
    {
        m_out.message(file + ": " + why.text());
        m_code = why.code == "runtime.ambiguous_event" ? kWrongUse
            : why.kind == ErrorKind::Transient         ? kCouldNot
                                                       : kNotRight;
    }

    void inject()
    {
        for (const auto &[file, json] : m_events) {
            ++m_open;
            m_runtime->inject(json, [this, file = file](const Result<Acceptance> &accepted) {
                --m_open;
                if (!accepted)
                    refused(file, accepted.error());
                if (!accepted && !endsByItself())
                    return finish(m_code);
                endWhenIdle();
            }, m_options.step);
        }
    }

    bool deliverDemo()
    {
        if (m_options.demo == 0)
            return true;
        sandbox::Double *stripe = m_runtime->doubleOf("stripe");
        if (!stripe) {
            failed(configError("runner.no_double", "--demo needs the Stripe double, and this "
                                                   "environment has none. Use --env local."));
            return false;
        }
        sandbox::DeliveryPlan plan;
        plan.events = m_options.demo;
        plan.repeats = plan.forged = plan.poisoned = 1;
        plan.attempts = kDemoAttempts;
        ++m_open;
        stripe->deliver(
            plan, [this](const sandbox::DeliveryReport &report) { m_report.delivered(report); },
            [this] {
                --m_open;
                if (m_report.givenUp() > 0)
                    m_code = kCouldNot;
                endWhenIdle();
                watchForRoom(m_report.finished());
            });
        return true;
    }

    bool endsByItself() const { return m_options.untilIdle || m_options.demo > 0; }

    /// A demo whose runs cannot go on for want of room ends all the same.
    void watchForRoom(int finished)
    {
        m_clock.callAfter(kNoRoom, this, [this, finished] {
            if (!m_report.isShut() || m_report.finished() != finished)
                return watchForRoom(m_report.finished());
            m_out.message(std::to_string(m_report.stillOpen())
                          + " runs are still open: there is no room for what they did. They go on "
                            "when there is, with the next run on this data folder.");
            finish(kCouldNot);
        });
    }

    void endWhenIdle()
    {
        if (m_fed && endsByItself() && m_open == 0 && m_runtime->isIdle())
            finish(m_code);
    }

    void finish(int code)
    {
        if (std::exchange(m_finishing, true))
            return;
        if (!m_runtime) {
            QCoreApplication::exit(code);
            return;
        }
        m_runtime->stop(kGrace, [this, code] {
            m_runtime->openReviews(kReviewsNamed, [this, code](const Result<std::vector<ReviewRow>> &open) {
                m_report.summary(m_runtime->doubles(), open ? *open : std::vector<ReviewRow>());
                QCoreApplication::exit(code);
            });
        });
    }

    const RunCommandOptions &m_options;
    const Registry &m_registry;
    SystemClock m_clock;
    log::Sink m_sink;
    SystemKeychain m_keychain;
    std::optional<SecretChain> m_secrets;
    Output m_out;
    RunReport m_report;
    Signals m_signals;
    std::unique_ptr<Runtime> m_runtime;
    QTimer m_rest;
    std::vector<std::pair<std::string, std::string>> m_events; ///< File and what is in it.
    int m_open = 0;
    int m_code = kDone;
    bool m_fed = false;
    bool m_finishing = false;
};

} // namespace

void addRunCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<RunCommandOptions>();
    CLI::App *command = app.add_subcommand("run", "Run the flows of a project, or one flow");
    command->add_option("PATH", options->path, "Project folder or flow file")->required();
    command->add_option("--env", options->runtime.environment, "Environment")->capture_default_str();
    command->add_option("--data-dir", options->runtime.dataDir,
                        "Keeps the journal here; without it, it goes when the run ends")
        ->envname("TIDEWIRE_DATA_DIR");
    command->add_option("--flow", options->runtime.flows,
                        "Id of the only flow to run; may be repeated");
    command->add_option("--listen", options->runtime.listen, "ADDR:PORT for webhooks (port 0: any)");
    command->add_flag("--encrypt", options->runtime.encrypt,
                      "Seal the payloads in the journal with the project's key");
    command->add_option("--admin", options->admin,
                        "ADDR:PORT for health, metrics and the desk, or off")
        ->capture_default_str();
    command->add_flag("--admin-without-tls", options->runtime.adminWithoutTls,
                      "Let --admin listen for other machines, its token in clear on the network");
    command->add_option("--event", options->eventFiles, "Event file to hand in, to the trigger that asks for its type; where several do, name the "
                        "flow (--flow) or the trigger (--step); may be repeated");
    command->add_option("--step", options->step,
                        "The trigger that --event is for: STEP or FLOW/STEP; also one that knows no types")
        ->needs(command->get_option("--event"));
    command->add_option("--demo", options->demo,
                        "Let the Stripe double send N signed events, and a repeat, a forged one and "
                        "one that Salesforce refuses; then end with a summary")
        ->check(CLI::Range(1, 100000));
    command->add_flag("--until-idle", options->untilIdle, "End when nothing is left to do");
    command->add_flag("--json", options->json, "One JSON object a line");
    command->add_option("--log", options->log, "Write log lines (standard error) as json or text")
        ->check(CLI::IsMember({"json", "text"}));
    command->add_option("--log-level", options->logLevel, "error, warning, info or debug")
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
        ->capture_default_str();
    command->footer("Example:\n  tidewire run flows/stripe-charge-to-payment --demo 10");
    command->callback([options, &invocation] {
        invocation.command = [options, &invocation] {
            return RunSession(*options, invocation.registry).exec();
        };
    });
}

} // namespace tw::runner
