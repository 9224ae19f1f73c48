// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Expression.h"
#include "tests/peers/Deliberate.h"
#include "tests/peers/ExpressionGenerator.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdio>
#include <map>

using namespace tw;
using namespace tw::test;

namespace {

struct Case
{
    std::string expression;
    std::size_t document = 0;
};

constexpr std::string_view kBindings = R"({"bound":7,"list":[3,1,2],"none":null})";

void appendCanonical(std::string &out, const Value &value, int depth = 0);

void appendMembers(std::string &out, const Value &value, int depth)
{
    std::vector<Member> members;
    for (const Member &member : value.members()) {
        if (!member.value.isUndefined())
            members.push_back(member);
    }
    std::sort(members.begin(), members.end(),
              [](const Member &a, const Member &b) { return a.key.text() < b.key.text(); });
    out += '{';
    for (const Member &member : members) {
        out += out.back() == '{' ? "" : ",";
        appendJsonString(out, member.key.text());
        out += ':';
        appendCanonical(out, member.value, depth);
    }
    out += '}';
}

/// The text that tests/peers/jsonata.mjs makes of the same value.
void appendCanonical(std::string &out, const Value &value, int depth)
{
    const bool container = value.isArray() || value.isObject();
    if (container && depth > 100) {
        out += "...";
    } else if (value.isArray()) {
        out += '[';
        for (std::uint32_t i = 0; i < value.size(); ++i) {
            out += i == 0 ? "" : ",";
            appendCanonical(out, value.at(i), depth + 1);
        }
        out += ']';
    } else if (value.isObject()) {
        appendMembers(out, value, depth + 1);
    } else if (value.isNumber()) {
        const double number = value.toDouble();
        if (std::isfinite(number))
            appendNumber(out, number == 0 ? 0 : number);
        else
            out += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    } else if (value.isString()) {
        appendJsonString(out, value.text());
    } else {
        out += value.isUndefined()  ? "undefined"
               : value.isFunction() ? "function"
               : value.isNull()     ? "null"
               : value.asBool()     ? "true"
                                    : "false";
    }
}

/// What one of the two engines made of a case.
Outcome outcomeOf(const Value &answer)
{
    Outcome outcome;
    outcome.code = answer.get("code").text();
    outcome.result = answer.get("result").text();
    outcome.position = static_cast<int>(answer.get("position").toInt().value_or(-1));
    if (const Value token = answer.get("token"); token.isString())
        outcome.token = token.text();
    else if (token.isNumber() || token.isBool() || token.isNull())
        outcome.token = toJson(token);
    return outcome;
}

Outcome ownOutcome(const Case &one, const Value &input, const Value &bindings)
{
    Environment environment;
    environment.allowEval = true;
    environment.budget.depth = 200;
    environment.budget.steps = 3'000'000;
    environment.budget.sequence = 200'000;
    environment.now = Instant::fromSeconds(1'790'000'000);
    for (const Member &member : bindings.members())
        environment.bindings.push_back({std::string(member.key.text()), member.value});
    Arena arena;
    const auto compiled = Expression::compile(one.expression);
    const auto result = compiled ? compiled->evaluate(arena, input, environment)
                                 : ExpressionResult<Value>(compiled.error());
    Outcome outcome;
    if (result) {
        appendCanonical(outcome.result, *result);
    } else {
        outcome.code = result.error().code;
        outcome.position = result.error().position;
        outcome.token = result.error().token;
    }
    return outcome;
}

QByteArray requestLine(const Case &one)
{
    std::string line = "{\"expression\":";
    appendJsonString(line, one.expression);
    const std::string_view document = sampleDocuments()[one.document];
    if (!document.empty()) {
        line += ",\"data\":";
        appendJsonString(line, document);
    }
    line.append(",\"bindings\":").append(kBindings).append("}\n");
    return QByteArray::fromStdString(line);
}

std::string shown(const Outcome &outcome)
{
    if (outcome.code.empty())
        return outcome.result.substr(0, 300);
    return outcome.code + " at " + std::to_string(outcome.position) + " token <" + outcome.token +
           ">";
}

std::string kindOf(const Outcome &outcome)
{
    return outcome.code.empty() ? "a value" : outcome.code;
}

std::string report(const Case &one, const Outcome &own, const Outcome &reference)
{
    return one.expression + "\n      document " + std::to_string(one.document) +
           "\n      reference " + shown(reference) + "\n      ours      " + shown(own);
}

unsigned long long setting(const char *name, unsigned long long fallback)
{
    bool given = false;
    const auto value = qEnvironmentVariable(name).toULongLong(&given);
    return given ? value : fallback;
}

/// Shortest first, a few of each kind; returns how many there are.
std::size_t print(std::map<std::string, std::vector<std::string>> &groups)
{
    std::size_t differences = 0;
    for (auto &[name, list] : groups) {
        differences += list.size();
        std::sort(list.begin(), list.end(),
                  [](const auto &a, const auto &b) { return a.size() < b.size(); });
        std::printf("%zu times %s\n", list.size(), name.c_str());
        list.resize(std::min<std::size_t>(list.size(), setting("TIDEWIRE_DIFFERENTIAL_SHOW", 3)));
        for (const std::string &one : list)
            std::printf("    %s\n", one.c_str());
    }
    return differences;
}

} // namespace

/// Generated expressions, evaluated by us and by the reference (npm jsonata, pinned in
/// tests/peers): results, error codes, positions and tokens must agree, but for the differences
/// listed in Deliberate.cpp. TIDEWIRE_DIFFERENTIAL_CASES and _SEED ask for more and for others;
/// _MEANT lists the deliberate differences by their reasons, _SHOW says how many of each.
class tst_JsonataReference : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cornersOfTheLanguageMeanTheSame();
    void generatedExpressionsMeanTheSame();

private:
    void compare(const std::vector<Case> &cases);
    std::vector<QByteArray> answers(const std::vector<Case> &cases);
    QString m_node, m_script;
};

