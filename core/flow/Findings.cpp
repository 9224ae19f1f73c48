// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/Findings.h"

#include "core/base/Text.h"

namespace tw {

void Findings::error(const TextPosition &at, std::string code, std::string message, std::string fix)
{
    report(Severity::Error, at, std::move(code), std::move(message), std::move(fix));
}

void Findings::warning(const TextPosition &at, std::string code, std::string message,
                       std::string fix)
{
    report(Severity::Warning, at, std::move(code), std::move(message), std::move(fix));
}

void Findings::unknownKey(const YamlNode::Entry &entry, std::string_view owner,
                          const std::vector<std::string> &known)
{
    error(entry.keyAt, "flow.unknown_key",
          std::string(owner) + " has no key " + inQuotes(entry.key) + '.',
          didYouMean(entry.key, known, "Remove it."));
}

void Findings::problem(const YamlProblem &problem)
{
    error(problem.at, problem.code, problem.message, {});
}

void Findings::enter(std::string path, std::string step)
{
    m_path = std::move(path);
    m_step = std::move(step);
}

void Findings::adopt(std::vector<Diagnostic> found, const TextPosition &whereUnknown)
{
    for (Diagnostic &finding : found) {
        finding.file = m_file;
        finding.step = m_step;
        if (finding.line == 0) {
            finding.line = whereUnknown.line;
            finding.column = whereUnknown.column;
        }
        finding.path = finding.path.empty() ? m_path : m_path + '/' + finding.path;
        m_all.push_back(std::move(finding));
    }
}

void Findings::report(Severity severity, const TextPosition &at, std::string code,
                      std::string message, std::string fix)
{
    m_all.push_back({severity, std::move(code), m_file, at.line, at.column, std::move(message),
                     std::move(fix), m_path, m_step});
}

std::string inQuotes(std::string_view text)
{
    constexpr std::size_t kShown = 60;
    std::size_t length = std::min(text.size(), kShown);
    while (length > 0 && length < text.size() && (text[length] & 0xC0) == 0x80)
        --length;
    return '"' + std::string(text.substr(0, length)) + (length < text.size() ? "…\"" : "\"");
}

std::string didYouMean(std::string_view word, const std::vector<std::string> &known,
                       std::string otherwise)
{
    // Comparing costs the product of the lengths; files of strangers must not make that long.
    const bool costly = word.size() > 100 || known.size() > 1000;
    const std::string nearest = costly ? std::string() : nearestWord(word, known);
    return nearest.empty() ? otherwise : "Did you mean \"" + nearest + "\"?";
}

} // namespace tw
