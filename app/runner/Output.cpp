// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Output.h"

#include "core/base/Clock.h"
#include "core/data/Json.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <numeric>
#include <sys/ioctl.h>
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

/// The first `count` code points, or the last.
std::string_view beginning(std::string_view text, std::size_t count)
{
    std::size_t end = 0;
    for (std::size_t points = 0; end < text.size(); ++end) {
        if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && points++ == count)
            break;
    }
    return text.substr(0, end);
}

std::string_view ending(std::string_view text, std::size_t count)
{
    return text.substr(beginning(text, width(text) - count).size());
}

/// At most so many code points, of both ends: names begin alike and differ at their end.
std::string cut(const std::string &text, std::size_t most)
{
    if (width(text) <= most)
        return text;
    const std::size_t end = most / 2;
    return std::string(beginning(text, most - 1 - end)) + "…" + std::string(ending(text, end));
}

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::size_t> widthsOf(const Rows &rows)
{
    std::vector<std::size_t> widths;
    for (const auto &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], plainWidth(row[i]));
    }
    return widths;
}

/// Of a table with such columns: two spaces before each, one more between them.
std::size_t lineOf(const std::vector<std::size_t> &widths)
{
    return std::accumulate(widths.begin(), widths.end(), 2 * widths.size());
}

/// A column is cut only where what differs still looks different.
void cutColumn(Rows &rows, std::size_t column, std::size_t most)
{
    std::map<std::string, std::string> shown; // cut, whole
    for (std::size_t row = 1; row < rows.size(); ++row) {
        const std::string &whole = rows[row][column];
        const auto [one, isNew] = shown.emplace(cut(whole, most), whole);
        if (!isNew && one->second != whole)
            return;
    }
    for (std::size_t row = 1; row < rows.size(); ++row)
        rows[row][column] = cut(rows[row][column], most);
}

/// The widest of the `prose` columns; their number where there is none.
std::size_t widestOf(const std::vector<std::size_t> &widths, const std::vector<bool> &prose)
{
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (prose[i] && (widest == widths.size() || widths[i] > widths[widest]))
            widest = i;
    }
    return widest;
}

std::vector<std::string> linesOf(const Rows &rows, const std::vector<bool> &right)
{
    const std::vector<std::size_t> widths = widthsOf(rows);
    std::vector<std::string> lines;
    for (const auto &row : rows) {
        std::string text = " ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string pad(widths[i] - plainWidth(row[i]), ' ');
            const bool toRight = i < right.size() && right[i];
            text += ' ' + (toRight ? pad + row[i] : row[i] + pad) + ' ';
        }
        while (!text.empty() && text.back() == ' ')
            text.pop_back();
        lines.push_back(std::move(text));
    }
    return lines;
}

std::string joined(const std::vector<std::string> &lines)
{
    std::string all;
    for (const std::string &line : lines)
        all += (all.empty() ? "" : "\n") + line;
    return all;
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

std::size_t lineWidth()
{
    if (::isatty(1) == 0)
        return std::numeric_limits<std::size_t>::max();
    if (const char *given = std::getenv("COLUMNS")) {
        if (const long columns = std::strtol(given, nullptr, 10); columns > 0)
            return static_cast<std::size_t>(columns);
    }
    winsize size{};
    return ::ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string fittedTable(Rows rows, std::vector<bool> prose, std::size_t most)
{
    constexpr std::size_t kNarrowest = 12;
    std::vector<std::size_t> widths = widthsOf(rows);
    if (lineOf(widths) <= most || rows.size() < 2)
        return table(rows);
    std::vector<std::string> below(rows.size());
    if (const std::size_t widest = widestOf(widths, prose); widest < widths.size()) {
        const auto at = static_cast<std::ptrdiff_t>(widest);
        const std::string title = rows.front()[widest];
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (row > 0 && rows[row][widest] != "-")
                below[row] = "      " + title + ' ' + rows[row][widest];
            rows[row].erase(rows[row].begin() + at);
        }
        prose.erase(prose.begin() + at);
        widths = widthsOf(rows);
    }
    while (lineOf(widths) > most) {
        const std::size_t widest = widestOf(widths, prose);
        if (widest == widths.size() || widths[widest] <= kNarrowest)
            break;
        --widths[widest];
    }
    for (std::size_t column = 0; column < prose.size(); ++column) {
        if (prose[column])
            cutColumn(rows, column, widths[column]);
    }
    std::vector<std::string> lines = linesOf(rows, {});
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!below[row].empty())
            lines[row] += '\n' + below[row];
    }
    return joined(lines);
}

std::string table(const Rows &rows, const std::vector<bool> &right)
{
    return joined(linesOf(rows, right));
}

} // namespace tw::runner
