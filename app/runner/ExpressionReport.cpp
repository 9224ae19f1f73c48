// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/ExpressionReport.h"

#include "app/runner/Files.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/data/Utf8.h"
#include "core/expr/FunctionReference.h"

#include <QChar>
#include <QList>
#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace tw::runner {
namespace {

constexpr int kTab = 4;
constexpr int kLineWidth = 100;
constexpr int kMostBefore = 60; ///< Columns in front of the first caret.

/// One character as a terminal shows it.
struct Cell
{
    std::string shown;
    int columns = 1;
    std::size_t offset = 0;
};

bool isWide(char32_t c)
{
    // Unicode, East Asian Width W and F, and emoji.
    static constexpr std::array<std::pair<char32_t, char32_t>, 13> kWide{{
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3041, 0x33FF},
        {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF},
        {0xA000, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1FAFF},
        {0x20000, 0x3FFFD},
    }};
    return std::ranges::any_of(
        kWide, [c](const auto &range) { return c >= range.first && c <= range.second; });
}

Cell cellOf(std::string_view bytes, std::size_t offset, int column)
{
    if (bytes == "\t")
        return {std::string(static_cast<std::size_t>(kTab - column % kTab), ' '),
                kTab - column % kTab, offset};
    const QString text = toQString(bytes);
    const QList<uint> points = text.toUcs4();
    const char32_t c = points.isEmpty() ? char32_t(0xFFFD) : char32_t(points.first());
    const auto category = QChar::category(c);
    if (category == QChar::Other_Control || category == QChar::Other_Format || c == 0xFFFD)
        return {"\xEF\xBF\xBD", 1, offset};
    const bool joins = category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing;
    return {std::string(bytes), joins ? 0 : isWide(c) ? 2 : 1, offset};
}

std::vector<Cell> cellsOf(std::string_view line)
{
    std::vector<Cell> cells;
    int column = 0;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t length = std::max<std::size_t>(1, utf8::characterLength(line, at));
        cells.push_back(cellOf(line.substr(at, length), at, column));
        column += cells.back().columns;
        at += length;
    }
    return cells;
}

int columnsOf(const std::vector<Cell> &cells, std::size_t from, std::size_t to)
{
    return std::accumulate(cells.begin(), cells.end(), 0, [=](int sum, const Cell &cell) {
        return cell.offset >= from && cell.offset < to ? sum + cell.columns : sum;
    });
}

/// The line and the carets below it, both behind `margin`.
std::string underlined(std::string_view line, std::size_t start, std::size_t end,
                       const std::string &margin, const std::string &below)
{
    const std::vector<Cell> cells = cellsOf(line);
    std::size_t from = 0;
    int left = columnsOf(cells, 0, start);
    const bool cutLeft = left > kMostBefore;
    for (; from < cells.size() && left > kMostBefore; ++from)
        left -= cells[from].columns;
    std::string shown = cutLeft ? "\u2026" : "";
    const int before = (cutLeft ? 1 : 0) + left;
    int used = cutLeft ? 1 : 0;
    for (; from < cells.size() && used + cells[from].columns < kLineWidth; ++from) {
        shown += cells[from].shown;
        used += cells[from].columns;
    }
    if (from < cells.size())
        shown += "\u2026";
    const int carets = std::clamp(columnsOf(cells, start, end), 1, kLineWidth - before);
    while (!shown.empty() && shown.back() == ' ')
        shown.pop_back();
    return margin + shown + '\n' + below + std::string(static_cast<std::size_t>(before), ' ') +
           std::string(static_cast<std::size_t>(carets), '^');
}

/// Byte offset behind `units` UTF-16 units.
std::size_t offsetOfUnits(std::string_view text, int units)
{
    std::size_t at = 0;
    for (int counted = 0; at < text.size() && counted < units;) {
        const std::size_t length = std::max<std::size_t>(1, utf8::characterLength(text, at));
        counted += length == 4 ? 2 : 1;
        at += length;
    }
    return at;
}

