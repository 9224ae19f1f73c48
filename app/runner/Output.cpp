// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Output.h"

#include "core/base/Clock.h"
#include "core/data/Json.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace tw::runner {
namespace {

std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

/// Without what colours it.
std::size_t plainWidth(std::string_view text)
{
    std::size_t coloured = 0;
    for (std::size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at + 1))
        coloured += text.find('m', at) - at + 1;
    return width(text) - coloured;
}

/// At most so many code points, with a sign that something is missing.
std::string cut(const std::string &text, std::size_t most)
{
    if (width(text) <= most)
        return text;
    std::size_t end = 0;
    for (std::size_t points = 0; end < text.size(); ++end) {
        if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && points++ == most - 1)
            break;
    }
    return text.substr(0, end) + "…";
}

void write(std::FILE *stream, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

} // namespace

Output::Output(bool json)
    : m_json(json), m_coloured(!json && ::isatty(1) != 0 && !std::getenv("NO_COLOR")),
      m_terminal(::isatty(2) != 0), m_startedMs(SystemClock().now().msSinceEpoch)
{}

void Output::line(std::string_view text)
{
    clearProgress();
    write(stdout, std::string(text) + '\n');
}

void Output::json(const Value &value)
{
    line(toJson(value));
}

void Output::message(std::string_view text)
{
    clearProgress();
    if (m_receive)
        m_receive(text);
    else
        write(stderr, std::string(text) + '\n');
}

void Output::progress(std::string_view text)
{
    if (!m_terminal || SystemClock().now().msSinceEpoch - m_startedMs < 1000)
        return;
    m_progressShown = true;
    write(stderr, "\r\x1b[K" + std::string(text));
}

void Output::clearProgress()
{
    if (m_progressShown)
        write(stderr, "\r\x1b[K");
    m_progressShown = false;
}

std::string Output::bold(std::string_view text) const
{
    return styled(text, "1");
}

std::string Output::red(std::string_view text) const
{
    return styled(text, "31");
}

std::string Output::green(std::string_view text) const
{
    return styled(text, "32");
}

std::string Output::faint(std::string_view text) const
{
    return styled(text, "2");
}

std::string Output::styled(std::string_view text, std::string_view code) const
{
    if (!m_coloured)
        return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::vector<std::vector<std::string>> fitted(std::vector<std::vector<std::string>> rows,
                                             const std::vector<bool> &prose)
{
    constexpr std::size_t kWidest = 100;
    constexpr std::size_t kNarrowest = 8;
    std::vector<std::size_t> widths(prose.size());
    for (std::size_t row = 1; row < rows.size(); ++row) {
        for (std::size_t i = 0; i < std::min(widths.size(), rows[row].size()); ++i)
            widths[i] = std::max(widths[i], width(rows[row][i]));
    }
    std::size_t all = 1 + 2 * widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
        all += std::max(widths[i], rows.empty() ? 0 : plainWidth(rows.front()[i]));
    while (all > kWidest) {
        std::size_t widest = widths.size();
        for (std::size_t i = 0; i < widths.size(); ++i) {
            if (prose[i] && (widest == widths.size() || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest == widths.size() || widths[widest] <= kNarrowest)
            break;
        --widths[widest];
        --all;
    }
    for (std::size_t row = 1; row < rows.size(); ++row) {
        for (std::size_t i = 0; i < std::min(widths.size(), rows[row].size()); ++i)
            rows[row][i] = cut(rows[row][i], widths[i]);
    }
    return rows;
}

std::string table(const std::vector<std::vector<std::string>> &rows, const std::vector<bool> &right)
{
    std::vector<std::size_t> widths;
    for (const auto &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const auto &row : rows) {
        std::string text = " ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string pad(widths[i] - width(row[i]), ' ');
            const bool toRight = i < right.size() && right[i];
            text += ' ' + (toRight ? pad + row[i] : row[i] + pad) + ' ';
        }
        while (!text.empty() && text.back() == ' ')
            text.pop_back();
        out += text + '\n';
    }
    if (!out.empty())
        out.pop_back();
    return out;
}

} // namespace tw::runner
