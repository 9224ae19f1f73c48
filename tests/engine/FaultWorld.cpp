// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultWorld.h"

#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <algorithm>

namespace tw::test {

namespace {

constexpr int kTogether = 8;
constexpr qint64 kPatienceMs = 60'000;

const std::string kFlow = "schema: flow/1\nid: payments\nname: Payments\nversion: 1.0.0\nsteps:\n"
                          "  - id: start\n    type: fake.trigger\n    to: first\n"
                          "  - id: first\n    type: fake.write\n    to: second\n"
                          "    retry: {times: 40, first: 50ms, factor: 2, longest: 10m}\n"
                          "  - id: second\n    type: fake.write_many\n    batch: {size: 5, linger: 10ms}\n"
                          "    retry: {times: 40, first: 50ms, factor: 2, longest: 10m}\n";

class SilentTrigger final : public Trigger
{
public:
    Result<void> start(TriggerHost &) override { return {}; }
};

} // namespace

StepAnswer Destination::write(const StepCall &call)
{
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Failed;
    if (auto refusal = refuses ? refuses(call) : std::nullopt) {
        answer.error = std::move(*refusal);
        return answer;
    }
    const Value event = call.event->root();
    const std::string id(event.get("id").text());
    keysOf[id + '/' + call.step].insert(call.idempotencyKey);
    if (++calls[call.idempotencyKey] == 1)
        written[call.step + '/' + std::string(event.get("object").text())].push_back(id);
    if (auto lost = garbles ? garbles(call) : std::nullopt) {
        answer.error = std::move(*lost);
        return answer;
    }
    answer.kind = StepAnswer::Kind::Emitted;
    answer.outputs = {{"out", call.input}};
    return answer;
}

int Destination::repeats() const
{
    int repeats = 0;
    for (const auto &[key, count] : calls)
        repeats += count - 1;
    return repeats;
}

class FaultWorld::WriteStep final : public Step
{
public:
    WriteStep(Destination &destination, QObject *context, std::size_t limit)
        : m_destination(destination), m_context(context), m_limit(limit)
    {}
    void process(const StepCall &call, StepReply reply) override
    {
        const auto later = std::make_shared<StepReply>(std::move(reply));
        QMetaObject::invokeMethod(
            m_context, [this, call, later] { give(std::move(*later), m_destination.write(call)); },
            Qt::QueuedConnection);
    }
    std::size_t batchLimit() const override { return m_limit; }
    std::string batchKey(const StepCall &call) const override
    {
        return std::string(call.event->root().get("object").text());
    }
    void processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies) override
    {
        for (std::size_t at = 0; at < calls.size(); ++at)
            process(calls[at], std::move(replies[at]));
    }

private:
    static void give(StepReply reply, StepAnswer answer)
    {
        if (answer.kind == StepAnswer::Kind::Emitted)
            reply.emit(std::move(answer.outputs));
        else
            reply.fail(std::move(answer.error));
    }
    Destination &m_destination;
    QObject *m_context;
    std::size_t m_limit;
};

FaultWorld::FaultWorld(std::string folder, Destination &destination, int objects)
    : m_folder(std::move(folder)), m_destination(destination), m_objects(objects), m_registry([this] {
          ConnectorDescriptor fake;
          fake.id = "fake";
          NodeDescriptor trigger;
          trigger.kind = NodeKind::Trigger;
          trigger.type = "fake.trigger";
          trigger.createTrigger = [](NodeContext) -> Result<std::unique_ptr<Trigger>> {
              return std::unique_ptr<Trigger>(std::make_unique<SilentTrigger>());
          };
          NodeDescriptor write;
          write.type = "fake.write";
          write.effect = true;
          write.repeat = Repeat::SafeByKey;
          write.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
              return std::unique_ptr<Step>(
                  std::make_unique<WriteStep>(m_destination, &m_context, 1));
          };
          NodeDescriptor many = write;
          many.type = "fake.write_many";
          many.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
              return std::unique_ptr<Step>(
                  std::make_unique<WriteStep>(m_destination, &m_context, 200));
          };
          fake.nodes = {trigger, write, many};
          return std::vector{fake};
      }())
{}

FaultWorld::~FaultWorld()
{
    stop();
}

