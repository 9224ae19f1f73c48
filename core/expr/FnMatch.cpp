// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Builtins.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <charconv>
#include <cmath>
#include <string>

namespace tw::expr::fn {
namespace {

/// One match, whether our own regular expression found it or a function given by the author.
struct Found
{
    std::size_t begin = 0; ///< Bytes.
    std::size_t end = 0;
    Value groups;
};

/// Walks through the matches of a pattern in a text.
class Matches
{
public:
    Matches(Call &call, const Value &pattern, std::string_view text)
        : m_call(call), m_pattern(pattern), m_text(text)
    {
        const Callable *callable = callableOf(pattern);
        if (callable && callable->type == Callable::Type::Regex)
            m_matcher = static_cast<const Matcher *>(callable);
    }

    bool next(Found &found) { return m_matcher ? nextByRegex(found) : nextByFunction(found); }
    /// What a match object has as `next`: finds the match behind the last one.
    Value following()
    {
        if (!m_matcher)
            return m_next;
        auto *next = m_call.run.make<NextMatch>();
        next->type = Callable::Type::NextMatch;
        next->arity = 0;
        next->matcher = m_matcher;
        next->text = m_text;
        next->from = m_from;
        return Value::function(static_cast<Callable *>(next));
    }

private:
    bool nextByRegex(Found &found)
    {
        constexpr int kMostParts = 10;
        const int groups = m_matcher->regex->NumberOfCapturingGroups();
        re2::StringPiece few[kMostParts];
        std::vector<re2::StringPiece> many(
            groups < kMostParts ? 0 : static_cast<std::size_t>(groups) + 1);
        re2::StringPiece *parts = many.empty() ? few : many.data();
        const bool over = m_started && m_from >= m_text.size();
        if (over || !m_call.run.step(1))
            return false;
        const std::size_t rest = m_text.size() - m_from;
        const bool there =
            m_matcher->regex->Match({m_text.data(), m_text.size()}, m_from, m_text.size(),
                                    re2::RE2::UNANCHORED, parts, groups + 1);
        // What was walked over to get there, and a little of the rest: some patterns look ahead far.
        const std::size_t walked = there
            ? static_cast<std::size_t>(parts[0].data() - m_text.data()) + parts[0].size() - m_from
            : rest;
        if (!m_call.run.step(static_cast<std::uint32_t>(walked / 64 + rest / 65536)) || !there)
            return false;
        if (parts[0].empty() && m_started) {
            m_call.run.fail("D1004", nullptr, {}, m_matcher->source);
            return false;
        }
        m_started = true;
        found.begin = static_cast<std::size_t>(parts[0].data() - m_text.data());
        found.end = m_from = found.begin + parts[0].size();
        Items captured(m_call.run);
        for (int i = 1; i <= groups; ++i)
            captured.add(parts[i].data() ? Value::string({parts[i].data(), parts[i].size()})
                                         : Value());
        found.groups = captured.finish(0);
        return true;
    }

    bool nextByFunction(Found &found)
    {
        const Value text = Value::string(m_text);
        const Value match =
            m_started ? callFunction(m_call.run, m_next, nullptr, 0, Value::null(), m_call.frame)
                      : callFunction(m_call.run, m_pattern, &text, 1, Value::null(), m_call.frame);
        m_started = true;
        if (m_call.run.failed() || match.isUndefined())
            return false;
        m_next = match.get("next");
        const Value start = match.get("start");
        const Value end = match.get("end");
        found.groups = match.get("groups");
        if (!start.isNumber() || !end.isNumber() || !found.groups.isArray() ||
            !m_next.isFunction()) {
            m_call.run.fail("T1010");
            return false;
        }
        found.begin = byteOffset(numberOf(start));
        found.end = std::max(found.begin, byteOffset(numberOf(end)));
        return m_call.run.step();
    }