/// A call that names no function or lacks arguments is wrong in its name, not in what it is given.
void narrowToName(std::string_view text, const ExpressionError &error, int &start, int &end)
{
    const bool noFunction = error.code == "T1005" || error.code == "T1006";
    const bool noArgument = error.code == "T0410" && error.value.empty();
    if ((!noFunction && !noArgument) || error.token.empty() || start < 0)
        return;
    const std::string_view part =
        text.substr(std::min(static_cast<std::size_t>(start), text.size()));
    for (const std::string &name : {"$" + error.token, error.token}) {
        if (part.starts_with(name)) {
            end = start + static_cast<int>(name.size());
            return;
        }
    }
}

bool placeOf(std::string_view text, const ExpressionError &error, int &start, int &end)
{
    start = error.start;
    end = error.end;
    if (start < 0 && error.position < 0)
        return false;
    if (start < 0) {
        end = static_cast<int>(offsetOfUnits(text, error.position));
        start = static_cast<int>(offsetOfUnits(text, std::max(0, error.position - 1)));
    }
    narrowToName(text, error, start, end);
    return true;
}

const FunctionInfo *functionNamed(std::string_view name)
{
    const auto table = functionTable();
    const auto found = std::ranges::find(table, name, &FunctionInfo::name);
    return found == table.end() ? nullptr : &*found;
}

std::string nearestFunction(std::string_view name)
{
    std::vector<std::string> known;
    for (const FunctionInfo &function : functionTable())
        known.emplace_back(function.name);
    return nearestWord(name, known);
}

} // namespace

std::string markedPlace(std::string_view text, int start, int end)
{
    const std::size_t sound = text.find_last_not_of(" \t\r\n") + 1;
    const std::size_t from = std::min(static_cast<std::size_t>(std::max(start, 0)), sound);
    const std::size_t lineStart = from == 0 ? 0 : text.rfind('\n', from - 1) + 1;
    const std::size_t newline = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(lineStart, newline - lineStart);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    const std::size_t last = std::max(from, std::min(lineStart + line.size(), sound));
    const std::size_t to = std::clamp(static_cast<std::size_t>(std::max(end, 0)), from, last);
    const auto place = utf8::lineColumn(text, from);
    const std::string number = std::to_string(place.line);
    const std::string blank(number.size(), ' ');
    return "at " + number + ':' + std::to_string(place.column) + '\n' +
           underlined(line, from - lineStart, to - lineStart, "  " + number + " | ",
                      "  " + blank + " | ");
}

namespace {

/// The function that failed and the value it failed on, where the error is about one: as the
/// reference tells them.
void addCause(Arena &arena, ObjectBuilder &object, const ExpressionError &error)
{
    const bool isCall = error.code.starts_with("D31") && !error.token.empty();
    if (isCall)
        object.set("functionName", Value::string(arena, error.token));
    const auto value = isCall ? parseJson(error.value) : Result<Document>(Error{});
    if (value)
        object.set("value", copyInto(arena, value->root()));
}

} // namespace

Value errorValue(Arena &arena, const ExpressionError &error, bool withToken)
{
    ObjectBuilder object(arena);
    object.set("code", Value::string(arena, error.code));
    if (error.position >= 0)
        object.set("position", Value::integer(error.position));
    if (withToken && !error.token.empty())
        object.set("token", Value::string(arena, error.token));
    if (withToken)
        addCause(arena, object, error);
    object.set("message", Value::string(arena, error.message));
    return object.finish();
}

