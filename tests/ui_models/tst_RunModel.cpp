// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "ui/models/RunModel.h"
#include "ui/models/StepWords.h"
#include "ui/models/ValueTableModel.h"

#include <QSignalSpy>
#include <QTest>

using namespace tw;

namespace {

StepEvent happened(std::int64_t run, const char *step, StepEvent::Phase phase,
                   std::vector<std::string> exits = {})
{
    StepEvent event;
    event.run = run;
    event.step = step;
    event.phase = phase;
    event.at = Instant{1'790'000'000'000 + run * 10};
    event.took = std::chrono::microseconds(2500);
    event.exits = std::move(exits);
    return event;
}

} // namespace

class tst_RunModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsItemsInAndOut();
    void aFailureAndItsRetryAreOneItem();
    void keepsTheFirstItemsOnlyAndCountsAll();
    void tellsOfManyEventsInFewSignals();
    void repeatsShowBelowTheCard();
    void notesOfALogAreOneCount();
    void aMessageBecomesRowsOfFields();
};

void tst_RunModel::countsItemsInAndOut()
{
    RunModel model;
    model.begin(1, Instant{1});
    for (int run = 1; run <= 12; ++run) {
        model.step(happened(run, "drop", StepEvent::Phase::Started));
        if (run == 5)
            model.step(happened(run, "drop", StepEvent::Phase::Dropped));
        else
            model.step(happened(run, "drop", StepEvent::Phase::Done, {"out"}));
    }
    const StepRun *drop = model.of("drop");
    QVERIFY(drop);
    QCOMPARE(drop->in, 12);
    QCOMPARE(drop->out, 11);
    QCOMPARE(drop->state(), StepState::Done);
    QCOMPARE(model.countAt("drop", "out"), 11);
    QCOMPARE(words::items(*drop), QStringLiteral("12 \u2192 11"));
    QCOMPARE(model.of("other"), nullptr);
}

void tst_RunModel::aFailureAndItsRetryAreOneItem()
{
    RunModel model;
    model.begin(1, Instant{1});
    model.step(happened(1, "send", StepEvent::Phase::Started));
    StepEvent waits = happened(1, "send", StepEvent::Phase::Waiting);
    waits.error = transientError("net.timeout", "No answer.");
    model.step(waits);
    QCOMPARE(model.of("send")->state(), StepState::Waiting);
    StepEvent again = happened(1, "send", StepEvent::Phase::Started);
    again.attempt = 2;
    model.step(again);
    QCOMPARE(model.of("send")->state(), StepState::Running);
    StepEvent failed = happened(1, "send", StepEvent::Phase::Failed, {"error"});
    failed.attempt = 2;
    failed.error = rejectedError("salesforce.required_field", "Email is missing.");
    model.step(failed);
    QCOMPARE(model.of("send")->in, 1);
    QCOMPARE(model.of("send")->failed, 1);
    QCOMPARE(model.of("send")->waiting, 0);
    QCOMPARE(model.of("send")->state(), StepState::Failed);
    QCOMPARE(model.of("send")->items.size(), std::size_t(1));
    QCOMPARE(model.of("send")->items.front().attempts, 2);
    QCOMPARE(model.countAt("send", "error"), 1);
}

void tst_RunModel::keepsTheFirstItemsOnlyAndCountsAll()
{
    RunModel model;
    model.begin(1, Instant{1});
    const int many = static_cast<int>(RunModel::kKeptItems) + 50;
    for (int run = 1; run <= many; ++run)
        model.step(happened(run, "map", StepEvent::Phase::Done, {"out"}));
    QCOMPARE(model.of("map")->in, many);
    QCOMPARE(model.of("map")->items.size(), RunModel::kKeptItems);
}

void tst_RunModel::tellsOfManyEventsInFewSignals()
{
    RunModel model;
    model.begin(1, Instant{1});
    QSignalSpy changed(&model, &RunModel::changed);
    for (int run = 1; run <= 1000; ++run)
        model.step(happened(run, "map", StepEvent::Phase::Done, {"out"}));
    QCOMPARE(changed.count(), 0);
    QVERIFY(changed.wait());
    QCOMPARE(changed.count(), 1);
}

void tst_RunModel::repeatsShowBelowTheCard()
{
    RunModel model;
    model.begin(1, Instant{1});
    StepEvent dropped = happened(1, "drop", StepEvent::Phase::Dropped);
    dropped.note = "repeat dropped";
    model.step(dropped);
    QCOMPARE(words::footer(*model.of("drop"), nullptr), QStringLiteral("1 repeat dropped"));
    dropped.run = 2;
    model.step(dropped);
    QCOMPARE(words::footer(*model.of("drop"), nullptr), QStringLiteral("2 repeats dropped"));
}

void tst_RunModel::notesOfALogAreOneCount()
{
    NodeDescriptor log;
    log.kind = NodeKind::Utility;
    RunModel model;
    model.begin(1, Instant{1});
    for (int run = 1; run <= 10; ++run) {
        StepEvent noted = happened(run, "note", StepEvent::Phase::Done, {"out"});
        noted.note = "Payment " + std::to_string(run) + " is a record";
        model.step(noted);
    }
    QCOMPARE(words::footer(*model.of("note"), &log), QStringLiteral("10 noted"));
    NodeDescriptor box;
    box.kind = NodeKind::Failure;
    box.terminal = true;
    QCOMPARE(words::footer(*model.of("note"), &box), QStringLiteral("10 kept"));
}

void tst_RunModel::aMessageBecomesRowsOfFields()
{
    auto message = parseJson(R"({"a":{"b":1.50,"c":[true,null]},"d":"text"})");
    QVERIFY(message);
    ValueTableModel table;
    table.showValues(share(std::move(*message)));
    QCOMPARE(table.rowCount(), 4);
    QCOMPARE(table.index(0, 0).data().toString(), QStringLiteral("a.b"));
    QCOMPARE(table.index(1, 0).data().toString(), QStringLiteral("a.c[0]"));
    QCOMPARE(table.index(3, 1).data().toString(), QStringLiteral("text"));
}

QTEST_MAIN(tst_RunModel)
#include "tst_RunModel.moc"
