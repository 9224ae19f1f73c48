// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Signature.h"

#include "core/expr/Errors.h"

namespace tw::expr {
namespace {

constexpr std::string_view kLetters = "snblaofm"; // m: missing
constexpr std::size_t kMostParams = 16;

constexpr std::uint16_t bitOf(char letter)
{
    const std::size_t at = kLetters.find(letter);
    return at == std::string_view::npos ? std::uint16_t{0} : static_cast<std::uint16_t>(1u << at);
}

constexpr std::uint16_t kMissing = bitOf('m');
constexpr std::uint16_t kAny = 0xFF;

char letterOf(const Value &value)
{
    switch (value.kind()) {
    case Value::Kind::Undefined:
        return 'm';
    case Value::Kind::Null:
        return 'l';
    case Value::Kind::Bool:
        return 'b';
    case Value::Kind::String:
        return 's';
    case Value::Kind::Array:
        return 'a';
    case Value::Kind::Object:
        return 'o';
    case Value::Kind::Function:
        return 'f';
    default:
        return 'n';
    }
}

std::uint16_t typesOf(char letter)
{
    switch (letter) {
    case 'a':
    case 'x':
        return kAny;
    case 'j':
        return static_cast<std::uint16_t>(kAny & ~bitOf('f'));
    case 'f':
        return bitOf('f');
    default:
        return static_cast<std::uint16_t>(bitOf(letter) | kMissing);
    }
}

std::string_view plural(char letter)
{
    switch (letter) {
    case 'a':
        return "arrays";
    case 'b':
        return "booleans";
    case 'f':
        return "functions";
    case 'n':
        return "numbers";
    case 'o':
        return "objects";
    default:
        return "strings";
    }
}

std::size_t closing(std::string_view text, std::size_t open, char opening, char close)
{
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        depth += text[i] == opening ? 1 : text[i] == close ? -1 : 0;
        if (depth == 0)
            return i;
    }
    return text.size();
}

} // namespace

bool Signature::parse(std::string_view text, Problem &problem)
{
    m_checked = true;
    char last = 0;
    for (std::size_t i = 1; i < text.size() && text[i] != ':'; ++i) {
        const char c = text[i];
        if (c == '-' && !m_params.empty()) {
            m_params.back().context = true;
            m_params.back().optional = true;
        } else if (c == '?' && !m_params.empty()) {
            m_params.back().optional = true;
            if (i + 1 < text.size() && text[i + 1] == ':')
                break;
        } else if (c == '+' && !m_params.empty()) {
            m_params.back().repeated = true;
        } else if (c == '(') {
            const std::size_t end = closing(text, i, '(', ')');
            const std::string_view choice = text.substr(i + 1, end - i - 1);
            if (choice.find('<') != std::string_view::npos) {
                problem = {"S0402", std::string(choice), static_cast<int>(i)};
                return false;
            }
            Param param;
            param.types = kMissing;
            for (const char letter : choice)
                param.types |= letter == 'x' || letter == 'j' ? typesOf(letter) : bitOf(letter);
            m_params.push_back(param);
            last = '(';
            i = end;
        } else if (c == '<') {
            if (last != 'a' && last != 'f') {
                problem = {"S0401", last == '(' ? "choice" : std::string(1, last),
                           static_cast<int>(i)};
                return false;
            }
            const std::size_t end = closing(text, i, '<', '>');
            if (last == 'a' && end > i + 1)
                m_params.back().subtype = text[i + 1];
            i = end;
        } else if (std::string_view("snblaojxf").find(c) != std::string_view::npos) {
            Param param;
            param.types = typesOf(c);
            param.array = c == 'a';
            m_params.push_back(param);
            last = c;
        }
    }
    return true;
}

bool Signature::matchFrom(const Value *args, int count, std::size_t param, std::size_t params,
                          bool toTheEnd, int at, int *lengths) const
{
    if (param == params)
        return !toTheEnd || at == count;
    const Param &rule = m_params[param];
    int most = 0;
    const int wanted = rule.repeated ? count - at : 1;
    while (most < wanted && at + most < count && (bitOf(letterOf(args[at + most])) & rule.types))
        ++most;
    const int least = rule.optional ? 0 : 1;
    for (int taken = most; taken >= least; --taken) {
        lengths[param] = taken;
        if (matchFrom(args, count, param + 1, params, toTheEnd, at + taken, lengths))
            return true;
    }
    return false;
}

bool Signature::match(const Value *args, int count, std::size_t params, bool toTheEnd,
                      int *lengths) const
{
    return matchFrom(args, count, 0, params, toTheEnd, 0, lengths);
}

int Signature::refuse(Run &run, const Value *args, int count) const
{
    int good = 0;
    for (std::size_t params = 1; params <= m_params.size() && params <= kMostParams; ++params) {
        int lengths[kMostParams];
        if (!match(args, count, params, false, lengths))
            break;
        good = 0;
        for (std::size_t i = 0; i < params; ++i)
            good += lengths[i];
    }
    if (good < count)
        run.failValue("T0410", nullptr, {}, args[good], good + 1);
    else
        run.fail("T0410", nullptr, {}, {}, good + 1);
    return -1;
}

bool Signature::takeArray(Run &run, const Param &param, const Value &arg, int index,
                          Value &out) const
{
    bool sound = true;
    if (param.subtype != 0 && !arg.isArray())
        sound = letterOf(arg) == param.subtype;
    else if (param.subtype != 0 && arg.size() > 0) {
        for (const Value &item : arg.items())
            sound = sound && letterOf(item) == param.subtype;
    }
    if (!sound) {
        run.fail("T0412", nullptr, {}, plural(param.subtype), index + 1);
        return false;
    }
    if (arg.isArray()) {
        out = arg;
    } else {
        auto *item = run.make<Value>();
        *item = arg;
        out = Value::array(item, 1);
    }
    return true;
}

int Signature::check(Run &run, const Value *args, int count, const Value &context, Value *out) const
{
    const std::size_t params = m_params.size();
    int lengths[kMostParams];
    if (params > kMostParams || !match(args, count, params, true, lengths))
        return refuse(run, args, count);
    // A parameter that matches nothing still takes an argument along, as in the reference: then
    // there may be none left for the last ones.
    const auto given = [args, count](int index) { return index < count ? args[index] : Value(); };
    int at = 0;
    int made = 0;
    for (std::size_t i = 0; i < params; ++i) {
        const Param &param = m_params[i];
        if (lengths[i] == 0) {
            if (param.context) {
                if (!(bitOf(letterOf(context)) & param.types)) {
                    run.failValue("T0411", nullptr, {}, context, at + 1);
                    return -1;
                }
                out[made++] = context;
            } else {
                out[made++] = given(at++);
            }
            continue;
        }
        for (int taken = 0; taken < lengths[i]; ++taken, ++at) {
            const Value arg = given(at);
            if (!param.array || arg.isUndefined())
                out[made++] = arg;
            else if (!takeArray(run, param, arg, at, out[made++]))
                return -1;
        }
    }
    return made;
}

} // namespace tw::expr
