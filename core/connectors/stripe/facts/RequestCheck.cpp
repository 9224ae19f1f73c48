// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"

#include "core/data/Json.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace tw::stripe {
namespace {

using Kind = ApiField::Kind;
using What = ApiProblem::What;

constexpr std::size_t kMostProblems = 20;
constexpr std::size_t kMostNamed = 8;

using Unit = ApiField::Unit;

bool areDigits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string_view withoutSign(std::string_view text)
{
    return text.substr(text.starts_with('-') ? 1 : 0);
}

bool isWhole(const Value &value)
{
    if (value.isNumber())
        return value.toInt().has_value();
    std::int64_t number = 0;
    const std::string_view text = value.text();
    return value.isString() && areDigits(withoutSign(text)) &&
           std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

bool isDecimal(const Value &value)
{
    if (value.isNumber())
        return true;
    const std::string_view text = withoutSign(value.text());
    const auto dot = text.find('.');
    return value.isString() && areDigits(text.substr(0, dot)) &&
           (dot == std::string_view::npos || areDigits(text.substr(dot + 1)));
}

bool isCurrency(std::string_view text)
{
    return text.size() == 3 && std::all_of(text.begin(), text.end(),
                                           [](unsigned char c) { return std::isalpha(c) != 0; });
}

bool isSent(const Value &given)
{
    return !given.isUndefined() && !given.isNull() && !(given.isString() && given.size() == 0);
}

class Check
{
public:
    std::vector<ApiProblem> problems;

    void members(const std::vector<ApiField> &fields, const Value &params,
                 const std::string &prefix)
    {
        for (const Member &member : params.members()) {
            const std::string_view name = member.key.text();
            if (prefix.empty() && name == "expand")
                continue;
            const auto field =
                std::find_if(fields.begin(), fields.end(),
                             [name](const ApiField &one) { return one.name == name; });
            const std::string path = inside(prefix, name);
            if (field == fields.end())
                tell(What::Unknown, path,
                     "Stripe does not know the field \"" + path + "\" here." +
                         nearest(fields, name));
            else
                value(*field, member.value, path);
        }
        for (const ApiField &field : fields) {
            const Value given = params.get(field.name);
            if (field.required && !isSent(given) && !(field.nullable && !given.isUndefined()))
                tell(What::Missing, inside(prefix, field.name),
                     "\"" + inside(prefix, field.name) + "\" is missing.");
        }
    }

private:
    static std::string inside(const std::string &prefix, std::string_view name)
    {
        return prefix.empty() ? std::string(name) : prefix + '[' + std::string(name) + ']';
    }

    void tell(What what, const std::string &path, std::string message)
    {
        if (problems.size() < kMostProblems)
            problems.push_back({what, path, std::move(message)});
    }

    /// "Did you mean" by letters: equal without case and separators, or a beginning of the other.
    static std::string nearest(const std::vector<ApiField> &fields, std::string_view name)
    {
        const auto plain = [](std::string_view text) {
            std::string letters;
            for (const unsigned char c : text) {
                if (std::isalnum(c))
                    letters += static_cast<char>(std::tolower(c));
            }
            return letters;
        };
        const std::string wanted = plain(name);
        for (const ApiField &field : fields) {
            const std::string known = plain(field.name);
            if (known == wanted ||
                (wanted.size() >= 4 && (known.starts_with(wanted) || wanted.starts_with(known))))
                return " Did you mean \"" + field.name + "\"?";
        }
        return {};
    }

    void wrongType(const std::string &path, const char *wanted)
    {
        tell(What::WrongType, path, "\"" + path + "\" must be " + wanted + '.');
    }

    void value(const ApiField &field, const Value &given, const std::string &path)
    {
        if (!isSent(given)) {
            // A required one that is empty is missing. An empty plain text is a value.
            const bool isText = field.kind == Kind::Text && field.choices.empty();
            if (!given.isUndefined() && !field.required && !field.nullable && !isText)
                tell(What::WrongType, path,
                     "\"" + path + "\" cannot be unset. Leave it out, or give it a value.");
            return;
        }
        switch (field.kind) {
        case Kind::Text:
            return text(field, given, path);
        case Kind::Integer:
            if (!isWhole(given))
                wrongType(path, wholeWords(field.unit));
            return;
        case Kind::Number:
            if (!isDecimal(given))
                wrongType(path, "a number");
            return;
        case Kind::Boolean:
            if (!isBoolean(given))
                wrongType(path, "true or false");
            return;
        case Kind::Map:
            if (!given.isObject())
                return wrongType(path, "an object of names and values");
            return map(field, given, path);
        case Kind::Group:
            if (!given.isObject())
                return wrongType(path, "an object");
            return members(field.fields, given, path);
        case Kind::List:
            if (!given.isArray())
                return wrongType(path, "a list");
            return list(field, given, path);
        case Kind::Any:
            return any(field, given, path);
        }
    }

    static const char *wholeWords(Unit unit)
    {
        return unit == Unit::MinorAmount
                   ? "a whole number in the smallest unit of the currency (use $toMinor)"
               : unit == Unit::UnixTime ? "a time in whole seconds since 1970"
                                        : "a whole number";
    }

    static bool isBoolean(const Value &given)
    {
        return given.isBool() ||
               (given.isString() && (given.text() == "true" || given.text() == "false"));
    }

    void text(const ApiField &field, const Value &given, const std::string &path)
    {
        // A number travels as its text; a truth value in a text is a slip of the mapping.
        if (!given.isString() && !given.isNumber())
            return wrongType(path, "a text");
        if (field.unit == Unit::Decimal && !isDecimal(given))
            return wrongType(path, "a decimal number");
        if (field.unit == Unit::Currency && !isCurrency(given.text()))
            return wrongType(path, "a currency of three letters, such as eur");
        choice(field, given, path);
    }

    void list(const ApiField &field, const Value &given, const std::string &path)
    {
        std::size_t index = 0;
        for (const Value &item : given.items()) {
            if (!field.fields.empty())
                value(field.fields.front(), item, path + '[' + std::to_string(index) + ']');
            ++index;
        }
    }

    void map(const ApiField &field, const Value &given, const std::string &path)
    {
        for (const Member &member : given.members()) {
            const std::string name = inside(path, member.key.text());
            if (!field.fields.empty())
                value(field.fields.front(), member.value, name);
            else if (member.value.isObject() || member.value.isArray())
                wrongType(name, "a text");
        }
    }

    void any(const ApiField &field, const Value &given, const std::string &path)
    {
        const auto may = [&field](Kind kind) {
            return std::find(field.kinds.begin(), field.kinds.end(), kind) != field.kinds.end();
        };
        if (field.kinds.empty())
            return;
        if (given.isObject() && may(Kind::Group))
            return members(field.fields, given, path);
        if ((may(Kind::Boolean) && isBoolean(given)) || (may(Kind::Integer) && isWhole(given)) ||
            (may(Kind::Number) && isDecimal(given)) || (given.isObject() && may(Kind::Map)))
            return;
        if (may(Kind::Text) && given.isString())
            return choice(field, given, path);
        wrongType(path, may(Kind::Integer)   ? wholeWords(field.unit)
                        : may(Kind::Number)  ? "a number"
                        : may(Kind::Boolean) ? "true or false"
                        : may(Kind::Text)    ? "a text or an object"
                                             : "an object");
    }

    void choice(const ApiField &field, const Value &given, const std::string &path)
    {
        const std::string word = given.isString() ? std::string(given.text()) : toJson(given);
        if (field.choices.empty() || field.openChoices ||
            std::find(field.choices.begin(), field.choices.end(), word) != field.choices.end())
            return;
        std::string some;
        for (std::size_t at = 0; at < std::min(kMostNamed, field.choices.size()); ++at)
            some += (at == 0 ? "" : ", ") + field.choices[at];
        if (field.choices.size() > kMostNamed)
            some += ", …";
        tell(What::NoChoice, path,
             "\"" + word + "\" is no choice of \"" + path + "\": " + some + '.');
    }
};

} // namespace

std::vector<ApiProblem> checkParams(const ApiOperation &operation, const Value &params)
{
    Check check;
    check.members(operation.params, params, {});
    return std::move(check.problems);
}

} // namespace tw::stripe
