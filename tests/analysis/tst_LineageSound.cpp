// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Lineage.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/ReadTrace.h"
#include "tests/expr/Cases.h"

#include <QtTest>

#include <algorithm>
#include <cstdio>

using namespace tw;
using namespace tw::analysis;
using namespace tw::test;

namespace {

bool isCovered(const std::vector<SourcePath> &reads, const expr::ReadTrace::Read &read)
{
    const SourcePath path{read.root, read.steps};
    return std::any_of(reads.begin(), reads.end(), [&](const SourcePath &pattern) {
        return covers(pattern, path) || (!read.whole && leadsThrough(pattern, path));
    });
}

/// What was really read and the lineage does not know of; empty when it is sound.
std::string surprise(const Lineage &lineage, const expr::ReadTrace &trace)
{
    const std::vector<SourcePath> reads = lineage.reads();
    std::string texts;
    for (const auto &read : trace.reads()) {
        if (!isCovered(reads, read))
            texts += (texts.empty() ? "" : ", ") + SourcePath{read.root, read.steps}.text() +
                     (read.whole ? " (whole)" : "");
    }
    return texts;
}

/// A copy of the input in which one leaf after the other, counted by `countdown`, says something
/// else; only leaves that the lineage does not name are counted.
class Changer
{
public:
    Changer(Arena &arena, const std::vector<SourcePath> &reads, int countdown)
        : m_arena(arena), m_reads(reads), m_countdown(countdown)
    {}

    Value changed(const Value &value, SourcePath &path)
    {
        if (value.isArray()) {
            ArrayBuilder items(m_arena);
            for (const Value &item : value.items())
                items.add(changed(item, path));
            return items.finish();
        }
        if (!value.isObject())
            return isUnnamed(path) && m_countdown-- == 0 ? other(value, path) : value;
        ObjectBuilder object(m_arena);
        for (const Member &member : value.members()) {
            path.steps.emplace_back(member.key.text());
            object.set(member.key.text(), changed(member.value, path));
            path.steps.pop_back();
        }
        return object.finish();
    }
    const std::string &what() const { return m_what; } ///< Empty: there was no such leaf any more.

private:
    bool isUnnamed(const SourcePath &path) const
    {
        return std::none_of(m_reads.begin(), m_reads.end(), [&path](const SourcePath &read) {
            return covers(read, path) || leadsThrough(read, path);
        });
    }
    Value other(const Value &value, const SourcePath &path)
    {
        m_what = path.text();
        if (value.isNumber())
            return Value::number(value.toDouble() + 17);
        if (value.isBool())
            return Value::boolean(!value.asBool());
        return value.isString() ? Value::string("changed") : Value::integer(5);
    }

    Arena &m_arena;
    const std::vector<SourcePath> &m_reads;
    int m_countdown;
    std::string m_what;
};

std::string outcome(const Expression &expression, const Value &input, Environment environment)
{
    environment.reads = nullptr;
    environment.budget.steps = 200'000; // the same end of endless ones, without waiting
    const auto result = expression.evaluateToDocument(input, environment);
    if (!result)
        return result.error().code;
    return result->root().isUndefined() ? "nothing" : toJson(result->root());
}

/// The first field that matters although the lineage does not name it.
std::string leak(const Expression &expression, const Lineage &lineage, const Value &input,
                 const Environment &environment)
{
    constexpr std::size_t kLarge = 100'000;
    const std::vector<SourcePath> reads = lineage.reads();
    const std::string before = outcome(expression, input, environment);
    const int most = toJson(input).size() > kLarge ? 2 : 25;
    for (int leaf = 0; leaf < most; ++leaf) {
        Arena arena;
        Changer changer(arena, reads, leaf);
        SourcePath path;
        const Value other = changer.changed(input, path);
        if (changer.what().empty())
            break;
        if (outcome(expression, other, environment) != before)
            return changer.what();
    }
    return {};
}

bool isExact(const Lineage &lineage)
{
    for (const SourcePath &path : lineage.reads()) {
        if (path.steps.empty() || std::count(path.steps.begin(), path.steps.end(), "*") > 0 ||
            std::count(path.steps.begin(), path.steps.end(), "**") > 0)
            return false;
    }
    return true;
}

struct Share
{
    int cases = 0;
    int sound = 0;
    int exact = 0;
    int leaks = 0;
};

class Examination
{
public:
    Share share;
    std::vector<std::string> surprises;

