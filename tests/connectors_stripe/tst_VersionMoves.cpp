// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/VersionMoves.h"

#include "core/connectors/stripe/TriggerSettings.h"
#include "core/connectors/stripe/facts/ObjectShapes.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <algorithm>

using namespace tw;
using namespace tw::stripe;

class TestVersionMoves : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theReleaseIsWhatIsPromised_data();
    void theReleaseIsWhatIsPromised();
    void movesLieBetweenVersions();
    void bothPlacesAreNamed();
    void theNewPlacesAreThoseOfTheCurrentVersion();
    void settingsAreCheckedBeforeTheyRun_data();
    void settingsAreCheckedBeforeTheyRun();
    void rightsFollowFromTheSettings();
};

void TestVersionMoves::theReleaseIsWhatIsPromised_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("release");
    QTest::newRow("named") << QByteArray("2026-10-28.endive") << QByteArray("endive");
    QTest::newRow("before the names, a date")
        << QByteArray("2023-10-16") << QByteArray("2023-10-16");
    QTest::newRow("preview") << QByteArray("2026-10-28.preview") << QByteArray("preview");
    QTest::newRow("no version") << QByteArray("latest") << QByteArray("");
}

void TestVersionMoves::theReleaseIsWhatIsPromised()
{
    QFETCH(QByteArray, version);
    QFETCH(QByteArray, release);
    QCOMPARE(releaseOf(version.toStdString()), release.toStdString());
}

void TestVersionMoves::movesLieBetweenVersions()
{
    const auto moves = [](const char *from, const char *to, const char *object) {
        return movesBetween(from, to, {object}).size();
    };
    QCOMPARE(moves("2024-11-20.acacia", "2026-10-28.endive", "subscription"), 2u);
    QCOMPARE(moves("2026-10-28.endive", "2024-11-20.acacia", "subscription"), 2u);
    QCOMPARE(moves("2023-10-16", "2025-03-31.basil", "invoice"), 5u);
    QCOMPARE(moves("2025-03-31.basil", "2026-10-28.endive", "invoice"), 0u);
    QCOMPARE(moves("2024-11-20.acacia", "2024-12-18.acacia", "invoice"), 0u);
    QCOMPARE(moves("2024-11-20.acacia", "2026-10-28.endive", "customer"), 0u);
}

void TestVersionMoves::bothPlacesAreNamed()
{
    const std::string older =
        versionAdvice("2024-11-20.acacia", "2026-10-28.endive", {"subscription"});
    QVERIFY(older.find("subscription.items.data[].current_period_end is "
                       "subscription.current_period_end in them") != std::string::npos);
    const std::string newer =
        versionAdvice("2026-10-28.endive", "2024-11-20.acacia", {"invoice", "charge"});
    QVERIFY(newer.find("invoice.subscription is "
                       "invoice.parent.subscription_details.subscription in them") !=
            std::string::npos);
    QVERIFY(newer.find("charge.invoice is not in them") != std::string::npos);
}

void TestVersionMoves::theNewPlacesAreThoseOfTheCurrentVersion()
{
    for (const VersionMove &move : versionMoves()) {
        const Shape &object = objectShape(move.object);
        QVERIFY2(!object.fields.empty(), move.object.data());
        std::string first(move.after.substr(0, move.after.find('.')));
        if (!first.empty() && first != "payments") // Only there when it is expanded.
            QVERIFY2(object.find(first), first.c_str());
    }
}

void TestVersionMoves::settingsAreCheckedBeforeTheyRun_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("codes");
    const auto row = [](const char *name, const char *yaml, const char *codes) {
        QTest::newRow(name) << QByteArray(yaml) << QByteArray(codes);
    };
    row("nothing to say", "events: [charge.succeeded]", "");
    row("made for another release", "{events: [invoice.paid], made_for: 2024-11-20.acacia}",
        "stripe.other_version");
    row("which is read again",
        "{events: [invoice.paid], made_for: 2024-11-20.acacia, "
        "other_version: refetch}",
        "");
    row("two events for one payment", "events: [invoice.paid, invoice.payment_succeeded]",
        "stripe.two_events_one_fact");
    row("also by a wildcard", "events: [invoice.*]", "stripe.two_events_one_fact");
    row("two events for one refund", "events: [charge.refunded, refund.created]",
        "stripe.two_events_one_fact");
    row("a checkout may be unpaid", "events: [checkout.session.completed]", "stripe.may_be_unpaid");
    row("with its later payment", "events: [checkout.session.*]", "");
    row("thin ones cannot be polled", "{events: [v1.invoice.paid], arrive: poll}",
        "stripe.thin_not_listed");
    row("too often for a live account", "{events: [charge.failed], poll_every: 1m}",
        "stripe.polls_often");
    row("no day of the calendar", "{events: [charge.failed], start_from: \"2026-13-40T00:00:00Z\"}",
        "stripe.bad_time");
}

void TestVersionMoves::settingsAreCheckedBeforeTheyRun()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, codes);
    std::vector<Diagnostic> findings;
    TriggerSettings::check(
        builtInCatalogue(),
        testing::settingsFrom(TriggerSettings::params(), yaml.toStdString()), findings);
    QByteArray found;
    for (const Diagnostic &finding : findings) {
        found += (found.isEmpty() ? "" : " ") + QByteArray::fromStdString(finding.code);
        QVERIFY(!finding.message.empty() && !finding.fix.empty());
    }
    QCOMPARE(found, codes);
}

void TestVersionMoves::rightsFollowFromTheSettings()
{
    const auto rights = [](const char *yaml) {
        return TriggerSettings::rights(testing::settingsFrom(TriggerSettings::params(), yaml)).size();
    };
    QCOMPARE(rights("events: [charge.failed]"), 1u); // The list of events.
    QCOMPARE(rights("{events: [charge.failed], arrive: webhook, catch_up: false}"), 0u);
    QVERIFY(rights("{events: [charge.failed], deliver: current}") > 1);
}

QTEST_GUILESS_MAIN(TestVersionMoves)
#include "tst_VersionMoves.moc"
