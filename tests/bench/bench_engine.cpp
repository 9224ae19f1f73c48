// SPDX-License-Identifier: GPL-3.0-or-later
// Durable accepts and whole runs per second, beside a plain SQLite loop that inserts the same bytes
// with one commit per 64 rows, in the same process and on the same disk.
// Usage: bench_engine [events] [folder [backlog]]
// With "backlog": what open runs cost in memory and at the next start.
#include "core/base/Text.h"
#include "core/connector/Registry.h"
#include "core/engine/Engine.h"
#include "core/net/HttpClient.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>

namespace {

using namespace tw;

constexpr int kOutstanding = 64;

struct Figure
{
    double perSecond = 0;
    double cpuMicros = 0;
};

class Stopwatch
{
public:
    Stopwatch() { m_wall.start(); }
    Figure figure(int events) const
    {
        const double seconds = static_cast<double>(m_wall.nsecsElapsed()) / 1e9;
        const double cpu = static_cast<double>(std::clock() - m_cpu) / CLOCKS_PER_SEC;
        return {events / seconds, cpu * 1e6 / events};
    }

private:
    QElapsedTimer m_wall;
    std::clock_t m_cpu = std::clock();
};

/// About 3.9 KB, as a charge event of Stripe is.
std::string eventBody(int number)
{
    std::string body = "{\"id\":\"evt_" + std::to_string(number)
        + "\",\"type\":\"charge.succeeded\",\"data\":{\"object\":{\"id\":\"ch_"
        + std::to_string(number) + "\",\"amount\":1099,\"currency\":\"usd\"";
    for (int field = 0; field < 90; ++field)
        body += ",\"field_" + std::to_string(field) + "\":\"value of the field "
            + std::to_string(field) + "\"";
    return body + "}}}";
}

/// Keeps `kOutstanding` operations open until `events` are done.
class Load
{
public:
    Load(int events, std::function<void(int)> begin) : m_events(events), m_begin(std::move(begin)) {}

    Figure run()
    {
        const Stopwatch watch;
        for (int first = 0; first < kOutstanding && m_next < m_events; ++first)
            m_begin(m_next++);
        QCoreApplication::exec();
        return watch.figure(m_events);
    }

    void done()
    {
        if (++m_done == m_events)
            return QCoreApplication::quit();
        if (m_next < m_events)
            m_begin(m_next++);
    }

private:
    int m_events;
    std::function<void(int)> m_begin;
    int m_next = 0;
    int m_done = 0;
};

Figure rawLoop(const std::string &file, int events)
{
    auto database = std::move(*sqlite::Database::open(file, sqlite::Access::ReadWrite));
    (void)database->word("PRAGMA journal_mode = WAL");
    (void)database->execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                            "CREATE TABLE t (id TEXT UNIQUE, body BLOB)");
    auto insert = std::move(*database->prepare("INSERT INTO t VALUES (?1, ?2)"));
    const Stopwatch watch;
    for (int number = 0; number < events; ++number) {
        if (number % kOutstanding == 0)
            (void)database->execute("BEGIN IMMEDIATE");
        const std::string id = "evt_" + std::to_string(number);
        const std::string body = eventBody(number);
        (void)insert.bind(1, id).bindBlob(2, body).run();
        if (number % kOutstanding == kOutstanding - 1 || number == events - 1)
            (void)database->execute("COMMIT");
    }
    return watch.figure(events);
}

Figure accepts(const std::string &file, int events)
{
    StoreThread store(std::move(*SqliteJournal::open({file})));
    Load *current = nullptr;
    Load load(events, [&](int number) {
        NewRun event;
        event.flow = "payments";
        event.trigger = "charges";
        event.eventId = "evt_" + std::to_string(number);
        event.body = eventBody(number);
        store.submit<AcceptedRun>(
            nullptr, [event](Journal &journal) { return journal.accept(event); },
            [&current](const Result<AcceptedRun> &result) {
                if (!result)
                    std::abort();
                current->done();
            });
    });
    current = &load;
    return load.run();
}

