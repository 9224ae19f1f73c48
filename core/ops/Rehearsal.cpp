// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Rehearsal.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"
#include "core/store/JournalDesk.h"
#include "core/store/SqliteJournal.h"

namespace tw::ops {
namespace {

constexpr int kMostJumps = 10'000; // of the clock in one run

} // namespace

/// Stands in the place of an effect: keeps what would be sent and answers from the record.
class Rehearsal::VirtualStep final : public Step
{
public:
    VirtualStep(Rehearsal &rehearsal, std::unique_ptr<Step> real)
        : m_rehearsal(rehearsal), m_real(std::move(real))
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        StepAnswer answer = m_rehearsal.answerOf(call, *m_real);
        switch (answer.kind) {
        case StepAnswer::Kind::Emitted:
            return reply.emit(std::move(answer.outputs), std::move(answer.note));
        case StepAnswer::Kind::Dropped:
            return reply.drop(std::move(answer.note));
        default:
            return reply.fail(std::move(answer.error));
        }
    }
    std::string batchKey(const StepCall &call) const override { return m_real->batchKey(call); }

private:
    Rehearsal &m_rehearsal;
    std::unique_ptr<Step> m_real;
};

/// Whoever claimed a key for real claims it again; others do not.
class Rehearsal::RecordedKeys final : public KeyMemory
{
public:
    explicit RecordedKeys(Rehearsal &rehearsal) : m_rehearsal(rehearsal) {}

    void claim(BusinessKey key, std::function<void(Result<bool>)> done) override
    {
        const RunHistory &run = m_rehearsal.current();
        const std::int64_t self = run.row.origin != 0 ? run.row.origin : run.row.run;
        const auto owner = m_rehearsal.m_claimant(key);
        done(!owner || *owner == self);
    }

private:
    Rehearsal &m_rehearsal;
};

class Rehearsal::Listener final : public RunObserver
{
public:
    explicit Listener(Rehearsal &rehearsal) : m_rehearsal(rehearsal) {}

    void stepChanged(const StepEvent &event) override
    {
        if (event.phase != StepEvent::Phase::Started)
            m_rehearsal.m_run.steps.push_back(event);
    }
    void deadLettered(const DeadLetter &letter) override
    {
        m_rehearsal.m_run.letters.push_back(letter);
    }
    void runFinished(const RunSummary &run) override
    {
        m_rehearsal.m_run.outcome = run.outcome;
        m_rehearsal.m_isRunning = false;
    }

private:
    Rehearsal &m_rehearsal;
};

Rehearsal::Rehearsal(Claimant claimant)
    : m_claimant(std::move(claimant)), m_listener(std::make_unique<Listener>(*this)),
      m_keys(std::make_unique<RecordedKeys>(*this))
{}

Rehearsal::~Rehearsal() = default;

void Rehearsal::start(std::vector<RunHistory> runs, const Make &make,
                      std::function<void(Result<std::vector<RehearsedRun>>)> done)
{
    for (RunHistory &run : runs) {
        if (run.bodyKept && !run.damaged)
            m_runs.push_back(std::move(run));
    }
    m_done = std::move(done);
    auto prepared = prepare(make);
    QMetaObject::invokeMethod(
        this,
        [this, prepared] {
            if (!prepared)
                return m_done(prepared.error());
            next();
        },
        Qt::QueuedConnection);
}

Result<void> Rehearsal::prepare(const Make &make)
{
    auto journal = SqliteJournal::open({toUtf8(m_folder.filePath(QStringLiteral("journal.db")))});
    if (!journal)
        return std::move(journal).error();
    m_store = std::make_unique<StoreThread>(std::move(*journal));
    m_engine = std::make_unique<Engine>(*m_store, m_clock, *m_listener, 1);
    auto flow = make({m_clock, m_http, m_keys.get()});
    if (!flow)
        return std::move(flow).error();
    for (DeployedFlow::Node &node : (*flow)->nodes()) {
        if (!node.step || !node.isEffect())
            continue;
        node.step = std::make_unique<VirtualStep>(*this, std::move(node.step));
        node.batches.reset();
        node.connection = nullptr; // No gate stands in front of it.
        node.repeat = Repeat::SafeByKey;
        node.skipsStale = false; // What came too late then is on record, whatever runs come along now.
    }
    m_engine->deploy(std::move(*flow));
    m_engine->resume({});
    return {};
}

