// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "tests/expr/Cases.h"

#include <QtTest>

using namespace tw;
using namespace tw::test;

/// The nineteen benchmark mappings give what the reference gives.
class tst_Mapping19 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheExpectedRecord_data()
    {
        QTest::addColumn<QString>("id");
        m_mappings = benchMappings();
        if (m_mappings.empty())
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        for (const BenchMapping &mapping : m_mappings)
            QTest::newRow(mapping.title.c_str()) << toQString(mapping.id);
    }
    void givesTheExpectedRecord()
    {
        QFETCH(QString, id);
        const auto expected = readJson(sharedFolder() + "/bench/mapping/expected.json");
        QVERIFY(expected.has_value());
        const BenchMapping &mapping = *findMapping(m_mappings, toUtf8(id));
        const auto event = mapping.event();
        QVERIFY(event.has_value());
        const auto compiled = Expression::compile(mapping.text);
        QVERIFY2(compiled.has_value(), compiled ? "" : compiled.error().message.c_str());
        const auto result = compiled->evaluateToDocument(event->root());
        QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
        const Value wanted = expected->root().get(mapping.id);
        QVERIFY2(sameResult(result->root(), wanted),
                 toJson(result->root()).substr(0, 2000).c_str());
        QVERIFY(checkFinite(result->root()).has_value());
    }

private:
    std::vector<BenchMapping> m_mappings;
};

QTEST_APPLESS_MAIN(tst_Mapping19)
#include "tst_Mapping19.moc"
