// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/store/JournalDesk.h"
#include "core/store/JournalFiles.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <QDir>
#include <QFile>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>
#include <map>

namespace tw::test {

namespace {

const Instant kNow = Instant::fromSeconds(1'790'000'000);
constexpr int kRuns = 60;
const QStringList kParts{QStringLiteral(""), QStringLiteral("-wal"), QStringLiteral("-mark")};

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

/// All that a run was and did, as text; `damaged` when the journal itself says so.
std::string told(const RunHistory &run)
{
    std::string text = run.event.flow + run.event.trigger + run.event.eventId + run.event.eventType
        + run.event.flowVersion + run.event.body + run.event.key + '|'
        + std::to_string(run.event.created.msSinceEpoch) + '/'
        + std::to_string(run.event.received.msSinceEpoch) + '/' + std::to_string(run.event.seed)
        + '/' + std::to_string(run.event.live) + std::to_string(run.event.generation)
        + std::to_string(run.event.replay) + '/' + std::to_string(int(run.row.state));
    for (const StepRecord &step : run.steps) {
        text += '|' + step.step + std::to_string(step.item) + '/' + std::to_string(step.lineage)
            + '/' + std::to_string(int(step.state)) + '/' + std::to_string(step.attempt) + '/'
            + std::to_string(step.at.msSinceEpoch) + '/'
            + std::to_string(step.retryAt ? step.retryAt->msSinceEpoch : -1) + step.outputs
            + step.note + (step.error ? step.error->code + step.error->message : "");
    }
    for (const LetterRow &letter : run.letters) {
        text += '|' + letter.letter.step + letter.letter.input + letter.letter.error.code
            + std::to_string(letter.letter.lineage) + std::to_string(letter.letter.item);
    }
    return text;
}

} // namespace

/// Files that a disk changed behind our back: what was confirmed is there, or somebody says that it is
/// not; never a wrong effect in silence.
class tst_Corruption final : public QObject
{
    Q_OBJECT

    struct Image
    {
        std::map<QString, QByteArray> files; ///< By what follows the name.
        std::map<std::int64_t, std::string> runs;
        std::vector<std::int64_t> open;
    };
    enum class Outcome { Harmless, Refused, Marked, Wrong };

    static NewRun event(int number)
    {
        NewRun run;
        run.flow = "payments";
        run.flowVersion = "1.0.0-abc";
        run.trigger = "charges";
        run.eventId = "evt_" + std::to_string(number);
        run.eventType = "charge.succeeded";
        run.body = "{\"id\":" + std::to_string(number) + ",\"pad\":\"" + std::string(400, 'p') + "\"}";
        run.created = kNow;
        run.received = kNow + std::chrono::milliseconds(number);
        run.seed = 77u * unsigned(number);
        run.key = "ch_" + std::to_string(number % 7);
        return run;
    }

    static void add(Journal &journal, int number)
    {
        QVERIFY(journal.begin());
        const auto accepted = journal.accept(event(number));
        QVERIFY(accepted);
        QVERIFY(journal.commit());
        RunChange change{accepted->run, {}};
        StepRecord step;
        step.step = "upsert";
        step.lineage = 99u + unsigned(number);
        step.at = kNow;
        if (number % 5 == 1) {
            step.state = RecordState::Waiting;
            step.retryAt = kNow + std::chrono::seconds(number);
            step.error = transientError("x.y", "Not now.");
        } else if (number % 5 > 1) {
            step.state = RecordState::Done;
            step.outputs = "[{\"exit\":\"out\",\"message\":{\"id\":\"a0" + std::to_string(number) + "\"}}]";
            change.end = RunEnd{RunState::Done, kNow};
        }
        change.steps.push_back(step);
        if (number % 5 == 2) {
            change.letters.push_back({"upsert", 5, rejectedError("x.z", "No."), "{\"amount\":1099}", 1,
                                      kNow, kNow + std::chrono::hours(999)});
            change.end->state = RunState::DeadLettered;
        }
        QVERIFY(journal.begin());
        QVERIFY(journal.write(change));
        QVERIFY(journal.commit());
    }

