// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/base/Text.h"
#include "core/connectors/logic/Descriptor.h"
#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"
#include "core/store/CommitMark.h"
#include "core/store/SqliteJournal.h"

#include <QTest>
#include <algorithm>

namespace tw::test {

class EngineWorld::FakeStep final : public Step
{
public:
    FakeStep(EngineWorld &world, bool effect) : m_world(world), m_effect(effect) {}

    void process(const StepCall &call, StepReply reply) override
    {
        m_world.calls.push_back(call);
        if (m_effect && m_world.holdEffects) {
            m_world.held.push_back(std::make_unique<StepReply>(std::move(reply)));
            m_world.heldCalls.push_back(call);
            return;
        }
        auto &script = m_world.m_scripts[call.step];
        if (script.empty() && m_world.world)
            return give(std::move(reply), m_world.world(call));
        if (script.empty())
            return reply.emit("out", call.input);
        StepAnswer answer = std::move(script.front());
        script.pop_front();
        give(std::move(reply), std::move(answer));
    }

    bool canLookUp() const override { return m_effect; }
    void lookUp(const StepCall &call, StepReply reply) override
    {
        ++m_world.lookUps;
        auto &script = m_world.m_scripts[call.step + '?'];
        StepAnswer answer = std::move(script.front());
        script.pop_front();
        give(std::move(reply), std::move(answer));
    }

    static void give(StepReply reply, StepAnswer answer)
    {
        switch (answer.kind) {
        case StepAnswer::Kind::Emitted:
            return reply.emit(std::move(answer.outputs), answer.note);
        case StepAnswer::Kind::Dropped:
            return reply.drop(answer.note);
        case StepAnswer::Kind::Alone:
            return reply.alone();
        case StepAnswer::Kind::Failed:
            return reply.fail(std::move(answer.error));
        case StepAnswer::Kind::Parked:
            return reply.park(std::move(*answer.question));
        case StepAnswer::Kind::Later:
        case StepAnswer::Kind::Held:
        case StepAnswer::Kind::Loop:
            break; // Not scripted: the nodes themselves are tested.
        }
    }

private:
    EngineWorld &m_world;
    bool m_effect;
};

/// As FakeStep, many at a time.
class EngineWorld::FakeBatchStep final : public Step
{
public:
    explicit FakeBatchStep(EngineWorld &world) : m_world(world), m_one(world, true) {}

    void process(const StepCall &call, StepReply reply) override
    {
        m_world.batchSizes.push_back(1);
        m_one.process(call, std::move(reply));
    }
    std::size_t batchLimit() const override { return 200; }
    std::string batchKey(const StepCall &call) const override
    {
        return m_world.batchKeys ? jsonText(call.input) : std::string();
    }
    void processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies) override
    {
        m_world.batchSizes.push_back(calls.size());
        for (std::size_t at = 0; at < calls.size(); ++at)
            m_one.process(calls[at], std::move(replies[at]));
    }

private:
    EngineWorld &m_world;
    FakeStep m_one;
};

namespace {

class SilentTrigger final : public Trigger
{
public:
    Result<void> start(TriggerHost &) override { return {}; }
};

} // namespace

std::vector<std::string> Told::trail() const
{
    static const char *const kNames[] = {"started", "done", "dropped", "failed", "waiting"};
    std::vector<std::string> lines;
    for (const StepEvent &event : steps) {
        if (event.phase != StepEvent::Phase::Started)
            lines.push_back(event.step + ' ' + kNames[static_cast<int>(event.phase)]);
    }
    return lines;
}

const StepEvent *Told::last(const std::string &step, StepEvent::Phase phase) const
{
    const auto found = std::find_if(steps.rbegin(), steps.rend(), [&](const StepEvent &event) {
        return event.step == step && event.phase == phase;
    });
    return found == steps.rend() ? nullptr : &*found;
}

EngineWorld::EngineWorld(EngineLimits bounds) : m_limits(bounds), m_registry(connectors()) {}

EngineWorld::~EngineWorld()
{
    stop();
}

std::vector<ConnectorDescriptor> EngineWorld::connectors()
{
    ConnectorDescriptor fake;
    fake.id = "fake";
    NodeDescriptor trigger;
    trigger.kind = NodeKind::Trigger;
    trigger.type = "fake.trigger";
    trigger.createTrigger = [](NodeContext) -> Result<std::unique_ptr<Trigger>> {
        return std::unique_ptr<Trigger>(std::make_unique<SilentTrigger>());
    };
    NodeDescriptor pure;
    pure.type = "fake.pure";
    pure.exits = {{"out", "Next"}, {"second", "Second"}};
    pure.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<FakeStep>(*this, false));
    };
    NodeDescriptor effect = pure;
    effect.type = "fake.effect";
    effect.effect = true;
    effect.repeat = Repeat::SafeByKey;
    effect.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<FakeStep>(*this, true));
    };
    NodeDescriptor upsert = effect;
    upsert.type = "fake.upsert";
    upsert.repeat = Repeat::SafeByState;
    NodeDescriptor unsafe = effect;
    unsafe.type = "fake.unsafe";
    unsafe.repeat = Repeat::Unsafe;
    NodeDescriptor batch = effect;
    batch.type = "fake.batch";
    batch.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<FakeBatchStep>(*this));
    };
    NodeDescriptor ask = pure;
    ask.type = "fake.ask";
    ask.parks = true;
    NodeDescriptor call = effect;
    call.type = "fake.call";
    call.connection = "fake";
    NodeDescriptor many = batch;
    many.type = "fake.many";
    many.connection = "fake";
    fake.nodes = {trigger, pure, effect, upsert, unsafe, batch, call, many, ask};
    return {fake, logic::descriptor()};
}

