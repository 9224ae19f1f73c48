// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "tests/expr/Cases.h"

#include <QtTest>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

using namespace tw;
using namespace tw::test;

namespace {

struct Tally
{
    int cases = 0;
    int passed = 0;
};

class Suite
{
public:
    explicit Suite(std::string folder) : m_folder(std::move(folder)) {}

    void run()
    {
        std::vector<std::filesystem::path> files;
        for (const auto &entry :
             std::filesystem::recursive_directory_iterator(m_folder + "/groups")) {
            if (entry.path().extension() == ".json")
                files.push_back(entry.path());
        }
        std::sort(files.begin(), files.end());
        for (const auto &file : files)
            runFile(file);
    }

    std::map<std::string, Tally> groups;
    Tally total;
    std::vector<std::string> failures;

private:
    void runFile(const std::filesystem::path &file)
    {
        const auto document = readJson(file.string());
        if (!document) {
            failures.push_back(file.filename().string() + ": unreadable");
            return;
        }
        const Value root = document->root();
        if (root.isArray()) {
            for (std::uint32_t i = 0; i < root.size(); ++i)
                runCase(root.at(i), file, i);
        } else {
            runCase(root, file, 0);
        }
    }

    void runCase(const Value &test, const std::filesystem::path &file, std::uint32_t index)
    {
        const std::string group = file.parent_path().filename().string();
        const std::string problem = problemOf(test, file);
        Tally &tally = groups[group];
        ++tally.cases;
        ++total.cases;
        if (problem.empty()) {
            ++tally.passed;
            ++total.passed;
        } else {
            failures.push_back(group + "/" + file.stem().string() + "[" + std::to_string(index) +
                               "]: " + problem);
        }
    }

    Value dataset(const Value &name)
    {
        const std::string key(name.text());
        auto &known = m_datasets[key];
        if (!known)
            known = readJson(m_folder + "/datasets/" + key + ".json");
        return known ? known->root() : Value();
    }

    std::string problemOf(const Value &test, const std::filesystem::path &file)
    {
        std::string text(test.get("expr").text());
        if (const Value other = test.get("expr-file"); other.isString())
            text = readFile((file.parent_path() / std::string(other.text())).string()).value_or("");
        Value input = test.get("data");
        if (input.isUndefined() && test.get("dataset").isString())
            input = dataset(test.get("dataset"));
        Environment environment;
        environment.allowEval = true;
        environment.now = Instant::fromSeconds(1'790'000'000);
        environment.budget.suiteCodes = true;
        if (const auto limit = test.get("timelimit").toInt())
            environment.budget.wallClock = std::chrono::milliseconds(*limit);
        if (const auto depth = test.get("depth").toInt())
            environment.budget.depth = static_cast<std::uint32_t>(*depth);
        for (const Member &member : test.get("bindings").members())
            environment.bindings.push_back({std::string(member.key.text()), member.value});
        Arena arena;
        auto compiled = Expression::compile(text);
        ExpressionResult<Value> result = compiled ? compiled->evaluate(arena, input, environment)
                                                  : ExpressionResult<Value>(compiled.error());
        return judged(test, result);
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

    std::string m_folder;
    std::map<std::string, std::optional<Document>> m_datasets;
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
        const std::string shared = sharedFolder();
        if (shared.empty() || !std::filesystem::exists(shared + "/jsonata/groups"))
            QSKIP("The JSONata suite is not on this machine (TIDEWIRE_SHARED).");
        Suite suite(shared + "/jsonata");
        suite.run();
        for (const auto &[group, tally] : suite.groups) {
            if (tally.passed != tally.cases)
                std::printf("  %-32s %4d of %4d\n", group.c_str(), tally.passed, tally.cases);
        }
        for (const std::string &failure : suite.failures)
            std::printf("  FAILS %s\n", failure.c_str());
        std::printf("%d of %d cases in %zu groups\n", suite.total.passed, suite.total.cases,
                    suite.groups.size());
        const auto floor = readFile(TIDEWIRE_SOURCE_DIR "/tests/expr/conformance-floor.txt");
        QVERIFY(floor.has_value());
        QVERIFY2(suite.total.passed >= std::atoi(floor->c_str()), "fewer cases pass than before");
    }
};

QTEST_APPLESS_MAIN(tst_Conformance)
#include "tst_Conformance.moc"
