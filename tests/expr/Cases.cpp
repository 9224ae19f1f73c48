// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/expr/Cases.h"

#include "core/data/Json.h"

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
