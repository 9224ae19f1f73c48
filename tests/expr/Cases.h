// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw::test {

/// The folder of reference data, or empty when it is not on this machine.
std::string sharedFolder();
std::optional<std::string> readFile(const std::string &path);
/// The JSON document of a file; throws nothing, gives undefined for a broken one.
std::optional<Document> readJson(const std::string &path);

/// One of the benchmark mappings: an expression and the file of the event that it reads.
struct BenchMapping
{
    std::string id;
    std::string title;
    std::string text;
    std::string data;

    std::optional<Document> event() const;
};

/// All of them; empty when they are not on this machine.
std::vector<BenchMapping> benchMappings();
std::vector<std::string> benchTexts();
const BenchMapping *findMapping(const std::vector<BenchMapping> &mappings, const std::string &id);

/// One case of the JSONata suite. Its values belong to the Suite.
struct SuiteCase
{
    std::string group;
    std::string name; ///< "function-sum/case000[0]"
    std::string text;
    Value test; ///< As the file has it.
    Value input;

    /// Bindings and limits of the case, with $eval, at one fixed moment.
    Environment environment() const;
    bool expectsError() const;
};

/// The open cases of the JSONata suite, in the order of their files.
class Suite
{
public:
    Suite(); ///< Without cases when the suite is not on this machine.
    const std::vector<SuiteCase> &cases() const { return m_cases; }
    const std::vector<std::string> &unreadable() const { return m_unreadable; }

private:
    void readFileOf(const std::string &path);
    void add(const std::string &path, const Value &test, std::size_t index);
    Value dataset(const std::string &name);

    std::string m_folder;
    std::deque<Document> m_documents;
    std::map<std::string, std::optional<Document>> m_datasets;
    std::vector<SuiteCase> m_cases;
    std::vector<std::string> m_unreadable;
};

/// Deep equality as the suite means it: key order free, numbers by value (a relative difference of
/// 1e-15 is what printing and reading back may cost).
bool sameResult(const Value &actual, const Value &expected, bool unordered = false);

} // namespace tw::test