void tst_JsonataReference::initTestCase()
{
    m_node = QStandardPaths::findExecutable(QStringLiteral("node"));
    if (m_node.isEmpty())
        QSKIP("node is not installed: the reference needs node 20 or newer");
    const QString sources = QStringLiteral(TIDEWIRE_SOURCE_DIR "/tests/peers");
    const QString folder = qEnvironmentVariable("TIDEWIRE_PEERS_DIR", sources);
    if (!QFileInfo::exists(folder + QStringLiteral("/node_modules/jsonata")))
        QSKIP("the reference is not installed: run \"npm ci --ignore-scripts\" in tests/peers");
    m_script = folder + QStringLiteral("/jsonata.mjs");
    if (folder != sources) {
        QFile::remove(m_script);
        QVERIFY(QFile::copy(sources + QStringLiteral("/jsonata.mjs"), m_script));
    }
}

/// A case on which the reference itself dies counts as an exception; it goes on behind it.
std::vector<QByteArray> tst_JsonataReference::answers(const std::vector<Case> &cases)
{
    std::vector<QByteArray> lines;
    while (lines.size() < cases.size()) {
        const std::size_t before = lines.size();
        QTemporaryDir folder;
        QFile requests(folder.filePath(QStringLiteral("requests")));
        if (!requests.open(QIODevice::WriteOnly))
            return {};
        for (std::size_t i = before; i < cases.size(); ++i)
            requests.write(requestLine(cases[i]));
        requests.close();
        QProcess process;
        process.setStandardInputFile(requests.fileName());
        process.start(m_node, {m_script});
        if (!process.waitForStarted() || !process.waitForFinished(600'000))
            return {};
        for (const QByteArray &line : process.readAllStandardOutput().split('\n')) {
            if (line.startsWith('{') && line.endsWith('}'))
                lines.push_back(line);
        }
        if (before == 0 && lines.empty())
            return {};
        if (lines.size() < cases.size())
            lines.push_back("{\"code\":\"js\"}");
    }
    return lines;
}

void tst_JsonataReference::compare(const std::vector<Case> &cases)
{
    const std::vector<QByteArray> lines = answers(cases);
    QCOMPARE(lines.size(), cases.size());
    std::vector<Document> inputs;
    for (const std::string_view text : sampleDocuments())
        inputs.push_back(std::move(*parseJson(text.empty() ? "0" : text)));
    const auto bindings = parseJson(kBindings);
    int waived = 0;
    std::map<std::string, std::vector<std::string>> groups;
    std::map<std::string, std::vector<std::string>> meant;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto answer = parseJson(lines[i].toStdString());
        if (!answer) { // too large to be compared
            ++waived;
            continue;
        }
        const Outcome reference = outcomeOf(answer->root());
        const Value input = cases[i].document == 0 ? Value() : inputs[cases[i].document].root();
        const Outcome own = ownOutcome(cases[i], input, bindings->root());
        if (agree(own, reference))
            continue;
        if (const auto why = whyDeliberate(cases[i].expression, own, reference); !why.empty()) {
            ++waived;
            meant[std::string(why)].push_back(report(cases[i], own, reference));
            continue;
        }
        groups[kindOf(reference) + " but " + kindOf(own)].push_back(
            report(cases[i], own, reference));
    }
    if (qEnvironmentVariableIsSet("TIDEWIRE_DIFFERENTIAL_MEANT"))
        print(meant);
    const std::size_t differences = print(groups);
    std::printf("%zu expressions compared, %d deliberate differences, %zu others\n", cases.size(),
                waived, differences);
    QCOMPARE(differences, std::size_t{0});
}

void tst_JsonataReference::generatedExpressionsMeanTheSame()
{
    const auto count = setting("TIDEWIRE_DIFFERENTIAL_CASES", 4000);
    const auto seed = setting("TIDEWIRE_DIFFERENTIAL_SEED", 20260716);
    ExpressionGenerator generator(seed);
    Random random(seed + 1);
    std::vector<Case> cases;
    for (unsigned long long i = 0; i < count; ++i) {
        // Most expressions speak of the second document.
        const std::size_t document =
            random.below(2) == 0 ? 1 : random.below(sampleDocuments().size());
        cases.push_back({generator.next(), document});
    }
    compare(cases);
}

void tst_JsonataReference::cornersOfTheLanguageMeanTheSame()
{
    QFile file(QStringLiteral(TIDEWIRE_SOURCE_DIR "/tests/peers/corners.txt"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    std::vector<Case> cases;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.size() > 2 && line[0] != '#')
            cases.push_back({line.mid(2).toStdString(), static_cast<std::size_t>(line[0] - '0')});
    }
    compare(cases);
}

QTEST_GUILESS_MAIN(tst_JsonataReference)
#include "tst_JsonataReference.moc"
