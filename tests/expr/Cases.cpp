// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/expr/Cases.h"

#include "core/data/Json.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace tw::test {

std::string sharedFolder()
{
    const char *given = std::getenv("TIDEWIRE_SHARED");
    const std::string folder = given ? given : TIDEWIRE_SOURCE_DIR "/../shared";
    return std::filesystem::exists(folder) ? folder : std::string();
}

std::optional<std::string> readFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::optional<Document> readJson(const std::string &path)
{
    const auto text = readFile(path);
    if (!text)
        return std::nullopt;
    auto document = parseJson(*text);
    if (!document)
        return std::nullopt;
    return std::move(*document);
}

std::optional<Document> BenchMapping::event() const
{
    return readJson(sharedFolder() + "/bench/mapping/data/" + data + ".json");
}

std::vector<BenchMapping> benchMappings()
{
    std::vector<BenchMapping> mappings;
    const auto cases = readJson(sharedFolder() + "/bench/mapping/cases.json");
    for (const Value &test : cases ? cases->root().items() : std::span<const Value>()) {
        const auto text = [&test](const char *key) { return std::string(test.get(key).text()); };
        mappings.push_back({text("id"), text("title"), text("expr"), text("data")});
    }
    return mappings;
}

std::vector<std::string> benchTexts()
{
    std::vector<std::string> texts;
    for (const BenchMapping &mapping : benchMappings())
        texts.push_back(mapping.text);
    return texts;
}

const BenchMapping *findMapping(const std::vector<BenchMapping> &mappings, const std::string &id)
{
    const auto found = std::ranges::find(mappings, id, &BenchMapping::id);
    return found == mappings.end() ? nullptr : &*found;
}

Environment SuiteCase::environment() const
{
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
    return environment;
}

bool SuiteCase::expectsError() const
{
    return test.get("code").isString() || test.get("error").isObject();
}

Suite::Suite() : m_folder(sharedFolder() + "/jsonata")
{
    if (!std::filesystem::exists(m_folder + "/groups"))
        return;
    std::vector<std::string> files;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(m_folder + "/groups")) {
        if (entry.path().extension() == ".json")
            files.push_back(entry.path().string());
    }
    std::ranges::sort(files);
    for (const std::string &file : files)
        readFileOf(file);
}

void Suite::readFileOf(const std::string &path)
{
    auto document = readJson(path);
    if (!document) {
        m_unreadable.push_back(path);
        return;
    }
    const Value root = m_documents.emplace_back(std::move(*document)).root();
    if (!root.isArray())
        return add(path, root, 0);
    for (std::uint32_t i = 0; i < root.size(); ++i)
        add(path, root.at(i), i);
}

void Suite::add(const std::string &path, const Value &test, std::size_t index)
{
    const std::filesystem::path file(path);
    SuiteCase made;
    made.group = file.parent_path().filename().string();
    made.name = made.group + '/' + file.stem().string() + '[' + std::to_string(index) + ']';
    made.text = test.get("expr").text();
    if (const Value other = test.get("expr-file"); other.isString())
        made.text =
            readFile((file.parent_path() / std::string(other.text())).string()).value_or("");
    made.test = test;
    made.input = test.get("data");
    if (made.input.isUndefined() && test.get("dataset").isString())
        made.input = dataset(std::string(test.get("dataset").text()));
    m_cases.push_back(std::move(made));
}

Value Suite::dataset(const std::string &name)
{
    auto &known = m_datasets[name];
    if (!known)
        known = readJson(m_folder + "/datasets/" + name + ".json");
    return known ? known->root() : Value();
}

namespace {

bool sameNumber(double a, double b)
{
    return a == b || std::fabs(a - b) <= 1e-15 * std::fabs(b);
}

bool sameUnordered(const Value &actual, const Value &expected)
{
    std::vector<Value> left(expected.items().begin(), expected.items().end());
    for (const Value &item : actual.items()) {
        bool found = false;
        for (auto at = left.begin(); at != left.end() && !found; ++at) {
            found = sameResult(item, *at);
            if (found) {
                left.erase(at);
                break;
            }
        }
        if (!found)
            return false;
    }
    return left.empty();
}

} // namespace

bool sameResult(const Value &actual, const Value &expected, bool unordered)
{
    if (actual.isNumber() && expected.isNumber())
        return sameNumber(actual.toDouble(), expected.toDouble());
    if (actual.kind() != expected.kind())
        return false;
    if (actual.isArray()) {
        if (actual.size() != expected.size())
            return false;
        if (unordered)
            return sameUnordered(actual, expected);
        for (std::uint32_t i = 0; i < actual.size(); ++i) {
            if (!sameResult(actual.at(i), expected.at(i)))
                return false;
        }
        return true;
    }
    if (!actual.isObject())
        return equals(actual, expected);
    std::size_t present = 0;
    for (const Member &member : actual.members()) {
        if (member.value.isUndefined())
            continue;
        ++present;
        if (!sameResult(member.value, expected.get(member.key.text())))
            return false;
    }
    return present == expected.size();
}

} // namespace tw::test
