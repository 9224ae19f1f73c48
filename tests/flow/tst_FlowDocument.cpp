// SPDX-License-Identifier: GPL-3.0-or-later
#include "FlowFixtures.h"

#include "core/base/Text.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;
using namespace tw::test;

namespace {

std::string bytesOf(const QString &file)
{
    QFile reader(file);
    return reader.open(QIODevice::ReadOnly) ? reader.readAll().toStdString() : std::string();
}

void writeBytes(const QString &file, const std::string &bytes)
{
    QFile writer(file);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    writer.write(bytes.data(), static_cast<qint64>(bytes.size()));
}

} // namespace

class tst_FlowDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryPart();
    void savesTheSameBytes_data();
    void savesTheSameBytes();
    void keepsModeAndLinks();
    void saysWhyItCannotLoadOrSave();
    void keepsLastSoundFlowWhileTextIsBroken();
    void blankFlowIsSound();
    void loadsAFlowOf500Steps();
};

void tst_FlowDocument::readsEveryPart()
{
    const FlowDocument document(fullFlow(), "orders.flow.yaml");
    const Flow &flow = document.flow();
    QVERIFY2(document.formProblems().empty(), told(document.formProblems()).c_str());
    QVERIFY(document.isSound());
    QCOMPARE(flow.id, std::string("orders-to-payments"));
    QCOMPARE(flow.name, std::string("Orders to payments"));
    QCOMPARE(flow.connections.at("crm"), std::string("shop"));
    QCOMPARE(flow.steps.size(), std::size_t(10));
    const FlowStep &skip = *flow.step("skip_zero");
    QCOMPARE(skip.wires.size(), std::size_t(3));
    QCOMPARE(skip.from("skip").size(), std::size_t(2));
    QCOMPARE(skip.from("skip")[1]->to, std::string("archive"));
    QCOMPARE(skip.at.line, 20);
    QCOMPARE(flow.step("orders")->from("out")[0]->to, std::string("skip_zero"));
    QCOMPARE(flow.step("upsert_payment")->from("error")[0]->to, std::string("sort_errors"));
    QCOMPARE(flow.step("upsert_payment")->retry->times, 5);
    QCOMPARE(flow.step("upsert_payment")->retry->longest, std::chrono::minutes(15));
    QVERIFY(flow.step("archive")->disabled);
    QCOMPARE(flow.step("count_skipped")->note, std::string("Only counts."));
    QCOMPARE(flow.step("to_payment")->name, std::string("Order to \"Payment\""));
    QCOMPARE(flow.notes.size(), std::size_t(1));
    QCOMPARE(flow.notes[0].width, 448);
    QCOMPARE(flow.notes[0].text, std::string("**How amounts work**\nIn minor units."));
    QCOMPARE(flow.groups[0].steps.size(), std::size_t(3));
    QCOMPARE(flow.layout.at("upsert_payment").x, 744);
    const auto findings = validateFlow(document, registry());
    QVERIFY2(findings.empty(), told(findings).c_str());
}

void tst_FlowDocument::savesTheSameBytes_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const std::string &text) {
        QTest::newRow(name) << QByteArray::fromStdString(text);
    };
    row("comments and odd quoting", fullFlow());
    row("flow style", terseFlow());
    row("CRLF", withCrlf(fullFlow()));
    std::string open = fullFlow();
    open.pop_back();
    row("no final newline", open);
    row("blank lines at the end", fullFlow() + "\n\n# the end\n\n");
    row("not even YAML", "a: [1, 2\nb: \"\n");
    row("empty", "");
}