    std::size_t byteOffset(double units) const
    {
        std::size_t at = 0;
        for (double count = 0; at < m_text.size() && count < units;)
            count += utf8::decode(m_text, at) >= 0x10000 ? 2 : 1;
        return at;
    }

    Call &m_call;
    Value m_pattern;
    std::string_view m_text;
    const Matcher *m_matcher = nullptr;
    std::size_t m_from = 0;
    bool m_started = false;
    Value m_next;
};

bool limitOf(Call &call, int index, std::string_view code, double &limit)
{
    limit = INFINITY;
    const Value value = call.arg(index);
    if (value.isUndefined())
        return true;
    limit = numberOf(value);
    if (limit < 0)
        call.run.failValue(code, nullptr, call.name, value, index + 1);
    return !call.run.failed();
}

/// Puts `$1`, `$0` and `$$` of a replacement text in.
void expand(std::string &out, std::string_view replacement, const Found &found,
            std::string_view text)
{
    const std::size_t groups = found.groups.size();
    const auto digits = static_cast<std::size_t>(
        groups == 0 ? 1 : static_cast<int>(std::log10(static_cast<double>(groups))) + 1);
    for (std::size_t at = 0; at < replacement.size();) {
        const char c = replacement[at++];
        if (c != '$') {
            out += c;
            continue;
        }
        if (at < replacement.size() && (replacement[at] == '$' || replacement[at] == '0')) {
            if (replacement[at] == '$')
                out += '$';
            else
                out += text.substr(found.begin, found.end - found.begin);
            ++at;
            continue;
        }
        std::size_t number = 0;
        const char *from = replacement.data() + at;
        const char *end = from + std::min(digits, replacement.size() - at);
        auto read = std::from_chars(from, end, number);
        if (read.ec == std::errc() && digits > 1 && number > groups && end - from > 1)
            read = std::from_chars(from, end - 1, number);
        if (read.ec != std::errc()) {
            out += '$';
            continue;
        }
        if (number >= 1 && number <= groups &&
            found.groups.at(static_cast<std::uint32_t>(number - 1)).isString())
            out += found.groups.at(static_cast<std::uint32_t>(number - 1)).text();
        at += std::to_string(number).size();
    }
}

Value matchObject(Call &call, const Found &found, std::string_view text, const Value &next)
{
    ObjectBuilder match(call.run.arena);
    match.set("match", Value::string(text.substr(found.begin, found.end - found.begin)));
    const auto units = utf8::unitCount(text.substr(0, found.begin));
    match.set("start", Value::integer(static_cast<std::int64_t>(units)));
    match.set("end", Value::integer(
                         static_cast<std::int64_t>(utf8::unitCount(text.substr(0, found.end)))));
    match.set("groups", found.groups);
    match.set("next", next);
    return match.finish();
}

Value textResult(Call &call, const std::string &text)
{
    return call.run.charge(text.size()) ? Value::string(call.run.arena, text) : Value();
}

Value replaceText(Call &call, std::string_view text, std::string_view sought, double limit)
{
    if (sought.empty())
        return call.run.failValue("D3010", nullptr, call.name, call.arg(1), 2);
    const std::string_view with = stringOf(call.run, call.arg(2));
    std::string out;
    std::size_t from = 0;
    for (double count = 0; count < limit; ++count) {
        const std::size_t at = text.find(sought, from);
        if (at == std::string_view::npos || !call.run.step() || !call.run.charge(out.size()))
            break;
        if (call.arg(2).isFunction()) // of what? there is no match object for a plain text
            return call.run.failValue("T0410", nullptr, call.name, call.arg(2), 3);
        out.append(text.substr(from, at - from)).append(with);
        from = at + sought.size();
    }
    return call.run.failed() ? Value() : textResult(call, out.append(text.substr(from)));
}

} // namespace

Value match(Call &call)
{
    const Value value = call.arg(0);
    double limit = 0;
    if (value.isUndefined() || !limitOf(call, 2, "D3040", limit))
        return {};
    const std::string_view text = value.text();
    static const Value kMatch = Value::key("match");
    static const Value kIndex = Value::key("index");
    static const Value kGroups = Value::key("groups");
    Matches matches(call, call.arg(1), text);
    Items results(call.run);
    Found found;
    std::size_t counted = 0;
    std::size_t units = 0;
    bool more = limit > 0 && matches.next(found);
    for (double count = 0; more && count < limit; ++count, more = matches.next(found)) {
        units += utf8::unitCount(text.substr(counted, found.begin - counted));
        counted = found.begin;
        ObjectBuilder object(call.run.arena);
        object.set(kMatch, Value::string(text.substr(found.begin, found.end - found.begin)));
        object.set(kIndex, Value::integer(static_cast<std::int64_t>(units)));
        object.set(kGroups, found.groups);
        results.add(object.finish());
    }
    return call.run.failed() ? Value() : results.finish();
}

Value contains(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const Value token = call.arg(1);
    if (token.isUndefined())
        return {};
    if (token.isString())
        return Value::boolean(value.text().find(token.text()) != std::string_view::npos);
    Found found;
    return Value::boolean(Matches(call, token, value.text()).next(found));
}

Value replace(Call &call)
{
    const Value value = call.arg(0);
    double limit = 0;
    if (value.isUndefined())
        return {};
    const Value pattern = call.arg(1);
    if (pattern.isString() && pattern.size() == 0)
        return call.run.failValue("D3010", nullptr, call.name, pattern, 2);
    if (!limitOf(call, 3, "D3011", limit))
        return {};
    const std::string_view text = value.text();
    if (pattern.isString())
        return replaceText(call, text, pattern.text(), limit);
    const Value with = call.arg(2);
    Matches matches(call, pattern, text);
    std::string out;
    std::size_t from = 0;
    Found found;
    bool more = limit > 0 && matches.next(found);
    for (double count = 0; more && count < limit; ++count, more = matches.next(found)) {
        out += text.substr(from, found.begin - from);
        from = found.end;
        if (!call.run.charge(out.size()))
            return {};
        if (with.isString()) {
            expand(out, with.text(), found, text);
            continue;
        }
        const Value object = matchObject(call, found, text, matches.following());
        const Value made =
            collapsed(callFunction(call.run, with, &object, 1, Value::null(), call.frame));
        if (call.run.failed())
            return {};
        if (!made.isString())
            return call.run.failValue("D3012", nullptr, call.name, made);
        out += made.text();
    }
    return call.run.failed() ? Value() : textResult(call, out.append(text.substr(from)));
}

Value split(Call &call)
{
    const Value value = call.arg(0);
    double limit = 0;
    if (value.isUndefined() || !limitOf(call, 2, "D3020", limit))
        return {};
    const std::string_view text = value.text();
    const Value separator = call.arg(1);
    Items parts(call.run);
    std::size_t from = 0;
    if (separator.isString()) {
        const std::string_view sought = separator.text();
        limit = std::floor(limit);
        while (parts.size() < limit && call.run.step()) {
            std::size_t at = sought.empty() ? from + utf8::offsetOf(text.substr(from), 1)
                                            : text.find(sought, from);
            if (at == std::string_view::npos || (sought.empty() && at >= text.size())) {
                if (!sought.empty() || from < text.size())
                    parts.add(Value::string(text.substr(from)));
                break;
            }
            parts.add(Value::string(text.substr(from, at - from)));
            from = at + sought.size();
        }
        return call.run.failed() ? Value() : parts.finish(0);
    }
    Matches matches(call, separator, text);
    Found found;
    bool more = limit > 0 && matches.next(found);
    for (; more && parts.size() < limit; more = matches.next(found)) {
        parts.add(Value::string(text.substr(from, found.begin - from)));
        from = found.end;
    }
    if (parts.size() < limit)
        parts.add(Value::string(text.substr(from)));
    return call.run.failed() ? Value() : parts.finish(0);
}

} // namespace tw::expr::fn