    /// What a kill leaves: half of it in the file, the rest in the log.
    void makeImage()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("journal.db"));
        auto journal = SqliteJournal::open({toUtf8(file)});
        QVERIFY(journal);
        for (int number = 0; number < kRuns; ++number) {
            add(**journal, number);
            if (number == kRuns / 2) {
                auto other = sqlite::Database::open(toUtf8(file), sqlite::Access::ReadWrite);
                QVERIFY(other);
                QVERIFY((*other)->word("PRAGMA wal_checkpoint(TRUNCATE)"));
            }
        }
        for (std::int64_t run = 1; run <= kRuns; ++run) {
            const auto history = (*journal)->desk().history(run);
            QVERIFY(history && !history->damaged);
            m_image.runs[run] = told(*history);
        }
        const auto heads = (*journal)->openRunHeads(0, 1000);
        QVERIFY(heads);
        for (const OpenRunHead &head : *heads)
            m_image.open.push_back(head.run);
        for (const QString &part : kParts)
            m_image.files[part] = readAll(file + part);
        QVERIFY(m_image.files[QStringLiteral("-wal")].size() > 100'000);
    }

    static void put(const QString &file, const std::map<QString, QByteArray> &files)
    {
        for (const QString &part : kParts + QStringList{QStringLiteral("-shm")})
            QFile::remove(file + part);
        for (const auto &[part, bytes] : files)
            writeAll(file + part, bytes);
    }