std::string fixFor(const ExpressionError &error)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kFixes{{
        {"S0101", "Close the string with the quote that it began with."},
        {"S0105", "Close the field name with a backquote."},
        {"S0106", "Close the comment with */."},
        {"S0203", "Add it at the end."},
        {"S0207", "Write what belongs behind the last sign, or remove the sign."},
        {"S0302", "Close the regular expression with a slash."},
        {"T1005", "Functions are written with a dollar sign."},
        {"T2001", "Turn the text into a number with $number(), or give a default with ??."},
        {"T2002", "Turn the text into a number with $number(), or give a default with ??."},
        {"T2009", "Turn one side into the type of the other with $number() or $string()."},
        {"T2010", "Turn both sides into numbers or texts with $number() or $string()."},
        {"D1001", "Ask for zero before dividing: b = 0 ? 0 : a / b."},
        {"D1012", "Look for a loop that does not end, or work on fewer items."},
        {"D2015", "Work on fewer items, or build smaller texts."},
        {"D3030",
         "Only digits can become a number: remove signs and blanks with $replace() first."},
        {"X1001", "Write the expression itself instead of a text."},
    }};
    if ((error.code == "T1006" || error.code == "T1008") && functionNamed(error.token))
        return "$" + error.token +
               " is bound to a value here that is no function; give that"
               " variable another name.";
    if (error.code == "T1006" || error.code == "T1008") {
        const std::string meant = nearestFunction(error.token);
        return meant.empty() ? "`tidewire functions` lists the functions there are."
                             : "Did you mean $" + meant + "?";
    }
    if (error.code.starts_with("T041")) {
        const FunctionInfo *function = functionNamed(error.token);
        return function ? callForm(*function) + " takes " + signatureInWords(*function)
                        : std::string();
    }
    const bool isArithmetic = error.code == "T2001" || error.code == "T2002";
    if (isArithmetic && !error.value.starts_with('"'))
        return "Take a number from it, or give a default with ??.";
    const auto found = std::ranges::find(kFixes, error.code,
                                         &std::pair<std::string_view, std::string_view>::first);
    return found == kFixes.end() ? std::string() : std::string(found->second);
}

int reportExpressionError(Output &out, std::string_view text, const ExpressionError &error)
{
    if (out.isJson()) {
        Arena arena;
        out.message(toJson(errorValue(arena, error, false)));
        return kNotRight;
    }
    int start = -1;
    int end = -1;
    std::string report = error.message + " [" + error.code + "]";
    if (placeOf(text, error, start, end))
        report += ' ' + markedPlace(text, start, end);
    if (const std::string fix = fixFor(error); !fix.empty())
        report += "\n" + fix;
    out.message(report);
    return kNotRight;
}

Result<std::string> expressionText(const std::string &expression, const std::string &file)
{
    if (file.empty() && utf8::firstInvalid(expression) != std::string::npos)
        return rejectedError("runner.not_utf8", "The expression is not UTF-8 text.");
    if (file.empty())
        return expression;
    auto text = readInput(file);
    if (!text)
        return text;
    if (text->starts_with(utf8::kByteOrderMark))
        text->erase(0, utf8::kByteOrderMark.size());
    const std::size_t bad = utf8::firstInvalid(*text);
    if (bad == std::string::npos)
        return text;
    const auto place = utf8::lineColumn(*text, bad);
    return rejectedError("runner.not_utf8", "The expression is not UTF-8 text; save the file as"
                                            " UTF-8.")
        .at(file + ':' + std::to_string(place.line) + ':' + std::to_string(place.column));
}

Result<Document> readDocument(const std::string &path)
{
    if (path.empty())
        return Document();
    auto bytes = readInput(path);
    if (!bytes)
        return std::move(bytes).error();
    auto document = parseJson(*bytes);
    if (!document)
        return std::move(document.error()).at(path);
    return document;
}

int reportUnreadable(Output &out, const Error &error)
{
    if (out.isJson()) {
        Arena arena;
        ObjectBuilder object(arena);
        object.set("code", Value::string(arena, error.code));
        object.set("message", Value::string(arena, error.message));
        if (!error.where.empty())
            object.set("where", Value::string(arena, error.where));
        out.message(toJson(object.finish()));
    } else {
        out.message(error.text());
    }
    return error.kind == ErrorKind::Transient ? kCouldNot : kNotRight;
}

} // namespace tw::runner
