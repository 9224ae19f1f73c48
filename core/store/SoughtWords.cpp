// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SoughtWords.h"

#include <QString>
#include <algorithm>

namespace tw {
namespace {

/// Small letters. Of a text with the same number of bytes in each case, places stay the same.
std::string folded(std::string_view text)
{
    const bool ascii = std::all_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii)
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))
            .toLower()
            .toStdString();
    std::string small(text);
    for (char &c : small)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return small;
}

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

} // namespace

SoughtWords::SoughtWords(const std::vector<std::string> &words, Case rule)
{
    for (const std::string &word : words) {
        const bool address = word.find('@') != std::string::npos;
        const bool free = address || rule == Case::IsFree;
        const auto add = [&](const std::string &form) {
            m_words.push_back({free ? folded(form) : form, free});
        };
        add(word);
        if (word.find_first_of("\"\\") != std::string::npos)
            add(replaced(replaced(word, "\\", "\\\\"), "\"", "\\\""));
        if (address)
            add(replaced(word, "@", "%40"));
        m_folds = m_folds || free;
    }
}

bool SoughtWords::areIn(std::string_view text) const
{
    if (text.empty())
        return false;
    const std::string small = m_folds ? folded(text) : std::string();
    return std::any_of(m_words.begin(), m_words.end(), [&](const Word &word) {
        return (word.anyCase ? std::string_view(small) : text).find(word.text) !=
               std::string_view::npos;
    });
}

std::string SoughtWords::takenOut(std::string text) const
{
    static const std::string kErased = "(erased)";
    for (const Word &word : m_words) {
        for (std::size_t from = 0;;) {
            const std::string small = word.anyCase ? folded(text) : text;
            if (small.size() !=
                text.size()) // Places differ: all of it goes rather than a part too few.
                return small.find(word.text) == std::string::npos ? text : kErased;
            const std::size_t at = small.find(word.text, from);
            if (at == std::string::npos)
                break;
            text.replace(at, word.text.size(), kErased);
            from = at + kErased.size();
        }
    }
    return text;
}

} // namespace tw