void EngineWorld::start(const std::string &steps)
{
    const std::string file = toUtf8(m_folder.filePath(QStringLiteral("journal.db")));
    // Nobody sets the machine's clock, which the mark goes by; a test sets that of the engine.
    const CommitMark mark(CommitMark::nameFor(file));
    if (auto reached = mark.read()) {
        reached->at = {};
        CommitMark(CommitMark::nameFor(file)).write(*reached);
    }
    auto journal = SqliteJournal::open({file});
    QVERIFY2(journal, journal ? "" : journal.error().text().c_str());
    auto unfinished = readUnfinished(**journal, resumePage);
    QVERIFY(unfinished);
    store = std::make_unique<StoreThread>(std::move(*journal));
    engine = std::make_unique<Engine>(*store, clock, told, 1, m_limits);
    for (const char *name : {"a", "b"}) {
        Settings settings;
        if (secrets.contains(name))
            settings.setSecret("token", Secret(secrets[name]));
        m_connections[name] = std::make_shared<FakeConnection>(name, limits[name], settings);
    }
    const FlowDocument document("schema: flow/1\nid: payments\nname: Payments\nversion: 1.0.0\n"
                                "connections: {a: fake, b: fake}\n" +
                                    order + "steps:\n" + steps,
                                "payments.flow.yaml");
    std::vector<std::unique_ptr<FlowDocument>> called;
    FlowLibrary library{{"payments", &document}};
    for (const auto &[id, text] : others) {
        called.push_back(std::make_unique<FlowDocument>(
            "schema: flow/1\nid: " + id + "\nversion: 2.1.0\nsteps:\n" + text, id + ".flow.yaml"));
        library.emplace(id, called.back().get());
    }
    auto flow = DeployedFlow::create(document, m_registry, {clock, http, engine.get()},
                                     m_connections, library);
    QVERIFY2(flow, flow ? "" : flow.error().text().c_str());
    engine->deploy(std::move(*flow));
    engine->onOldVersion([this](const KeptFlow &kept) {
        return DeployedFlow::createKept(kept.text, "old.flow.yaml", m_registry,
                                        {clock, http, engine.get()}, {});
    });
    engine->resume(std::move(*unfinished));
}

void EngineWorld::settle()
{
    for (int quiet = 0; quiet < 3;) {
        const auto stored = inJournal<bool>([](Journal &) -> Result<bool> { return true; });
        QVERIFY(stored);
        QCoreApplication::processEvents();
        quiet = engine->isResting() ? quiet + 1 : 0;
    }
}

void EngineWorld::stop()
{
    held.clear();
    heldCalls.clear();
    engine.reset();
    store.reset();
    m_connections.clear();
}

void EngineWorld::sendLater(const std::string &id, std::function<void(Result<Acceptance>)> done,
                            const std::string &body, const std::string &key)
{
    engine->accept("payments", "start",
                   {id, "charge.succeeded", body, created.value_or(clock.now()), false, key},
                   std::move(done));
}

std::string EngineWorld::send(const std::string &id, const std::string &body,
                              const std::string &key)
{
    std::string answer;
    sendLater(
        id,
        [&answer](const Result<Acceptance> &result) {
            answer = !result                        ? result.error().code
                     : *result == Acceptance::First ? "first"
                                                    : "repeat";
        },
        body, key);
    [&answer] { QTRY_VERIFY(!answer.empty()); }();
    return answer;
}

std::string EngineWorld::replay(ReplayOrder wanted)
{
    wanted.at = clock.now();
    const auto run = inJournal<AcceptedRun>(
        [wanted](Journal &journal) { return journal.desk().replay(wanted); });
    if (!run)
        return run.error().code;
    std::string answer;
    engine->takeUp(run->run, [&answer](const Result<void> &taken) {
        answer = taken ? "taken up" : taken.error().code;
    });
    [&answer] { QTRY_VERIFY(!answer.empty()); }();
    return answer;
}

bool EngineWorld::waitIdle()
{
    return QTest::qWaitFor([this] { return engine->isIdle(); }, 60'000);
}

std::shared_ptr<FakeConnection> EngineWorld::connection(const std::string &name) const
{
    return std::static_pointer_cast<FakeConnection>(m_connections.at(name));
}

void EngineWorld::script(const std::string &step, std::vector<StepAnswer> answers)
{
    for (StepAnswer &answer : answers)
        m_scripts[step].push_back(std::move(answer));
}

StepAnswer EngineWorld::emits(const std::string &json, const std::string &exit)
{
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Emitted;
    auto message = parseJson(json);
    answer.outputs = {{exit, message ? share(std::move(*message)) : nullptr}};
    return answer;
}

StepAnswer EngineWorld::asks(Question question)
{
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Parked;
    answer.question = std::move(question);
    return answer;
}

StepAnswer EngineWorld::fails(Error error)
{
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Failed;
    answer.error = std::move(error);
    return answer;
}

void EngineWorld::answerHeld(StepAnswer answer)
{
    const std::unique_ptr<StepReply> reply = std::move(held.front());
    held.pop_front();
    heldCalls.pop_front();
    FakeStep::give(std::move(*reply), std::move(answer));
}

int EngineWorld::callsOf(const std::string &step) const
{
    return static_cast<int>(std::count_if(
        calls.begin(), calls.end(), [&step](const StepCall &call) { return call.step == step; }));
}

} // namespace tw::test
