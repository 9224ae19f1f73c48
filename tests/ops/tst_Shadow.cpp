// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Shadow.h"

#include "core/data/Json.h"

#include <QTest>

using namespace tw;
using namespace tw::ops;

namespace {

DocumentPtr message(const char *json)
{
    return share(std::move(*parseJson(json)));
}

RehearsedRun runWith(std::vector<RehearsedEffect> effects, RunOutcome outcome = RunOutcome::Done)
{
    RehearsedRun run;
    run.run = 7;
    run.eventId = "evt_7";
    run.outcome = outcome;
    run.effects = std::move(effects);
    return run;
}

} // namespace

class tst_Shadow final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fieldsAreComparedOneByOne()
    {
        const auto found = fieldDifferences(
            message(R"({"a":1,"b":{"c":"x","d":[1,2]},"gone":true})")->root(),
            message(R"({"a":1,"b":{"c":"y","d":[1,2,3]},"new":null})")->root());
        const std::vector<FieldDifference> expected{{"b.c", "\"x\"", "\"y\""},
                                                    {"b.d", "[1,2]", "[1,2,3]"},
                                                    {"gone", "true", ""},
                                                    {"new", "", "null"}};
        QVERIFY(found == expected);
    }

    void theOrderOfMembersIsNoDifference()
    {
        QVERIFY(fieldDifferences(message(R"({"a":1,"b":2})")->root(),
                                 message(R"({"b":2,"a":1})")->root()).empty());
    }

    void recordsAreFoundByStepAndName()
    {
        const auto before = runWith({{"write", 0, "ch_1", message(R"({"a":1})")},
                                     {"write", 1, "ch_2", message(R"({"a":2})")}});
        const auto after = runWith({{"write", 0, "ch_2", message(R"({"a":2})")},
                                    {"write", 1, "ch_3", message(R"({"a":3})")}});
        const ShadowReport report = compareRehearsals({before}, {after});
        QCOMPARE(report.same, 1);
        QCOMPARE(report.differences.size(), 2u);
        QVERIFY(report.differences[0].kind == RecordDifference::Kind::OnlyBefore);
        QCOMPARE(report.differences[0].record, std::string("ch_1"));
        QVERIFY(report.differences[1].kind == RecordDifference::Kind::OnlyAfter);
        QCOMPARE(report.differences[1].record, std::string("ch_3"));
        QVERIFY(!report.isSame());
    }

    void aSecondWriteOfARecordIsComparedWithTheSecond()
    {
        const auto before = runWith({{"write", 0, "ch_1", message(R"({"a":1})")},
                                     {"write", 1, "ch_1", message(R"({"a":2})")}});
        const auto after = runWith({{"write", 0, "ch_1", message(R"({"a":1})")},
                                    {"write", 1, "ch_1", message(R"({"a":9})")}});
        const ShadowReport report = compareRehearsals({before}, {after});
        QCOMPARE(report.same, 1);
        QCOMPARE(report.differences.size(), 1u);
        QCOMPARE(report.differences[0].fields.front().after, std::string("9"));
    }

    void aRecordWithoutANameIsFoundByItsKey()
    {
        const auto keyed = [](int item, const char *key, const char *json) {
            return RehearsedEffect{"post", item, {}, message(json), key};
        };
        const ShadowReport report = compareRehearsals(
            {runWith({keyed(1, "k1", R"({"a":1})"), keyed(2, "k2", R"({"a":2})")})},
            {runWith({keyed(1, "k2", R"({"a":2})"), keyed(2, "k1", R"({"a":9})")})});
        QCOMPARE(report.same, 1);
        QCOMPARE(report.differences.size(), 1u);
        QCOMPARE(report.differences[0].record, std::string("item 1"));
        QCOMPARE(report.differences[0].run, std::int64_t(7));
    }

    void runsThatFailAreCounted()
    {
        const ShadowReport report = compareRehearsals({runWith({})},
                                                      {runWith({}, RunOutcome::DeadLettered)});
        QCOMPARE(report.failedBefore, 0);
        QCOMPARE(report.failedAfter, 1);
        QVERIFY(!report.isSame());
    }
};

QTEST_GUILESS_MAIN(tst_Shadow)
#include "tst_Shadow.moc"