class PassStep final : public Step
{
public:
    void process(const StepCall &call, StepReply reply) override { reply.emit("out", call.input); }
};

/// Answers at once with what an upsert answers.
class WriteStep final : public Step
{
public:
    void process(const StepCall &call, StepReply reply) override
    {
        Document answer;
        ObjectBuilder object(answer.arena());
        object.set("id", Value::string(answer.arena(), "a0X" + std::to_string(call.run)));
        object.set("created", Value::boolean(true));
        answer.setRoot(object.finish());
        reply.emit("out", share(std::move(answer)), "record created");
    }
};

/// Never answers: everything behind it waits.
class StuckStep final : public Step
{
public:
    void process(const StepCall &, StepReply reply) override { m_held.push_back(std::move(reply)); }

private:
    std::vector<StepReply> m_held;
};

class NoTrigger final : public Trigger
{
public:
    Result<void> start(TriggerHost &) override { return {}; }
};

Registry benchRegistry()
{
    NodeDescriptor trigger;
    trigger.kind = NodeKind::Trigger;
    trigger.type = "bench.trigger";
    trigger.createTrigger = [](NodeContext) -> Result<std::unique_ptr<Trigger>> {
        return std::unique_ptr<Trigger>(std::make_unique<NoTrigger>());
    };
    NodeDescriptor pure;
    pure.type = "bench.pure";
    pure.createStep = [](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<PassStep>());
    };
    NodeDescriptor effect = pure;
    effect.type = "bench.effect";
    effect.effect = true;
    effect.repeat = Repeat::SafeByKey;
    effect.createStep = [](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<WriteStep>());
    };
    ConnectorDescriptor bench;
    bench.id = "bench";
    NodeDescriptor stuck = effect;
    stuck.type = "bench.stuck";
    stuck.createStep = [](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<StuckStep>());
    };
    bench.nodes = {trigger, pure, effect, stuck};
    return Registry({bench});
}

struct Finished final : RunObserver
{
    std::function<void()> done;
    void runFinished(const RunSummary &) override { done(); }
};

/// trigger -> three pure steps -> effect -> pure step, one effect per event.
Figure runs(const std::string &file, int events)
{
    const Registry registry = benchRegistry();
    SystemClock clock;
    HttpClient http;
    Finished observer;
    StoreThread store(std::move(*SqliteJournal::open({file})));
    Engine engine(store, clock, observer, 1);
    std::string text = "schema: flow/1\nid: payments\nname: P\nversion: 1.0.0\nsteps:\n"
                       "  - id: charges\n    type: bench.trigger\n    to: a\n";
    text += "  - id: a\n    type: bench.pure\n    to: b\n  - id: b\n    type: bench.pure\n    to: c\n"
            "  - id: c\n    type: bench.pure\n    to: write\n"
            "  - id: write\n    type: bench.effect\n    to: note\n  - id: note\n    type: bench.pure\n";
    const FlowDocument document(text, "bench.flow.yaml");
    auto flow = DeployedFlow::create(document, registry, {clock, http, &engine}, {});
    if (!flow) {
        std::fprintf(stderr, "%s\n", flow.error().text().c_str());
        std::exit(3);
    }
    engine.deploy(std::move(*flow));
    engine.resume({});
    Load load(events, [&](int number) {
        const std::string id = "evt_" + std::to_string(number);
        engine.accept("payments", "charges",
                      {id, "charge.succeeded", eventBody(number), clock.now(), false},
                      [](const Result<Acceptance> &result) {
                          if (!result)
                              std::abort();
                      });
    });
    observer.done = [&load] { load.done(); };
    return load.run();
}

double residentMiB()
{
    long total = 0;
    long resident = 0;
    if (std::FILE *file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%ld %ld", &total, &resident) != 2)
            resident = 0;
        std::fclose(file);
    }
    return static_cast<double>(resident) * 4096 / (1 << 20);
}

