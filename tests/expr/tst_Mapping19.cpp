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
        const std::string folder = sharedFolder();
        m_cases = folder.empty() ? std::nullopt : readJson(folder + "/bench/mapping/cases.json");
        if (!m_cases)
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        for (const Value &test : m_cases->root().items())
            QTest::newRow(std::string(test.get("title").text()).c_str())
                << toQString(test.get("id").text());
    }
    void givesTheExpectedRecord()
    {
        QFETCH(QString, id);
        const std::string folder = sharedFolder() + "/bench/mapping/";
        const auto expected = readJson(folder + "expected.json");
        QVERIFY(expected.has_value());
        for (const Value &test : m_cases->root().items()) {
            if (toQString(test.get("id").text()) != id)
                continue;
            const auto event =
                readJson(folder + "data/" + std::string(test.get("data").text()) + ".json");
            QVERIFY(event.has_value());
            const auto compiled = Expression::compile(test.get("expr").text());
            QVERIFY2(compiled.has_value(), compiled ? "" : compiled.error().message.c_str());
            const auto result = compiled->evaluateToDocument(event->root());
            QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
            const Value wanted = expected->root().get(test.get("id").text());
            QVERIFY2(sameResult(result->root(), wanted),
                     toJson(result->root()).substr(0, 2000).c_str());
            QVERIFY(checkFinite(result->root()).has_value());
        }
    }

private:
    std::optional<Document> m_cases;
};

QTEST_APPLESS_MAIN(tst_Mapping19)
#include "tst_Mapping19.moc"