void tst_FlowDocument::savesTheSameBytes()
{
    QFETCH(QByteArray, text);
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.flow.yaml"));
    writeBytes(file, text.toStdString());
    auto document = FlowDocument::load(toUtf8(file));
    QVERIFY(document.has_value());
    QVERIFY(document->save().has_value());
    QCOMPARE(bytesOf(file), text.toStdString());
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

void tst_FlowDocument::keepsModeAndLinks()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.flow.yaml"));
    const QString link = folder.filePath(QStringLiteral("link.flow.yaml"));
    writeBytes(file, terseFlow());
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
    QVERIFY(QFile::link(file, link));
    auto document = FlowDocument::load(toUtf8(link));
    QVERIFY(document.has_value());
    QVERIFY(document->apply(edit::SetFlowField{"name", "Terse"}).has_value());
    QVERIFY(document->save().has_value());
    QVERIFY(QFileInfo(link).isSymLink());
    QVERIFY(bytesOf(file).find("name: Terse") != std::string::npos);
    QCOMPARE(QFileInfo(file).permissions() & QFile::ReadOther, QFile::Permissions());
    QVERIFY(QFileInfo(file).permissions() & QFile::ReadGroup);
}

void tst_FlowDocument::saysWhyItCannotLoadOrSave()
{
    QTemporaryDir folder;
    const auto missing = FlowDocument::load(toUtf8(folder.filePath(QStringLiteral("no.yaml"))));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, std::string("flow.no_such_file"));
    const auto directory = FlowDocument::load(toUtf8(folder.path()));
    QVERIFY(!directory);
    const QString large = folder.filePath(QStringLiteral("large.yaml"));
    writeBytes(large, std::string(5u << 20, '#'));
    const auto tooLarge = FlowDocument::load(toUtf8(large));
    QVERIFY(!tooLarge);
    QCOMPARE(tooLarge.error().code, std::string("flow.file_too_large"));
    FlowDocument unnamed(terseFlow());
    QCOMPARE(unnamed.save().error().code, std::string("flow.no_file"));
    const auto nowhere = unnamed.save(toUtf8(folder.filePath(QStringLiteral("no/such/a.yaml"))));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, std::string("flow.cannot_write"));
}

void tst_FlowDocument::keepsLastSoundFlowWhileTextIsBroken()
{
    FlowDocument document(terseFlow(), "a.flow.yaml");
    const std::string before = document.text();
    const auto typed = document.apply(edit::ReplaceText{0, 0, "a: [\n"});
    QVERIFY(typed.has_value());
    QVERIFY(!document.isSound());
    QVERIFY(!document.formProblems().empty());
    QVERIFY(document.formProblems()[0].line > 0);
    QCOMPARE(document.flow().steps.size(), std::size_t(3));
    const auto refused = document.apply(edit::SetFlowField{"name", "New"});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, std::string("flow.text_broken"));
    QCOMPARE(brief(validateFlow(document, registry())), brief(document.formProblems()));
    document.revert(*typed);
    QVERIFY(document.isSound());
    QCOMPARE(document.text(), before);
}

void tst_FlowDocument::blankFlowIsSound()
{
    FlowDocument document = FlowDocument::blank("my-flow", "On: the first");
    QVERIFY(document.formProblems().empty());
    QCOMPARE(document.flow().name, std::string("On: the first"));
    edit::AddStep step;
    step.type = "shop.webhook";
    step.name = "Orders";
    step.at = {0, 64};
    QVERIFY(document.apply(step).has_value());
    QCOMPARE(document.text(),
             std::string("schema: flow/1\nid: my-flow\nname: \"On: the first\"\nversion: 0.1.0\n"
                         "steps:\n  - id: orders\n    type: shop.webhook\n    name: Orders\n"
                         "layout:\n  orders: {x: 0, y: 64}\n"));
}

void tst_FlowDocument::loadsAFlowOf500Steps()
{
    FlowDocument document(longFlow(500));
    QVERIFY(document.formProblems().empty());
    QCOMPARE(document.flow().steps.size(), std::size_t(500));
    QVERIFY(validateFlow(document, registry()).empty());
    edit::MoveCards move;
    for (const auto &[id, at] : document.flow().layout)
        move.positions[id] = {at.x, at.y + 8};
    QVERIFY(document.apply(move).has_value());
    QCOMPARE(document.flow().layout, move.positions);
}

QTEST_GUILESS_MAIN(tst_FlowDocument)
#include "tst_FlowDocument.moc"