void Rehearsal::next()
{
    if (m_at == m_runs.size())
        return m_done(std::move(m_rehearsed));
    m_run = RehearsedRun{};
    m_run.run = current().row.run;
    m_run.eventId = current().row.eventId;
    NewRun event = current().event;
    // As it is for real, so that its effects have the keys that they have for real.
    event.number = current().row.run;
    event.replay = static_cast<int>(m_at); // A replay has the id of its event.
    event.origin = 0;
    event.fact.clear();
    event.flowVersion = m_engine->flows().front()->version();
    event.flow = m_engine->flows().front()->id();
    if (event.received > m_clock.now())
        m_clock.advance(event.received - m_clock.now());
    m_engine->inJournal<AcceptedRun>(
        [event](Journal &journal) { return journal.accept(event); },
        [this](Result<AcceptedRun> accepted) {
            if (!accepted)
                return m_done(std::move(accepted).error());
            m_number = accepted->run;
            m_isRunning = true;
            m_engine->takeUp(m_number, [this](const Result<void> &taken) {
                if (!taken)
                    return m_done(taken.error());
                goOn();
            });
        });
}

/// Every jump of the clock comes after all that could be done before it: a round through the store
/// behind what the engine has put there.
void Rehearsal::goOn()
{
    m_engine->inJournal<std::vector<ReviewRow>>(
        [run = m_number](Journal &journal) {
            ReviewQuery query;
            query.run = run;
            query.status = ReviewStatus::Open;
            return journal.desk().reviews(query);
        },
        [this, jumps = 0](const Result<std::vector<ReviewRow>> &asked) mutable {
            Q_UNUSED(jumps)
            if (!m_isRunning)
                return finishRun();
            if (asked && !asked->empty())
                return answerReviews();
            if (m_engine->isResting() && m_clock.hasPending() && m_run.steps.size() < kMostJumps)
                m_clock.advance(m_clock.untilNext());
            QMetaObject::invokeMethod(this, [this] { goOn(); }, Qt::QueuedConnection);
        });
}

/// What a person answered for real is answered again; an open question ends the rehearsal of its run.
void Rehearsal::answerReviews()
{
    std::vector<ReviewDecision> known;
    for (const ReviewRow &row : current().reviews) {
        if (row.status == ReviewStatus::Decided || row.status == ReviewStatus::TimedOut)
            known.push_back({0, row.review.step, row.review.lineage, row.status, row.exit, row.answer,
                             row.decidedBy, row.reason, row.decidedAt, false});
    }
    m_engine->inJournal<bool>(
        [run = m_number, known](Journal &journal) -> Result<bool> {
            ReviewQuery query;
            query.run = run;
            query.status = ReviewStatus::Open;
            auto open = journal.desk().reviews(query);
            if (!open)
                return std::move(open).error();
            bool any = false;
            for (const ReviewRow &row : *open) {
                for (ReviewDecision decision : known) {
                    if (decision.step != row.review.step || decision.lineage != row.review.lineage)
                        continue;
                    decision.review = row.id;
                    if (auto decided = journal.desk().decide(decision); !decided)
                        return std::move(decided).error();
                    any = true;
                }
            }
            return any;
        },
        [this](const Result<bool> &answered) {
            if (answered && *answered) {
                m_engine->answered(m_number);
            } else {
                m_run.waits = true;
                m_engine->cancel(m_number);
            }
            QMetaObject::invokeMethod(this, [this] { goOn(); }, Qt::QueuedConnection);
        });
}

void Rehearsal::finishRun()
{
    m_rehearsed.push_back(std::move(m_run));
    ++m_at;
    next();
}

const StepRecord *Rehearsal::recorded(const StepCall &call) const
{
    for (const StepRecord &record : current().steps) {
        if (record.step == call.step && record.item == call.item)
            return &record;
    }
    return nullptr;
}

StepAnswer Rehearsal::answerOf(const StepCall &call, const Step &step)
{
    m_run.effects.push_back({call.step, call.item, step.batchKey(call), step.preview(call),
                             call.idempotencyKey, step.objections(call)});
    StepAnswer answer;
    const StepRecord *known = recorded(call);
    if (known && known->state == RecordState::Done) {
        if (auto outputs = decodeOutputs(known->outputs)) {
            answer.kind = StepAnswer::Kind::Emitted;
            answer.outputs = std::move(*outputs);
            answer.note = known->note;
            return answer;
        }
    }
    if (known && known->state == RecordState::Dropped) {
        answer.note = known->note;
        return answer;
    }
    if (known && known->state == RecordState::Failed && known->error) {
        answer.kind = StepAnswer::Kind::Failed;
        answer.error = *known->error;
        answer.error.kind = ErrorKind::Rejected; // It was final.
        answer.error.outcomeUnknown = false;
        return answer;
    }
    const DeployedFlow &flow = *m_engine->flows().front();
    const auto &node = flow.nodes()[static_cast<std::size_t>(flow.indexOf(call.step))];
    answer.kind = StepAnswer::Kind::Emitted;
    answer.outputs = {{node.defaultExit, call.input}};
    answer.note = "not on record: taken as done";
    return answer;
}

} // namespace tw::ops