    void check(const SuiteCase &one)
    {
        const auto compiled = Expression::compile(one.text);
        if (!compiled)
            return;
        expr::ReadTrace trace;
        Environment environment = one.environment();
        environment.reads = &trace;
        environment.budget.wallClock = std::chrono::milliseconds(2000);
        LineageOptions options;
        options.bindings.clear();
        for (const Environment::Binding &binding : environment.bindings)
            options.bindings.push_back(binding.name);
        Arena arena;
        (void)compiled->evaluate(arena, one.input, environment);
        const Lineage lineage = lineageOf(*compiled, options);
        const auto reads = trace.reads();
        const bool readsFields = std::any_of(reads.begin(), reads.end(),
                                             [](const auto &read) { return !read.steps.empty(); });
        if (!readsFields)
            return;
        ++share.cases;
        const std::string unknown = surprise(lineage, trace);
        share.sound += unknown.empty() ? 1 : 0;
        share.exact += unknown.empty() && isExact(lineage) ? 1 : 0;
        const bool random = one.text.find("$shuffle") != std::string::npos;
        const std::string matters = random ? "" : leak(*compiled, lineage, one.input, environment);
        share.leaks += matters.empty() ? 0 : 1;
        if (!matters.empty())
            std::printf("  LEAK %s: %s\n      %s\n", one.name.c_str(),
                        one.text.substr(0, 200).c_str(), matters.c_str());
        if (!unknown.empty())
            surprises.push_back(one.name + ": " + one.text.substr(0, 200) + "\n      reads " +
                                unknown.substr(0, 300));
    }
};

} // namespace

/// Lineage promises at least what an evaluation really reads: checked against recorded reads, and
/// by changing fields that it does not name, which must not matter.
class tst_LineageSound : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBenchmarkMappingsReadNothingElse_data()
    {
        QTest::addColumn<QString>("id");
        m_mappings = benchMappings();
        if (m_mappings.empty())
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        for (const BenchMapping &mapping : m_mappings)
            QTest::newRow(mapping.title.c_str()) << toQString(mapping.id);
    }
    void theBenchmarkMappingsReadNothingElse()
    {
        QFETCH(QString, id);
        const BenchMapping &mapping = *findMapping(m_mappings, toUtf8(id));
        const auto event = mapping.event();
        QVERIFY(event.has_value());
        const auto compiled = Expression::compile(mapping.text);
        QVERIFY(compiled.has_value());
        expr::ReadTrace trace;
        Environment environment;
        environment.reads = &trace;
        QVERIFY(compiled->evaluateToDocument(event->root(), environment).has_value());
        QVERIFY(!trace.reads().empty());
        const Lineage lineage = lineageOf(*compiled);
        QCOMPARE(toQString(surprise(lineage, trace)), QString());
        QVERIFY2(isExact(lineage), "a wildcard or the whole input");
        QCOMPARE(toQString(leak(*compiled, lineage, event->root(), environment)), QString());
    }

    void theOpenCasesReadNothingElse()
    {
        const Suite suite;
        if (suite.cases().empty())
            QSKIP("The JSONata suite is not on this machine (TIDEWIRE_SHARED).");
        Examination examination;
        for (const SuiteCase &one : suite.cases())
            examination.check(one);
        for (const std::string &text : examination.surprises)
            std::printf("  UNSOUND %s\n", text.c_str());
        std::printf("%d cases read fields: %d sound, %d exact\n", examination.share.cases,
                    examination.share.sound, examination.share.exact);
        QVERIFY(examination.share.cases >= 355);
        QCOMPARE(examination.share.sound, examination.share.cases);
        QCOMPARE(examination.share.leaks, 0);
        QVERIFY2(examination.share.exact >= 325, "more wildcards or whole inputs than before");
    }

private:
    std::vector<BenchMapping> m_mappings;
};

QTEST_APPLESS_MAIN(tst_LineageSound)
#include "tst_LineageSound.moc"