Result<void> FaultWorld::start()
{
    stopped = false;
    auto journal = SqliteJournal::open({file()});
    if (!journal)
        return std::move(journal).error();
    auto unfinished = readUnfinished(**journal);
    if (!unfinished)
        return std::move(unfinished).error();
    store = std::make_unique<StoreThread>(std::move(*journal));
    store->onStopped([this](const Error &) { stopped = true; });
    engine = std::make_unique<Engine>(*store, clock, observer, 1, EngineLimits{});
    auto flow = DeployedFlow::create(FlowDocument(kFlow, "payments.flow.yaml"), m_registry,
                                     {clock, m_http, engine.get()}, {});
    if (!flow)
        return std::move(flow).error();
    engine->deploy(std::move(*flow));
    engine->resume(std::move(*unfinished));
    return {};
}

void FaultWorld::stop()
{
    engine.reset();
    store.reset();
    QCoreApplication::removePostedEvents(&m_context);
    m_waiting.clear();
    m_inFlight = 0;
}

std::string FaultWorld::objectOf(int number) const
{
    return "obj_" + std::to_string(number * 7919 % m_objects);
}

/// Virtual time passes when nothing else happens.
bool FaultWorld::spin(const std::function<bool()> &done)
{
    QElapsedTimer patience;
    patience.start();
    while (!done()) {
        if (stopped || patience.elapsed() > kPatienceMs)
            return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents);
        if (!done())
            clock.advance(step);
    }
    return true;
}

void FaultWorld::send(int number)
{
    ++m_inFlight;
    const std::string id = idOf(number);
    const std::string object = objectOf(number);
    IncomingEvent event{id, "changed",
                        "{\"id\":\"" + id + "\",\"object\":\"" + object + "\",\"number\":"
                            + std::to_string(number) + ",\"pad\":\"" + std::string(600, 'p') + "\"}",
                        clock.now(), false, object};
    engine->accept("payments", "start", std::move(event),
                   [this, number, id](const Result<Acceptance> &result) {
                       --m_inFlight;
                       if (result) {
                           acknowledged.push_back(id);
                           ++acknowledgements;
                       } else {
                           ++refused;
                           m_waiting.push_front(number);
                       }
                   });
}

void FaultWorld::pump()
{
    while (m_inFlight < kTogether && !m_waiting.empty()) {
        const int number = m_waiting.front();
        m_waiting.pop_front();
        send(number);
    }
}

bool FaultWorld::deliver(const std::vector<int> &numbers)
{
    m_waiting.assign(numbers.begin(), numbers.end());
    return spin([this] {
        pump();
        return m_waiting.empty() && m_inFlight == 0;
    });
}

bool FaultWorld::deliver(int first, int last)
{
    std::vector<int> numbers;
    for (int number = first; number <= last; ++number)
        numbers.push_back(number);
    return deliver(numbers);
}

bool FaultWorld::finish()
{
    return spin([this] { return engine->isIdle(); });
}

std::string FaultWorld::verdict(bool allDone, bool since) const
{
    if (auto sound = SqliteJournal::checkFile(file()); !sound)
        return sound.error().text();
    auto database = sqlite::Database::open(file(), sqlite::Access::ReadWrite);
    if (!database)
        return database.error().text();
    auto runs = (*database)->prepare("SELECT event_id, key, state FROM run ORDER BY id");
    if (!runs)
        return runs.error().text();
    std::map<std::string, std::vector<std::string>> accepted;
    std::set<std::string> known;
    std::string wrong;
    auto read = sqlite::eachRow(*runs, [&](const sqlite::Statement &row) {
        known.insert(row.text(0));
        accepted[row.text(1)].push_back(row.text(0));
        if (allDone && row.integer(2) != 1)
            wrong += row.text(0) + " is not done. ";
    });
    if (!read)
        return read.error().text();
    for (const std::string &id : acknowledged) {
        if (known.count(id) == 0)
            wrong += id + " was acknowledged and is gone. ";
    }
    for (const auto &[place, keys] : m_destination.keysOf) {
        if (keys.size() != 1)
            wrong += place + " has " + std::to_string(keys.size()) + " keys. ";
    }
    for (const std::string &place : {std::string("first"), std::string("second")}) {
        for (const auto &[object, events] : accepted) {
            const auto found = m_destination.written.find(place + '/' + object);
            const auto written = found == m_destination.written.end() ? std::vector<std::string>()
                                                                      : found->second;
            const bool whole = since || !allDone || written.size() == events.size();
            const auto from = since && !written.empty()
                ? std::find(events.begin(), events.end(), written.front())
                : events.begin();
            if (!whole || written.size() > static_cast<std::size_t>(events.end() - from)
                || !std::equal(written.begin(), written.end(), from))
                wrong += place + " of " + object + " took effect in another order or number. ";
        }
    }
    return wrong;
}

} // namespace tw::test
