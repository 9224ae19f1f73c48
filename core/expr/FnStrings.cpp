// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/expr/Builtins.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <QByteArray>

#include <algorithm>
#include <cmath>

namespace tw::expr::fn {
namespace {

bool isAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

Value textValue(Call &call, std::string_view text)
{
    return call.run.charge(text.size()) ? Value::string(call.run.arena, text) : Value();
}

template <typename Change>
Value asciiCase(Call &call, std::string_view text, Change change)
{
    if (!call.run.charge(text.size()))
        return {};
    auto *out = static_cast<char *>(call.run.arena.allocate(text.size(), 1));
    std::transform(text.begin(), text.end(), out, change);
    return Value::string({out, text.size()});
}

} // namespace

Value string(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined() || value.isString())
        return value;
    const std::string_view text = stringOf(call.run, value, truth(call.arg(1)));
    return call.run.failed() ? Value() : Value::string(text);
}

Value substring(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const std::string_view text = value.text();
    const bool ascii = isAscii(text);
    const auto points = static_cast<double>(ascii ? text.size() : utf8::pointCount(text));
    double from = numberOf(call.arg(1));
    if (points + from < 0)
        from = 0;
    double to = points;
    if (const Value length = call.arg(2); !length.isUndefined()) {
        if (!(numberOf(length) > 0))
            return Value::string({});
        to = std::trunc((from >= 0 ? from : points + from) + numberOf(length));
    }
    // As JavaScript's slice(): what is no number counts as 0.
    from = std::isnan(from) ? 0 : std::trunc(from);
    to = std::isnan(to) ? 0 : to;
    if (from < 0)
        from += points;
    from = std::clamp(from, 0.0, points);
    to = std::clamp(to, from, points);
    const auto begin = static_cast<std::size_t>(from);
    const auto count = static_cast<std::size_t>(to - from);
    if (ascii)
        return Value::string(text.substr(begin, count));
    const std::size_t at = utf8::offsetOf(text, begin);
    return Value::string(text.substr(at, utf8::offsetOf(text.substr(at), count)));
}

Value substringBefore(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const Value sought = call.arg(1);
    const std::size_t at =
        sought.isString() ? value.text().find(sought.text()) : std::string_view::npos;
    return at == std::string_view::npos ? value : Value::string(value.text().substr(0, at));
}

Value substringAfter(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    if (call.arg(1).isUndefined())
        return value;
    const std::string_view sought = call.arg(1).text();
    const std::size_t at = value.text().find(sought);
    return at == std::string_view::npos ? value
                                        : Value::string(value.text().substr(at + sought.size()));
}

Value lowercase(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    if (isAscii(value.text()))
        return asciiCase(call, value.text(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
    return textValue(call, toUtf8(toQString(value.text()).toLower()));
}

Value uppercase(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    if (isAscii(value.text()))
        return asciiCase(call, value.text(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        });
    return textValue(call, toUtf8(toQString(value.text()).toUpper()));
}

Value length(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    return Value::integer(static_cast<std::int64_t>(utf8::pointCount(value.text())));
}

Value trim(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    const std::string_view text = value.text();
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (begin < end && blank(text[begin]))
        ++begin;
    while (end > begin && blank(text[end - 1]))
        --end;
    const std::string_view core = text.substr(begin, end - begin);
    bool clean = true;
    for (std::size_t i = 0; i < core.size(); ++i)
        clean = clean && (!blank(core[i]) || (core[i] == ' ' && !blank(core[i + 1])));
    if (clean)
        return Value::string(core);
    std::string out;
    for (std::size_t i = 0; i < core.size(); ++i) {
        if (!blank(core[i]))
            out += core[i];
        else if (!blank(core[i + 1]))
            out += ' ';
    }
    return textValue(call, out);
}

Value pad(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const std::string_view text = value.text();
    const double width = std::trunc(numberOf(call.arg(1)));
    std::string_view filler = call.arg(2).isString() ? call.arg(2).text() : " ";
    if (filler.empty())
        filler = " ";
    const double missing = std::fabs(width) - static_cast<double>(utf8::pointCount(text));
    if (!(missing > 0))
        return value;
    const auto points = static_cast<std::size_t>(std::min(missing, 1e12));
    if (utf8::pointCount(filler) == 0)
        filler = " "; // Broken UTF-8: nothing but ends of characters.
    const std::size_t perFiller = utf8::pointCount(filler);
    const std::size_t rest = utf8::offsetOf(filler, points % perFiller);
    const std::size_t bytes = points / perFiller * filler.size() + rest;
    if (!call.run.charge(bytes + text.size()) ||
        !call.run.step(static_cast<std::uint32_t>(std::min<std::size_t>(bytes / 64, 1u << 30))))
        return {};
    auto *out = static_cast<char *>(call.run.arena.allocate(bytes + text.size(), 1));
    char *to = out;
    if (width > 0)
        to = std::copy(text.begin(), text.end(), to);
    for (std::size_t i = 0; i < points / perFiller; ++i)
        to = std::copy(filler.begin(), filler.end(), to);
    to = std::copy_n(filler.begin(), rest, to);
    if (width < 0)
        std::copy(text.begin(), text.end(), to);
    return Value::string({out, bytes + text.size()});
}

Value join(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined())
        return {};
    const std::string_view between = call.arg(1).isString() ? call.arg(1).text() : "";
    std::size_t bytes = 0;
    for (const Value &item : list.items())
        bytes += item.text().size() + between.size();
    if (!call.run.charge(bytes) || !call.run.step(list.size()))
        return {};
    auto *out = static_cast<char *>(call.run.arena.allocate(bytes, 1));
    char *to = out;
    bool first = true;
    for (const Value &item : list.items()) {
        if (!first)
            to = std::copy(between.begin(), between.end(), to);
        first = false;
        to = std::copy(item.text().begin(), item.text().end(), to);
    }
    return Value::string({out, static_cast<std::size_t>(to - out)});
}

Value base64encode(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    std::string bytes; // the low halves of the UTF-16 units, as the reference has it
    for (std::size_t at = 0; at < value.text().size();) {
        const char32_t point = utf8::decode(value.text(), at);
        if (point >= 0x10000)
            bytes += static_cast<char>((point - 0x10000) >> 10 & 0xFF);
        bytes += static_cast<char>(point & 0xFF);
    }
    if (!call.run.charge(bytes.size() * 2))
        return {};
    return textValue(call, QByteArray::fromStdString(bytes).toBase64().toStdString());
}

Value base64decode(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const std::string_view text = value.text().substr(0, value.text().find('='));
    QByteArray coded(text.data(), static_cast<qsizetype>(text.size()));
    coded.replace('-', '+').replace('_', '/'); // both alphabets are understood
    std::string out;
    for (const char c : QByteArray::fromBase64(coded))
        utf8::append(out, static_cast<unsigned char>(c));
    return textValue(call, out);
}

} // namespace tw::expr::fn
