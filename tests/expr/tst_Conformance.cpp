// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "tests/expr/Cases.h"

#include <QtTest>

#include <cstdio>
#include <map>

using namespace tw;
using namespace tw::test;

namespace {

struct Tally
{
    int cases = 0;
    int passed = 0;
};

class Judge
{
public:
    void judge(const SuiteCase &one)
    {
        const std::string problem = problemOf(one);
        Tally &tally = groups[one.group];
        ++tally.cases;
        ++total.cases;
        if (problem.empty()) {
            ++tally.passed;
            ++total.passed;
        } else {
            failures.push_back(one.name + ": " + problem);
        }
    }

    std::map<std::string, Tally> groups;
    Tally total;
    std::vector<std::string> failures;

private:
    static std::string problemOf(const SuiteCase &one)
    {
        Arena arena;
        const Environment environment = one.environment();
        auto compiled = Expression::compile(one.text);
        return judged(one.test, compiled ? compiled->evaluate(arena, one.input, environment)
                                         : ExpressionResult<Value>(compiled.error()));
    }

    static std::string judged(const Value &test, const ExpressionResult<Value> &result)
    {
        const Value code = test.get("code");
        const Value error = test.get("error");
        if (code.isString() || error.isObject())
            return judgedError(test, result, code.isString() ? code : error.get("code"));
        if (!result)
            return "raised " + result.error().code + " " + result.error().message;
        if (!test.get("undefinedResult").isUndefined())
            return result->isUndefined()
                       ? ""
                       : "expected nothing, got " + toJson(*result).substr(0, 200);
        if (sameResult(*result, test.get("result"), test.get("unordered").asBool()))
            return {};
        return "expected " + toJson(test.get("result")).substr(0, 200) + ", got " +
               (result->isUndefined() ? "nothing" : toJson(*result).substr(0, 200));
    }

    static std::string judgedError(const Value &test, const ExpressionResult<Value> &result,
                                   const Value &code)
    {
        if (result)
            return "expected " + std::string(code.text()) + ", got " +
                   toJson(*result).substr(0, 200);
        const ExpressionError &error = result.error();
        if (error.code != code.text())
            return "expected " + std::string(code.text()) + ", raised " + error.code;
        const Value token =
            test.get("error").isObject() ? test.get("error").get("token") : test.get("token");
        if (token.isString() && token.text() != error.token)
            return "expected token " + std::string(token.text()) + ", got " + error.token;
        const Value message = test.get("error").get("message");
        if (message.isString() && message.text() != error.message)
            return "expected message " + std::string(message.text()) + ", got " + error.message;
        const Value function = test.get("error").get("functionName");
        if (function.isString() && function.text() != error.token)
            return "expected function " + std::string(function.text()) + ", got " + error.token;
        return {};
    }
};

} // namespace

/// Runs the JSONata suite where it lies. The number of passing cases may only grow: the floor file
/// beside this test is raised with it.
class tst_Conformance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSuitePassesAtLeastAsFarAsBefore()
    {
        const Suite suite;
        if (suite.cases().empty())
            QSKIP("The JSONata suite is not on this machine (TIDEWIRE_SHARED).");
        Judge judge;
        for (const SuiteCase &one : suite.cases())
            judge.judge(one);
        judge.failures.insert(judge.failures.end(), suite.unreadable().begin(),
                              suite.unreadable().end());
        for (const auto &[group, tally] : judge.groups) {
            if (tally.passed != tally.cases)
                std::printf("  %-32s %4d of %4d\n", group.c_str(), tally.passed, tally.cases);
        }
        for (const std::string &failure : judge.failures)
            std::printf("  FAILS %s\n", failure.c_str());
        std::printf("%d of %d cases in %zu groups\n", judge.total.passed, judge.total.cases,
                    judge.groups.size());
        const auto floor = readFile(TIDEWIRE_SOURCE_DIR "/tests/expr/conformance-floor.txt");
        QVERIFY(floor.has_value());
        QVERIFY2(judge.total.passed >= std::atoi(floor->c_str()), "fewer cases pass than before");
    }
};

QTEST_APPLESS_MAIN(tst_Conformance)
#include "tst_Conformance.moc"
