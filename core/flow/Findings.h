// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"
#include "core/schema/Diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// The findings about one file, as they are collected. Lives for one check, on one thread.
class Findings
{
public:
    explicit Findings(std::string file) : m_file(std::move(file)) {}

    const std::string &file() const { return m_file; }
    void error(const TextPosition &at, std::string code, std::string message, std::string fix);
    void warning(const TextPosition &at, std::string code, std::string message, std::string fix);
    void report(Severity severity, const TextPosition &at, std::string code, std::string message,
                std::string fix);
    void unknownKey(const YamlNode::Entry &entry, std::string_view owner,
                    const std::vector<std::string> &known);
    void problem(const YamlProblem &problem);

    /// Names the place for what is reported from now on: "steps/charges/with", "charges".
    void enter(std::string path, std::string step = {});

    /// Takes over what readSettings() and descriptors found, relative to the present place.
    void adopt(std::vector<Diagnostic> found, const TextPosition &whereUnknown);

    std::vector<Diagnostic> &all() { return m_all; }

private:
    std::string m_file, m_path, m_step;
    std::vector<Diagnostic> m_all;
};

/// `"text"` for messages, cut when long.
std::string inQuotes(std::string_view text);
/// "Did you mean "x"?", or `otherwise` when no known word is near.
std::string didYouMean(std::string_view word, const std::vector<std::string> &known,
                       std::string otherwise);

} // namespace tw
