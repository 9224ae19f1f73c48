// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/store/JournalDesk.h"
#include "core/store/JournalFiles.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"
#include "core/store/SqliteSums.h"

#include <QFile>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

namespace tw::test {

namespace {

const Instant kNow = Instant::fromSeconds(1'790'000'000);
constexpr int kRuns = 120;

QByteArray readAll(const QString &name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const QString &name, const QByteArray &bytes)
{
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
        qFatal("cannot write a test file");
}

std::string join(std::initializer_list<std::string> parts)
{
    std::string text;
    for (const std::string &part : parts)
        text += part + '|';
    return text;
}

std::string text(Instant at)
{
    return std::to_string(at.msSinceEpoch);
}

std::string told(const Error &error)
{
    return join({std::string(toString(error.kind)), error.code, error.message, error.where, error.evidence});
}

std::string told(const RunRow &row)
{
    return join({std::to_string(row.run), row.flow, row.trigger, row.eventId, row.eventType,
                 std::to_string(int(row.state)), text(row.received), text(row.finished), row.key,
                 row.flowVersion, row.ids, std::to_string(row.replay), std::to_string(row.origin)});
}

std::string told(const LetterRow &row)
{
    const LetterRecord &letter = row.letter;
    return join({std::to_string(row.id), std::to_string(row.run), row.flow, row.eventId, letter.step,
                 std::to_string(letter.lineage), told(letter.error), letter.input,
                 std::to_string(letter.attempts), text(letter.at), text(letter.keepUntil),
                 std::to_string(letter.holdsKey), std::to_string(letter.item), letter.cause, letter.owner,
                 text(letter.dueAt), std::to_string(int(row.status)), row.edited.value_or("none"),
                 row.decidedBy, text(row.decidedAt), row.reason, std::to_string(row.replayRun),
                 std::to_string(row.escalated), text(row.escalateFrom)});
}

std::string told(const ReviewRow &row)
{
    const ReviewRecord &review = row.review;
    return join({std::to_string(row.id), std::to_string(row.run), row.flow, review.step,
                 std::to_string(review.item), std::to_string(review.lineage), review.question,
                 review.input, review.proposal, review.candidates, review.cause, review.owner,
                 text(review.askedAt), text(review.dueAt), review.timeoutExit, text(review.escalateAt),
                 review.escalateTo, std::to_string(int(row.status)), row.exit, row.answer, row.decidedBy,
                 text(row.decidedAt), row.reason, text(row.escalateFrom)});
}

/// All that any command shows of a journal; an error where it cannot be read.
Result<std::string> everything(Journal &journal)
{
    std::string all;
    RunQuery every;
    every.limit = 10'000;
    auto runs = journal.desk().runs(every);
    if (!runs)
        return std::move(runs).error();
    for (const RunRow &row : *runs) {
        auto history = journal.desk().history(row.run);
        if (!history)
            return std::move(history).error();
        const NewRun &event = history->event;
        all += told(row)
            + join({event.body, text(event.created), std::to_string(event.live),
                    std::to_string(event.seed), std::to_string(event.generation),
                    event.entry ? event.entry->step + event.entry->input : "none",
                    std::to_string(history->bodyKept)});
        for (const StepRecord &step : history->steps)
            all += join({step.step, std::to_string(step.item), std::to_string(step.lineage),
                         std::to_string(int(step.state)), std::to_string(step.attempt), text(step.at),
                         step.retryAt ? text(*step.retryAt) : "none", step.note, step.outputs,
                         step.error ? told(*step.error) : "none"});
        all += '\n';
    }
    LetterQuery letters;
    letters.limit = 10'000;
    auto kept = journal.desk().letters(letters);
    if (!kept)
        return std::move(kept).error();
    for (const LetterRow &row : *kept)
        all += told(row) + '\n';
    ReviewQuery questions;
    questions.limit = 10'000;
    auto reviews = journal.desk().reviews(questions);
    if (!reviews)
        return std::move(reviews).error();
    for (const ReviewRow &row : *reviews)
        all += told(row) + '\n';
    for (const char *area : {"gate", "cursor", "audit"}) {
        auto values = journal.kept(area);
        if (!values)
            return std::move(values).error();
        for (const Kept &value : *values)
            all += join({value.area, value.name, value.value, text(value.at)}) + '\n';
    }
    auto log = journal.desk().auditLog(0, 10'000);
    if (!log)
        return std::move(log).error();
    for (const AuditEntry &entry : *log)
        all += join({std::to_string(entry.number), text(entry.at), entry.who, entry.action, entry.subject,
                     entry.detail, entry.hash}) + '\n';
    auto versions = journal.flowVersions("payments");
    if (!versions)
        return std::move(versions).error();
    for (const KeptFlow &version : *versions)
        all += join({version.version, version.text, text(version.at)}) + '\n';
    auto remembered = journal.desk().remembered("payments", "ask", "same");
    if (!remembered)
        return std::move(remembered).error();
    if (*remembered)
        all += join({(*remembered)->exit, (*remembered)->answer, (*remembered)->by, (*remembered)->reason});
    return all;
}

} // namespace

/// Rows carry sums: what a disk or a hand changed in them is found, and not shown as true.
class tst_RowSums final : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
    QByteArray m_image;
    std::string m_told;

    std::unique_ptr<Journal> open() const
    {
        auto journal = SqliteJournal::open({toUtf8(m_file)});
        if (!journal)
            qFatal("%s", journal.error().text().c_str());
        return std::move(*journal);
    }
    void change(const char *sql) const
    {
        auto database = sqlite::Database::open(toUtf8(m_file), sqlite::Access::ReadWrite);
        QVERIFY(database);
        const auto changed = (*database)->execute(sql);
        QVERIFY2(changed, changed ? "" : changed.error().text().c_str());
        QVERIFY((*database)->word("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    /// As it is after a clean end of some hundred runs.
    void restore()
    {
        for (const char *part : {"-wal", "-shm", "-mark"})
            QFile::remove(m_file + QLatin1StringView(part));
        writeAll(m_file, m_image);
    }

    static void fill(Journal &journal)
    {
        QVERIFY(journal.begin());
        QVERIFY(journal.keepFlow({"payments", "1.0.0+abc", "schema: flow/1\nid: payments\n", kNow}));
        QVERIFY(journal.keep({"gate", "crm", "{\"paused\":\"by ana\"}", kNow}));
        QVERIFY(journal.keep({"cursor", "charges", "evt_99", kNow}));
        for (int number = 0; number < kRuns; ++number) {
            NewRun event;
            event.flow = "payments";
            event.flowVersion = "1.0.0+abc";
            event.trigger = number % 2 ? "charges" : "refunds";
            event.eventId = "evt_" + std::to_string(number);
            event.eventType = "charge.succeeded";
            event.body = "{\"id\":" + std::to_string(number) + ",\"pad\":\"" + std::string(900, 'p') + "\"}";
            event.created = kNow;
            event.received = kNow + std::chrono::milliseconds(number);
            event.seed = 77u * unsigned(number);
            event.key = "ch_" + std::to_string(number % 7);
            event.ids = " ch_" + std::to_string(number) + ' ';
            const auto accepted = journal.accept(event);
            QVERIFY(accepted);
            RunChange change;
            change.run = accepted->run;
            change.ids = " cus_" + std::to_string(number) + ' ';
            StepRecord step;
            step.step = "upsert";
            step.lineage = 99;
            step.at = kNow;
            step.state = number % 3 == 0 ? RecordState::Failed : RecordState::Done;
            step.note = "record created";
            step.outputs = "[{\"exit\":\"out\",\"message\":{\"amount\":" + std::to_string(number) + "}}]";
            if (number % 3 == 0)
                step.error = rejectedError("x.y", "No.");
            change.steps.push_back(step);
            if (number % 3 == 0) {
                LetterRecord letter{"upsert", 99, rejectedError("x.z", "Refused."),
                                    "{\"Amount__c\":257.29,\"n\":" + std::to_string(number) + "}", 1, kNow,
                                    kNow + std::chrono::hours(9999)};
                letter.owner = "finance";
                letter.cause = "upsert: x.z: Refused.";
                change.letters.push_back(letter);
            }
            if (number % 5 == 0)
                change.reviews.push_back({"ask", 0, 7, "Is it right?", "{\"a\":1}", "{\"b\":2}", "[1,2]",
                                          "same", "sales", kNow, kNow, "late", kNow, "boss"});
            if (number % 11 != 0)
                change.end = RunEnd{number % 3 == 0 ? RunState::DeadLettered : RunState::Done, kNow};
            QVERIFY(journal.write(change));
        }
        LetterChange discard;
        discard.id = 3;
        discard.status = LetterStatus::Discarded;
        discard.by = "ana";
        discard.reason = "a test";
        QVERIFY(journal.desk().change(discard));
        ReviewDecision decision;
        decision.review = 2;
        decision.exit = "approved";
        decision.answer = "{\"b\":2}";
        decision.by = "bob";
        decision.remember = true;
        QVERIFY(journal.desk().decide(decision));
        for (const char *action : {"one", "two", "three"})
            QVERIFY(journal.desk().audit({0, kNow, "ana", action, "something", "{\"reason\":\"r\"}"}));
        QVERIFY(journal.commit());
    }

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(QStringLiteral("tw.*=false")); }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("journal.db"));
        if (m_image.isEmpty()) {
            {
                const auto journal = open();
                fill(*journal);
                const auto all = everything(*journal);
                QVERIFY(all);
                m_told = *all;
            }
            change("PRAGMA user_version"); // The log goes into the file.
            m_image = readAll(m_file);
            QVERIFY(m_image.size() > 200'000);
        }
        restore();
    }

    void aSoundJournalIsSoundAndSaysWhatWasLookedAt()
    {
        const auto report = open()->checkRows();
        QVERIFY(report);
        QCOMPARE(report->damaged, 0);
        QCOMPARE(report->uncovered, 0);
        QCOMPARE(report->sound.at("run"), kRuns);
        QCOMPARE(report->sound.at("event"), kRuns);
        QCOMPARE(report->sound.at("dead letter"), kRuns / 3);
        QCOMPARE(report->sound.at("review"), kRuns / 5);
        QCOMPARE(report->sound.at("audit entry"), 3);
        QVERIFY(journalFiles::check(toUtf8(m_file)));
    }

    void everyFlippedByteThatShowsIsFound()
    {
        const int flips = std::max(300, qEnvironmentVariableIntValue("TIDEWIRE_FLIPS"));
        Random random(static_cast<std::uint64_t>(
            std::max(1, qEnvironmentVariableIntValue("TIDEWIRE_SEED"))));
        int found = 0, harmless = 0;
        for (int flip = 0; flip < flips; ++flip) {
            restore();
            QByteArray bytes = m_image;
            const auto at = qsizetype(random.below(std::uint64_t(bytes.size())));
            bytes[at] = char(bytes[at] ^ char(1 + random.below(255)));
            writeAll(m_file, bytes);
            const auto sound = journalFiles::check(toUtf8(m_file));
            if (!sound || sound->damaged > 0) {
                ++found;
                continue;
            }
            const auto journal = SqliteJournal::open({toUtf8(m_file)});
            QVERIFY2(journal, qPrintable(QStringLiteral("byte %1: %2").arg(at).arg(
                                  journal ? QString() : toQString(journal.error().text()))));
            const auto all = everything(**journal);
            QVERIFY2(all && *all == m_told, qPrintable(QStringLiteral("byte %1 shows and was not found").arg(at)));
            ++harmless;
        }
        qInfo("%d bytes flipped: %d found, %d in places that say nothing", flips, found, harmless);
        QVERIFY(found > flips / 2);
    }

    void whatAHandChangedIsNamed_data()
    {
        QTest::addColumn<QByteArray>("sql");
        QTest::addColumn<QString>("name");
        const auto row = [](const char *name, const char *sql) {
            QTest::newRow(name) << QByteArray(sql) << QString::fromLatin1(name);
        };
        row("dead letter 2", "UPDATE letter SET input = replace(input, '257', '957') WHERE id = 2");
        row("review 3", "UPDATE review SET proposal = '{\"b\":3}' WHERE id = 3");
        row("run 5", "UPDATE run SET state = 2 WHERE id = 5");
        row("kept value cursor charges", "UPDATE keep SET value = 'evt_1' WHERE area = 'cursor'");
        row("flow version payments 1.0.0+abc", "UPDATE flow SET text = 'schema: flow/2'");
        row("remembered decision payments ask same", "UPDATE remembered SET exit = 'rejected'");
        row("trigger 1", "UPDATE source SET trigger = 'others' WHERE id = 1");
        row("the event of run 4", "UPDATE body SET bytes = x'7b7d' WHERE run = 4");
        row("step \"upsert\" of run 4", "UPDATE step SET outputs = '[]' WHERE run = 4");
        row("the audit log: Entry 2 of the audit log was changed. The entries before it are as they were written.",
            "UPDATE audit SET detail = '{}' WHERE number = 2");
    }

    void whatAHandChangedIsNamed()
    {
        QFETCH(const QByteArray, sql);
        QFETCH(const QString, name);
        change(sql.constData());
        const auto report = journalFiles::check(toUtf8(m_file));
        QVERIFY(report);
        QVERIFY(report->damaged > 0);
        QVERIFY2(std::find(report->names.begin(), report->names.end(), toUtf8(name)) != report->names.end(),
                 report->names.front().c_str());
    }

    void aChangedLetterIsToldAndNotSent()
    {
        change("UPDATE letter SET input = replace(input, '257', '957') WHERE id = 2");
        const auto journal = open();
        const auto letters = journal->desk().letters({});
        QVERIFY(letters);
        for (const LetterRow &row : *letters)
            QCOMPARE(row.damaged, row.id == 2);
        ReplayOrder order;
        order.letter = 2;
        order.by = "ana";
        QVERIFY(journal->begin());
        QCOMPARE(journal->desk().replay(order).error().code, std::string("store.letter_damaged"));
        LetterChange edit;
        edit.id = 2;
        edit.edited = "{}";
        QCOMPARE(journal->desk().change(edit).error().code, std::string("store.letter_damaged"));
        edit.edited.reset();
        edit.status = LetterStatus::Discarded;
        QVERIFY(journal->desk().change(edit));
        QVERIFY(journal->commit());
        QVERIFY(journal->checkRows()->damaged > 0); // A decision does not make it true.
    }

    void aChangedReviewIsNotDecided()
    {
        change("UPDATE review SET proposal = '{\"b\":3}' WHERE id = 3");
        const auto journal = open();
        ReviewDecision decision;
        decision.review = 3;
        decision.exit = "approved";
        decision.by = "bob";
        QVERIFY(journal->begin());
        QCOMPARE(journal->desk().decide(decision).error().code, std::string("store.review_damaged"));
        journal->rollback();
    }

    void aChangedRunIsTold()
    {
        change("UPDATE run SET ids = ' cus_other ' WHERE id = 5");
        const auto journal = open();
        QVERIFY(journal->desk().history(5)->damaged);
        QVERIFY(!journal->desk().history(6)->damaged);
        RunQuery query;
        query.id = "cus_other";
        const auto rows = journal->desk().runs(query);
        QVERIFY(rows && rows->size() == 1 && rows->front().damaged);
    }

    void aChangedCursorIsNotGoneOnFrom()
    {
        change("UPDATE keep SET value = 'evt_1' WHERE area = 'cursor'");
        QCOMPARE(open()->kept("cursor").error().code, std::string("store.damaged"));
    }

    void aBackupWithChangedRowsIsNone()
    {
        change("UPDATE letter SET input = '{}' WHERE id = 2");
        const std::string copy = journalFiles::backupName(toUtf8(m_folder->path()), kNow);
        const auto made = journalFiles::backUp(toUtf8(m_file), copy);
        QVERIFY(!made);
        QVERIFY2(made.error().message.find("dead letter 2") != std::string::npos,
                 made.error().message.c_str());
    }

    void rowsOfEarlierBuildsAreToldAsNotCovered()
    {
        change("UPDATE letter SET sum = x''; UPDATE run SET sum = x'' WHERE id < 10");
        {
            const auto report = journalFiles::check(toUtf8(m_file));
            QVERIFY(report);
            QCOMPARE(report->damaged, 0);
            QCOMPARE(report->uncovered, kRuns / 3 + 9);
        }
        const auto journal = open();
        LetterChange assign;
        assign.id = 5;
        assign.owner = "bob";
        QVERIFY(journal->begin());
        QVERIFY(journal->desk().change(assign));
        QVERIFY(journal->commit());
        QCOMPARE(journal->checkRows()->uncovered, kRuns / 3 + 9); // Nobody knows what it was.
    }

    void sumsGoOnToHoldWhenAColumnComes()
    {
        {
            auto database = sqlite::Database::open(toUtf8(m_file), sqlite::Access::ReadWrite);
            QVERIFY(database);
            RowSum sum;
            sqlite::addRowSum(**database, sum);
            for (const sqlite::SummedTable &table : sqlite::summedTables()) {
                const std::string name = table.name;
                std::string columns = table.columns;
                if (const std::size_t at = columns.find(", escalate_from"); at != std::string::npos)
                    QVERIFY((*database)->execute(("UPDATE " + name + " SET sum = row_sum("
                                                  + columns.erase(at, 15) + "); ALTER TABLE " + name
                                                  + " DROP COLUMN escalate_from;").c_str()));
            }
            QVERIFY((*database)->execute("UPDATE letter SET input = '{}' WHERE id = 2;"
                                         "UPDATE letter SET sum = x'' WHERE id = 3;"
                                         "UPDATE review SET owner = 'eve' WHERE id = 1;"
                                         "DROP TABLE known; PRAGMA user_version = 5;"));
        }
        QVERIFY(journalFiles::check(toUtf8(m_file))->isOlderForm);
        const auto report = open()->checkRows();
        QVERIFY(report);
        QCOMPARE(report->names, (std::vector<std::string>{"dead letter 2", "review 1"}));
        QCOMPARE(report->uncovered, 1);
    }

    void aFileThatOnlySaysThatItIsOlderIsDamaged()
    {
        change("PRAGMA user_version = 4"); // Sums came with 5.
        const auto report = journalFiles::check(toUtf8(m_file));
        QVERIFY(!report);
        QCOMPARE(report.error().code, std::string("store.damaged"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_RowSums)
#include "tst_RowSums.moc"