    Outcome look(const std::map<QString, QByteArray> &files, QString *why) const
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("journal.db"));
        put(file, files);
        auto journal = SqliteJournal::open({toUtf8(file)});
        if (!journal) {
            *why = toQString(journal.error().text());
            const bool untouched = readAll(file) == files.at(QString())
                && readAll(file + QStringLiteral("-wal")) == files.at(QStringLiteral("-wal"));
            const bool clear = journal.error().code == "store.damaged"
                || journal.error().code == "store.newer_format";
            return clear && untouched ? Outcome::Refused : Outcome::Wrong;
        }
        bool marked = false;
        std::vector<std::int64_t> stillOpen;
        for (const auto &[run, text] : m_image.runs) {
            const auto history = (*journal)->desk().history(run);
            if (!history) {
                *why = toQString(history.error().text());
                if (history.error().code != "store.damaged")
                    return Outcome::Wrong;
                marked = true;
                continue;
            }
            if (history->damaged) {
                marked = true;
            } else if (told(*history) != text) {
                *why = QStringLiteral("run %1 is %2, was %3").arg(run).arg(
                    toQString(told(*history)).right(300), toQString(text).right(300));
                return Outcome::Wrong;
            }
        }
        const auto heads = (*journal)->openRunHeads(0, 1000);
        if (!heads)
            return heads.error().code == "store.damaged" ? Outcome::Marked : Outcome::Wrong;
        for (const OpenRunHead &head : *heads)
            stillOpen.push_back(head.run);
        if (stillOpen != m_image.open) {
            *why = QStringLiteral("other runs are open");
            return Outcome::Wrong;
        }
        return marked ? Outcome::Marked : Outcome::Harmless;
    }

    void sweep(const char *what, int times,
               const std::function<QString(Random &, std::map<QString, QByteArray> &)> &damage) const
    {
        Random random(static_cast<std::uint64_t>(
            std::max(1, qEnvironmentVariableIntValue("TIDEWIRE_SEED"))));
        int harmless = 0, refused = 0, marked = 0;
        for (int time = 0; time < times; ++time) {
            auto files = m_image.files;
            const QString how = damage(random, files);
            QString why;
            switch (look(files, &why)) {
            case Outcome::Harmless: ++harmless; break;
            case Outcome::Refused: ++refused; break;
            case Outcome::Marked: ++marked; break;
            case Outcome::Wrong:
                QFAIL(qPrintable(QStringLiteral("%1: %2").arg(how, why)));
            }
        }
        qInfo("%s, %d times: refused with a report %d, rows marked as damaged %d, harmless %d, "
              "wrong in silence 0", what, times, refused, marked, harmless);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QLoggingCategory::setFilterRules(QStringLiteral("tw.*=false"));
        makeImage();
    }

    void aSoundImageIsSound()
    {
        QString why;
        QVERIFY2(look(m_image.files, &why) == Outcome::Harmless, qPrintable(why));
    }

    void aFlippedBitIsFoundOrHarmless()
    {
        sweep("a bit flipped", 1000, [](Random &random, std::map<QString, QByteArray> &files) {
            const QString part = kParts[int(random.below(10) < 5 ? 0 : 1)];
            QByteArray &bytes = files[part];
            const auto at = qsizetype(random.below(std::uint64_t(bytes.size())));
            const int bit = int(random.below(8));
            bytes[at] = char(bytes[at] ^ (1 << bit));
            return QStringLiteral("bit %1 of byte %2 of \"%3\"").arg(bit).arg(at).arg(part);
        });
    }

    void aTruncatedFileIsFoundOrHarmless()
    {
        sweep("cut short", 200, [](Random &random, std::map<QString, QByteArray> &files) {
            const QString part = kParts[int(random.below(2))];
            QByteArray &bytes = files[part];
            bytes.truncate(qsizetype(random.below(std::uint64_t(bytes.size()))));
            return QStringLiteral("\"%1\" cut to %2 bytes").arg(part).arg(bytes.size());
        });
    }

    void aSectorOfZeroesIsFoundOrHarmless()
    {
        sweep("a sector of zeroes", 200, [](Random &random, std::map<QString, QByteArray> &files) {
            const QString part = kParts[int(random.below(2))];
            QByteArray &bytes = files[part];
            const auto at = qsizetype(random.below(std::uint64_t(bytes.size() / 512))) * 512;
            bytes.replace(at, 512, QByteArray(512, '\0'));
            return QStringLiteral("zeroes in \"%1\" at %2").arg(part).arg(at);
        });
    }

    void aLogThatIsGoneIsMissed()
    {
        auto files = m_image.files;
        files[QStringLiteral("-wal")].clear();
        QString why;
        QVERIFY2(look(files, &why) == Outcome::Refused, qPrintable(why));
    }

    void aTornEndIsNoDamage()
    {
        // The last transaction was on its way and nobody heard of it: the mark does not know it.
        auto files = m_image.files;
        QByteArray &log = files[QStringLiteral("-wal")];
        log += log.right(4096 + 24);          // A frame that does not follow,
        log += QByteArray(4096 + 24, '\x33'); // and a torn one.
        QString why;
        QVERIFY2(look(files, &why) == Outcome::Harmless, qPrintable(why));
    }

    void whatIsDamagedIsSetAsideAndABackupTakesItsPlace()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("journal.db"));
        const std::string backup = journalFiles::backupName(toUtf8(folder.path()), kNow);
        put(file, m_image.files);
        QVERIFY(journalFiles::backUp(toUtf8(file), backup));
        QCOMPARE(journalFiles::backups(toUtf8(folder.path())).size(), 1u);
        {
            auto journal = SqliteJournal::open({toUtf8(file)});
            QVERIFY(journal);
            add(**journal, kRuns); // Behind the backup.
        }
        QByteArray broken = readAll(file);
        broken.replace(8192, 4096, QByteArray(4096, '\x5a'));
        writeAll(file, broken);
        const auto refused = SqliteJournal::open({toUtf8(file)});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("store.damaged"));
        QVERIFY(!journalFiles::restore(backup, toUtf8(file)));
        const auto aside = journalFiles::setAside(toUtf8(file), kNow);
        QVERIFY(aside);
        const auto again = journalFiles::setAside(toUtf8(file), kNow);
        QVERIFY(again && *again != *aside);
        QCOMPARE(readAll(toQString(*aside)), broken);
        QVERIFY(journalFiles::restore(backup, toUtf8(file)));
        const auto restored = SqliteJournal::open({toUtf8(file)});
        QVERIFY2(restored, restored ? "" : restored.error().text().c_str());
        QCOMPARE((*restored)->newestRun().value_or(0), std::int64_t(kRuns));
        const auto history = (*restored)->desk().history(3);
        QVERIFY(history && !history->damaged);
        QCOMPARE(told(*history), m_image.runs.at(3));
    }

    void aBackupOfADamagedJournalIsNoBackup()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("journal.db"));
        put(file, m_image.files);
        {
            auto database = sqlite::Database::open(toUtf8(file), sqlite::Access::ReadWrite);
            QVERIFY(database);
            QVERIFY((*database)->execute("UPDATE body SET bytes = x'00' WHERE run = 1"));
        }
        const std::string backup = journalFiles::backupName(toUtf8(folder.path()), kNow);
        const auto made = journalFiles::backUp(toUtf8(file), backup);
        QVERIFY(!made);
        QVERIFY(journalFiles::backups(toUtf8(folder.path())).empty());
    }

private:
    Image m_image;
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Corruption)
#include "tst_Corruption.moc"