std::unique_ptr<DeployedFlow> stuckFlow(const Registry &registry, const Services &services)
{
    const FlowDocument document("schema: flow/1\nid: payments\nname: P\nversion: 1.0.0\nsteps:\n"
                                "  - id: charges\n    type: bench.trigger\n    to: a\n"
                                "  - id: a\n    type: bench.pure\n    to: write\n"
                                "  - id: write\n    type: bench.stuck\n",
                                "bench.flow.yaml");
    auto flow = DeployedFlow::create(document, registry, services, {});
    return flow ? std::move(*flow) : nullptr;
}

/// What a backlog costs: memory while a destination does not answer, and how long the next start
/// takes until its first event is durable.
void backlog(const std::string &file, int events)
{
    const Registry registry = benchRegistry();
    SystemClock clock;
    HttpClient http;
    Finished observer;
    const double before = residentMiB();
    const auto send = [&clock](Engine &engine, int number, std::function<void()> done) {
        IncomingEvent event{"evt_" + std::to_string(number), "charge.succeeded", eventBody(number),
                            clock.now(), false, "ch_" + std::to_string(number)};
        engine.accept("payments", "charges", std::move(event),
                      [done = std::move(done)](const Result<Acceptance> &result) {
                          if (!result)
                              std::abort();
                          done();
                      });
    };
    {
        StoreThread store(std::move(*SqliteJournal::open({file})));
        Engine engine(store, clock, observer, 1);
        engine.deploy(stuckFlow(registry, {clock, http, &engine}));
        engine.resume({});
        Load *current = nullptr;
        Load load(events, [&](int number) {
            send(engine, number, [&current] { current->done(); });
        });
        current = &load;
        load.run();
        const double now = residentMiB();
        std::printf("%d open runs (%zu in memory): %.0f MiB resident, %.0f MiB more than before\n",
                    events, engine.activeRuns(), now, now - before);
    }
    QElapsedTimer watch;
    watch.start();
    auto journal = std::move(*SqliteJournal::open({file}));
    const auto opened = watch.elapsed();
    auto unfinished = std::move(*readUnfinished(*journal));
    const auto read = watch.elapsed();
    StoreThread store(std::move(journal));
    Engine engine(store, clock, observer, 1, {200'000, 4ull << 30});
    engine.deploy(stuckFlow(registry, {clock, http, &engine}));
    engine.resume(std::move(unfinished));
    const auto resumed = watch.elapsed();
    send(engine, events, [] { QCoreApplication::quit(); });
    QCoreApplication::exec();
    std::printf("start with %d open runs: journal open %lld ms, open runs known %lld ms, in lanes "
                "%lld ms, first event durable %lld ms; %.0f MiB resident\n",
                events, static_cast<long long>(opened), static_cast<long long>(read),
                static_cast<long long>(resumed), static_cast<long long>(watch.elapsed()),
                residentMiB());
}

void print(const char *what, const Figure &figure, const Figure &raw)
{
    std::printf("| %-44s | %9.0f | %8.1f | %5.2f |\n", what, figure.perSecond, figure.cpuMicros,
                figure.perSecond / raw.perSecond);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const int events = argc > 1 ? std::atoi(argv[1]) : 20'000;
    const QTemporaryDir folder(argc > 2 ? QString::fromLocal8Bit(argv[2])
                                              + QStringLiteral("/bench-XXXXXX")
                                        : QString());
    const auto file = [&folder](const char *name) {
        return toUtf8(folder.filePath(QString::fromLatin1(name)));
    };
    if (argc > 3 && std::strcmp(argv[3], "backlog") == 0) {
        backlog(file("backlog.db"), events);
        return 0;
    }
    std::printf("%d events of %zu bytes, %d outstanding\n\n", events, eventBody(1000).size(),
                kOutstanding);
    std::printf("| what                                         | events/s  | CPU us   | ratio |\n"
                "|----------------------------------------------|-----------|----------|-------|\n");
    const Figure raw = rawLoop(file("raw.db"), events);
    print("plain SQLite loop, 64 rows a commit, FULL", raw, raw);
    print("durable accepts through the store thread", accepts(file("accepts.db"), events), raw);
    print("whole runs with one effect each", runs(file("runs.db"), events), raw);
    return 0;
}
